/*
 * pr_derive.c
 *		What the rules of a release table derive from all rows; see pr_derive.h.
 *
 * A derived relation is a tuplestore that statements of the same connection see
 * under a name (an ephemeral named relation): no table is made, and nothing is
 * left behind.  It is made anew by each refresh and is a function of the rows and
 * the key, whatever their order or the plan: all reading is of distinct values or
 * exact sums, in an order that a keyed digest decides.
 *
 * Memory does not grow with the rows: at most PR_DERIVE_BLOCK records are held,
 * and the tuplestore goes to disk.
 *
 * What an attacker would try: have a value appear where a rule hides it.  What
 * has no derived value, because the subject is NULL or there are too few persons,
 * joins nothing and is NULL.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/queryenvironment.h"
#include "utils/ruleutils.h"

#include "anonymity/pr_ask.h"
#include "common/pr_error.h"
#include "common/pr_progress.h"
#include "release/pr_derivation.h"
#include "release/pr_derive.h"
#include "release/pr_objection.h"
#include "release/pr_render.h"
#include "transform/pr_canonical.h"

#define MOST_IN_MEMORY 8192		/* kilobytes of a derived relation; the rest is on disk */

/* ---------- names ---------- */

static bool
is_transform(const PrRule *rule, const PrTransform *transform)
{
	return rule->transform == transform;
}

/* Two rules for one column draw alike, so they share a relation; so do the columns of a group. */
char *
pr_derived_relation(const PrRelease *release, const PrRule *rule)
{
	char	   *group = is_transform(rule, &pr_microaggregate) ? pr_param(rule, "group") : NULL;

	if (group != NULL)
		return pstrdup(quote_identifier(psprintf("microaggregate_%d_group_%s", release->id, group)));
	return psprintf("%s_%d_%d", rule->transform->name, release->id, rule->attnum);
}

char *
pr_derived_column(const PrRule *rule)
{
	if (is_transform(rule, &pr_microaggregate))
		return psprintf("result_%d", rule->attnum);
	return pstrdup("result");
}

/* The name itself, as quoting found it. */
static char *
unquoted(const char *identifier)
{
	char	   *result = palloc(strlen(identifier) + 1);
	char	   *to = result;

	if (identifier[0] != '"')
		return pstrdup(identifier);
	for (const char *from = identifier + 1; from[0] != '\0' && !(from[0] == '"' && from[1] == '\0'); from++)
	{
		if (from[0] == '"')
			from++;
		*to++ = *from;
	}
	*to = '\0';
	return result;
}

/* ---------- what statements are made of ---------- */

char *
pr_derive_column(Oid source, AttrNumber attnum)
{
	char	   *column = psprintf("s.%s", quote_identifier(get_attname(source, attnum, false)));
	Oid			declared;
	int32		typmod;
	Oid			collation;
	Oid			type;

	get_atttypetypmodcoll(source, attnum, &declared, &typmod, &collation);
	type = getBaseTypeAndTypmod(declared, &typmod);
	if (type == NUMERICOID && typmod < (int32) VARHDRSZ)
		return psprintf("pg_catalog.trim_scale(%s)", column);
	if (type == FLOAT4OID || type == FLOAT8OID)
		return psprintf("(%s + '0'::%s)", column, pr_type_name(type, -1));	/* -0 becomes 0 */
	if (type == declared && pr_canonical_supports(type))
		return column;
	return psprintf("%s::%s", column, pr_type_name(pr_canonical_supports(type) ? type : TEXTOID, -1));
}

char *
pr_derive_form(Oid source, AttrNumber attnum)
{
	char	   *column = pr_derive_column(source, attnum);
	Oid			type;
	int32		typmod;
	Oid			collation;

	get_atttypetypmodcoll(source, attnum, &type, &typmod, &collation);
	if (!OidIsValid(collation) || get_collation_isdeterministic(collation))
		return column;
	return psprintf("(pg_catalog.min(%s COLLATE pg_catalog.\"C\") COLLATE %s)", column, generate_collation_name(collation));
}

char *
pr_derive_from(const PrDerived *derived)
{
	return psprintf("%s AS s%s", quote_qualified_identifier(derived->release->source_schema, derived->release->source_name),
					pr_objection_join(derived->release));
}

PrArgs *
pr_derive_args(PrDerived *derived)
{
	derived->release->capabilities = palloc0(sizeof(PrCapabilities));
	return &derived->release->capabilities->args;
}

char *
pr_derive_key(const PrDerived *derived)
{
	StringInfoData out;

	initStringInfo(&out);
	pr_render_capability(&out, derived->release, derived->rule);
	pr_render_literal(&out, derived->rule->domain, TEXTOID);
	return out.data;
}

/* ---------- memory and interruption ---------- */

static void *
runtime_alloc(void *state, size_t size)
{
	return MemoryContextAllocHuge((MemoryContext) state, Max(size, 1));
}

static void
runtime_release(void *state, void *memory)
{
	if (memory != NULL)
		pfree(memory);
}

static void
runtime_tick(void *state, uint64_t done, uint64_t total)
{
	CHECK_FOR_INTERRUPTS();
}

PrRuntime
pr_derive_runtime(MemoryContext context)
{
	return (PrRuntime) {runtime_alloc, runtime_release, runtime_tick, context};
}

/* A smaller block would give other results, so what does not fit is an error. */
static void
require_memory(const PrDerived *derived, Size kilobytes)
{
	if (kilobytes > (Size) maintenance_work_mem)
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_RESOURCES),
				 errmsg("transform \"%s\" of release %s needs more memory than maintenance_work_mem allows",
						derived->rule->transform->name, derived->release->label),
				 errhint("SET maintenance_work_mem = '%zu MB';", kilobytes / 1024 + 1)));
}

void
pr_derive_require_memory(const PrDerived *derived, uint64 records, Size bytes_each)
{
	require_memory(derived, Min(records, PR_DERIVE_BLOCK) * bytes_each / 1024);
}

void
pr_derive_check_memory(const PrDerived *derived)
{
	Size		kilobytes = MemoryContextMemAllocated(derived->block, false) / 1024;

	if (kilobytes > (Size) maintenance_work_mem)
		require_memory(derived, 2 * kilobytes);
}

/* ---------- reading ---------- */

static void
read_count(TupleTableSlot *slot, void *state)
{
	*(uint64 *) state = DatumGetInt64(slot->tts_values[0]);
}

/* What SELECT count(*) gives. */
uint64
pr_derive_count(PrDerived *derived, const char *query)
{
	uint64		count = 0;

	pr_ask(query, &derived->release->capabilities->args, NULL, read_count, &count);
	return count;
}

/* ---------- the relation ---------- */

void
pr_derive_put(PrDerived *derived, Datum *values, bool *nulls)
{
	tuplestore_putvalues(derived->rows, derived->columns, values, nulls);
	derived->n++;
}

/* Statements see it from here on. */
static void
name_relation(PrDerived *derived)
{
	EphemeralNamedRelation relation = palloc0(sizeof(EphemeralNamedRelationData));

	relation->md.name = unquoted(pr_derived_relation(derived->release, derived->rule));
	relation->md.reliddesc = InvalidOid;
	relation->md.tupdesc = derived->columns;
	relation->md.enrtype = ENR_NAMED_TUPLESTORE;
	relation->md.enrtuples = derived->n;
	relation->reldata = derived->rows;
	(void) SPI_unregister_relation(relation->md.name);
	if (SPI_register_relation(relation) != SPI_OK_REL_REGISTER)
		ereport(ERROR,
				(errcode(ERRCODE_INTERNAL_ERROR),
				 errmsg_internal("could not register a derived relation")));
	derived->release->derived = lappend(derived->release->derived, relation);
}

void
pr_derive_end(PrRelease *release)
{
	ListCell   *cell;

	foreach(cell, release->derived)
	{
		EphemeralNamedRelation relation = lfirst(cell);

		(void) SPI_unregister_relation(relation->md.name);
		tuplestore_end((Tuplestorestate *) relation->reldata);
	}
	release->derived = NIL;
}

static void
derive_relation(PrRelease *release, const PrRule *rule, List *group)
{
	PrDerived	derived = {
		.release = release,
		.rule = rule,
		.rows = tuplestore_begin_heap(true, false, Min(work_mem, MOST_IN_MEMORY)),
		.block = AllocSetContextCreate(CurrentMemoryContext, "privrelease derived block", ALLOCSET_DEFAULT_SIZES)
	};
	PrCapabilities *capabilities = release->capabilities;

	pr_progress_phase("deriving columns", 0);
	(void) pr_derive_args(&derived);
	if (is_transform(rule, &pr_microaggregate))
		pr_derive_microaggregate(&derived, group);
	else if (is_transform(rule, &pr_shuffle))
		pr_derive_shuffle(&derived);
	else
		pr_derive_rank_swap(&derived);
	release->capabilities = capabilities;
	MemoryContextDelete(derived.block);
	name_relation(&derived);
}

/* ---------- all rules ---------- */

static bool
is_derived(const PrRule *rule)
{
	return is_transform(rule, &pr_shuffle) || is_transform(rule, &pr_rank_swap_rule) || is_transform(rule, &pr_microaggregate);
}

/* Rules that read the same relation as this one, if it is the first of them; else NIL. */
static List *
group_led_by(const PrRelease *release, const PrRule *rule, List *rules)
{
	List	   *group = NIL;
	ListCell   *cell;

	if (!is_derived(rule))
		return NIL;
	foreach(cell, rules)
	{
		PrRule	   *other = lfirst(cell);

		if (is_derived(other) && strcmp(pr_derived_relation(release, other), pr_derived_relation(release, rule)) == 0)
			group = lappend(group, other);
	}
	return linitial(group) == rule ? group : NIL;
}

static void
append_join(StringInfo out, const PrRelease *release, const PrRule *rule)
{
	char	   *relation = pr_derived_relation(release, rule);

	appendStringInfo(out, "\n  LEFT JOIN %s ON %s.subject = %s", relation, relation,
					 pr_derive_column(release->source, release->subject_attnum));
	if (!is_transform(rule, &pr_microaggregate))
		appendStringInfo(out, " AND %s.value = %s", relation, pr_derive_column(release->source, rule->attnum));
}

char *
pr_derive_joins(const PrRelease *release, List *rules)
{
	StringInfoData joins;
	ListCell   *cell;

	initStringInfo(&joins);
	foreach(cell, rules)
		if (group_led_by(release, lfirst(cell), rules) != NIL)
			append_join(&joins, release, lfirst(cell));
	return joins.data;
}

char *
pr_derive_columns(PrRelease *release, List *rules)
{
	ListCell   *cell;

	pr_derive_quantiles(release, rules);
	foreach(cell, rules)
	{
		List	   *group = group_led_by(release, lfirst(cell), rules);

		if (group != NIL)
			derive_relation(release, lfirst(cell), group);
	}
	return psprintf("%s%s", pr_objection_join(release), pr_derive_joins(release, rules));
}
