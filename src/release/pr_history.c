/*
 * pr_history.c
 *		Who is in a version of a release table, and in which class.
 *
 * One parallel statement gives the keyed digest of each person beside the
 * quasi-identifiers at their finest level; the class that these are released in
 * is looked up here.  The pairs go into a tuplestore, and are compared as a whole
 * with those of the version before: whom nothing changed for costs a comparison,
 * and no write.
 *
 * What an attacker would try: read who was in a release (no role may, and a
 * stolen table holds digests under a key that is in no dump), or have the
 * history say that somebody is new who is not (the digest depends on the person
 * and the source alone, and the domain stays when the source is renamed).
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/snapmgr.h"
#include "utils/tuplestore.h"

#include "anonymity/pr_ask.h"
#include "catalog/pr_catalog.h"
#include "common/pr_progress.h"
#include "release/pr_history.h"
#include "transform/pr_capability.h"

#define PERSONS "pr_persons"
#define GONE "pr_gone"

struct PrHistory
{
	char	   *domain;
	TupleDesc	columns;		/* subject, class */
	Tuplestorestate *persons;
	int64		n;
	int64	   *class_digest;	/* [class] */
};

/* ---------- the name of a source among digests ---------- */

/* The domain that this release, or another of the source, has; NULL: none has been refreshed. */
static char *
known_domain(const PrRelease *release)
{
	PrArgs		args = {0};

	pr_arg_int4(&args, release->id);
	pr_arg_oid(&args, release->source);
	pr_arg_text(&args, release->binding);
	if (pr_catalog_run("SELECT h.domain FROM privrelease.history AS h LEFT JOIN privrelease.release AS r ON r.id = h.release"
					   " WHERE h.release = $1 OR (h.source = $2 AND h.binding = $3) OR (r.source = $2 AND r.binding = $3)"
					   " ORDER BY (h.release = $1) DESC, h.release LIMIT 1", &args) == 0)
		return NULL;
	return pr_spi_text(0, 1);
}

/* The source's name of today, unless another source had it: nobody is to be the same person in two sources. */
static char *
domain_of(const PrRelease *release)
{
	char	   *domain = known_domain(release);
	PrArgs		args = {0};

	if (domain != NULL)
		return domain;
	domain = psprintf("%s.%s", quote_qualified_identifier(release->source_schema, release->source_name),
					  quote_identifier(release->subject));
	pr_arg_text(&args, domain);
	if (pr_catalog_run("SELECT 1 FROM privrelease.history WHERE domain = $1", &args) > 0)
		domain = psprintf("%s %d", domain, release->id);
	return domain;
}

static void
store_domain(const PrRelease *release, const char *domain)
{
	PrArgs		args = {0};

	pr_arg_int4(&args, release->id);
	pr_arg_oid(&args, release->source);
	pr_arg_text(&args, release->source_schema);
	pr_arg_text(&args, release->source_name);
	pr_arg_text(&args, release->binding);
	pr_arg_text(&args, domain);
	pr_arg_int4(&args, release->row_key);
	pr_arg_int4(&args, release->row_key_version);
	pr_arg_text(&args, release->subject);
	pr_catalog_run("INSERT INTO privrelease.history (release, source, source_schema, source_name, binding, domain, key, key_version, subject)"
				   " VALUES ($1, $2, $3::name, $4::name, $5, $6, $7, $8, $9::name)"
				   " ON CONFLICT (release) DO UPDATE SET source = EXCLUDED.source, source_schema = EXCLUDED.source_schema,"
				   " source_name = EXCLUDED.source_name, binding = EXCLUDED.binding, subject = EXCLUDED.subject"
				   " WHERE (history.source, history.source_schema, history.source_name, history.binding, history.subject)"
				   " IS DISTINCT FROM (EXCLUDED.source, EXCLUDED.source_schema, EXCLUDED.source_name, EXCLUDED.binding, EXCLUDED.subject)",
				   &args);
}

/* ---------- classes ---------- */

/* Type of what is released of a quasi-identifier. */
static Oid
type_of_quasi(const PrRefresh *refresh, int qi)
{
	ListCell   *cell;

	foreach(cell, refresh->inquiry->columns)
	{
		const PrOutputColumn *column = lfirst(cell);

		if (column->list == PR_LIST_QUASI && column->number == qi)
			return TupleDescAttr(refresh->columns, foreach_current_index(cell))->atttypid;
	}
	return InvalidOid;
}

/* The digest of each class, from what its first unit shows. */
static int64 *
digest_classes(PrRefresh *refresh)
{
	int			n_qis = refresh->study->problem.n_qis;
	int64	   *digests = MemoryContextAllocHuge(refresh->study->context, Max(refresh->classes->n, 1) * sizeof(int64));
	bool	   *known = MemoryContextAllocHuge(refresh->study->context, Max(refresh->classes->n, 1) * sizeof(bool));
	PrHistoryField *fields = palloc(Max(n_qis, 1) * sizeof(PrHistoryField));
	PrHmac	   *hmac = pr_history_hmac(refresh->release, refresh->study->context);
	PrBuffer	buffer;

	for (int qi = 0; qi < n_qis; qi++)
		fields[qi] = pr_history_field(type_of_quasi(refresh, qi));
	memset(known, 0, Max(refresh->classes->n, 1) * sizeof(bool));
	pr_buffer_init(&buffer, CurrentMemoryContext);
	for (uint32 unit = 0; unit < refresh->study->problem.n_units; unit++)
	{
		uint32		class = refresh->classes->class_of[unit];

		if (class == PR_NO_CODE || known[class])
			continue;
		CHECK_FOR_INTERRUPTS();
		known[class] = true;
		buffer.length = 0;
		for (int qi = 0; qi < n_qis; qi++)
		{
			bool		isnull;
			Datum		value = pr_study_released(refresh->study, refresh->solution, unit, qi, &isnull);

			pr_history_append(&fields[qi], value, isnull, &buffer);
		}
		digests[class] = pr_history_number(hmac, &buffer);
	}
	pfree(known);
	return digests;
}

/* ---------- reading ---------- */

typedef struct Reader
{
	const PrRefresh *refresh;
	PrHistory  *history;
} Reader;

/* A row: the person, then the quasi-identifiers.  Who has no digest is nobody, who has no class is not released. */
static void
read_person(TupleTableSlot *slot, void *state)
{
	Reader	   *reader = state;
	const PrRefresh *refresh = reader->refresh;
	Datum		values[2];
	bool		nulls[2] = {false, false};
	uint32		unit;

	pr_progress_step(1);
	if (slot->tts_isnull[0])
		return;
	unit = pr_study_unit(refresh->study, slot->tts_values + 1, slot->tts_isnull + 1);
	if (unit == PR_NO_CODE || refresh->classes->class_of[unit] == PR_NO_CODE)
		return;
	values[0] = slot->tts_values[0];
	values[1] = Int64GetDatum(reader->history->class_digest[refresh->classes->class_of[unit]]);
	tuplestore_putvalues(reader->history->persons, reader->history->columns, values, nulls);
	reader->history->n++;
}

static char *
person_statement(const PrRefresh *refresh, const PrHistory *history, PrArgs *args)
{
	const PrInquiry *inquiry = refresh->inquiry;
	StringInfoData out;
	ListCell   *cell;

	pr_arg(args, pr_capability_type(), pr_capability_datum(refresh->release->row_key, refresh->release->row_key_version));
	initStringInfo(&out);
	appendStringInfo(&out, "SELECT privrelease.subject_digest($%d, %s, %s)", args->n, quote_literal_cstr(history->domain),
					 inquiry->subject);
	foreach(cell, inquiry->quasi)
		appendStringInfo(&out, ", %s", ((PrQuasi *) lfirst(cell))->base);
	appendStringInfo(&out, " FROM %s", inquiry->from);
	return out.data;
}

static TupleDesc
person_columns(void)
{
	TupleDesc	columns = CreateTemplateTupleDesc(2);

	TupleDescInitEntry(columns, 1, "subject", UUIDOID, -1, 0);
	TupleDescInitEntry(columns, 2, "class", INT8OID, -1, 0);
	return columns;
}

PrHistory *
pr_history_collect(PrRefresh *refresh)
{
	PrHistory  *history;
	Reader		reader;
	PrArgs		args;

	if (refresh->release->subject == NULL)
		return NULL;
	history = palloc0(sizeof(PrHistory));
	history->domain = domain_of(refresh->release);
	history->columns = person_columns();
	history->class_digest = digest_classes(refresh);
	history->persons = tuplestore_begin_heap(true, false, work_mem);
	reader = (Reader) {refresh, history};
	args = refresh->inquiry->args;
	pr_progress_phase("recording persons", refresh->study->records);
	pr_ask(person_statement(refresh, history, &args), &args, NULL, read_person, &reader);
	return history;
}

/* ---------- storing ---------- */

/* The version before, of which the history knows, and its pairs of person and class; 0: none. */
static int64
previous_version(const PrRelease *release, int64 *pairs)
{
	PrArgs		args = {0};

	pr_arg_int4(&args, release->id);
	pr_arg_int8(&args, release->version);
	*pairs = 0;
	if (pr_spi("SELECT version, pairs FROM privrelease.version_person WHERE release = $1 AND version < $2"
			   " ORDER BY version DESC LIMIT 1", &args) == 0)
		return 0;
	*pairs = pr_spi_int(0, 2, NULL);
	return pr_spi_int(0, 1, NULL);
}

/* Where persons may have several rows, each of their classes once. */
static const char *
distinct_persons(const PrRefresh *refresh)
{
	return refresh->inquiry->one_row_each ? "SELECT subject, class FROM " PERSONS
		: "SELECT DISTINCT subject, class FROM " PERSONS;
}

typedef struct Distinct
{
	Tuplestorestate *store;
	int64		n;
} Distinct;

static void
read_distinct(TupleTableSlot *slot, void *state)
{
	Distinct   *distinct = state;

	tuplestore_puttupleslot(distinct->store, slot);
	distinct->n++;
}

static int64
store_first(const PrRefresh *refresh, const PrHistory *history)
{
	Distinct	distinct = {history->persons, history->n};

	if (!refresh->inquiry->one_row_each)
	{
		distinct = (Distinct) {tuplestore_begin_heap(true, false, work_mem), 0};
		PushActiveSnapshot(GetTransactionSnapshot());
		pr_ask(distinct_persons(refresh), NULL, NULL, read_distinct, &distinct);
		PopActiveSnapshot();
	}
	pr_history_insert_subjects(refresh->release, distinct.store, history->columns, 0);
	if (distinct.store != history->persons)
		tuplestore_end(distinct.store);
	return distinct.n;
}

/* What differs: rows of the table that end, and pairs that begin. */
typedef struct Changes
{
	TupleDesc	gone_columns;
	Tuplestorestate *gone;
	Tuplestorestate *came;
	int64		n_gone;
	int64		n_came;
} Changes;

static void
read_change(TupleTableSlot *slot, void *state)
{
	Changes    *changes = state;
	Datum		row = slot->tts_values[0];
	bool		not_null = false;

	pr_progress_step(1);
	if (!slot->tts_isnull[0])
	{
		tuplestore_putvalues(changes->gone, changes->gone_columns, &row, &not_null);
		changes->n_gone++;
		return;
	}
	tuplestore_puttupleslot(changes->came, slot);
	changes->n_came++;
}

static void
find_changes(PrRefresh *refresh, Changes *changes)
{
	PrArgs		args = {0};

	changes->gone_columns = CreateTemplateTupleDesc(1);
	TupleDescInitEntry(changes->gone_columns, 1, "row", TIDOID, -1, 0);
	changes->gone = tuplestore_begin_heap(true, false, work_mem);
	changes->came = tuplestore_begin_heap(true, false, work_mem);
	pr_arg_int4(&args, refresh->release->id);
	pr_ask(psprintf("SELECT o.row, p.subject, p.class FROM (%s) AS p FULL JOIN (SELECT v.ctid AS row, v.subject, v.class"
					" FROM privrelease.version_subject AS v WHERE v.release = $1 AND v.last_version IS NULL) AS o"
					" ON o.subject = p.subject AND o.class = p.class WHERE o.subject IS NULL OR p.subject IS NULL",
					distinct_persons(refresh)), &args, NULL, read_change, changes);
}

static TupleDesc
came_columns(void)
{
	TupleDesc	columns = CreateTemplateTupleDesc(3);

	TupleDescInitEntry(columns, 1, "row", TIDOID, -1, 0);
	TupleDescInitEntry(columns, 2, "subject", UUIDOID, -1, 0);
	TupleDescInitEntry(columns, 3, "class", INT8OID, -1, 0);
	return columns;
}

/* Returns how many more pairs there are than there were. */
static int64
store_changes(PrRefresh *refresh, int64 previous)
{
	Changes		changes = {0};
	PrArgs		args = {0};

	PushActiveSnapshot(GetTransactionSnapshot());
	find_changes(refresh, &changes);
	PopActiveSnapshot();
	pr_arg_int4(&args, refresh->release->id);
	pr_arg_int8(&args, previous);
	pr_stage_register(GONE, changes.gone_columns, changes.gone, changes.n_gone);
	if (changes.n_gone > 0)
		pr_spi("UPDATE privrelease.version_subject AS v SET last_version = $2 FROM " GONE " AS g"
			   " WHERE v.ctid = g.row AND v.release = $1", &args);
	pr_stage_unregister(GONE);
	if (changes.n_came > 0)
		pr_history_insert_subjects(refresh->release, changes.came, came_columns(), 1);
	tuplestore_end(changes.gone);
	tuplestore_end(changes.came);
	return changes.n_came - changes.n_gone;
}

/* Persons with at least one released row. */
static uint64
count_persons(const PrRefresh *refresh)
{
	const PrProblem *problem = &refresh->study->problem;
	const uint32 *class_of = refresh->classes->class_of;
	uint64		persons = 0;

	for (uint32 unit = 0; unit < problem->n_units; unit++)
		if (class_of[unit] != PR_NO_CODE)
			persons += problem->persons[unit];
	for (uint64 group = 0; group < problem->n_groups; group++)
		for (uint32 i = 0; i < problem->groups[group].n_units; i++)
			if (class_of[problem->groups[group].units[i]] != PR_NO_CODE)
			{
				persons += problem->groups[group].persons;
				break;
			}
	return persons;
}

static void
store_version(const PrRefresh *refresh, int64 pairs)
{
	PrArgs		args = {0};

	pr_arg_int4(&args, refresh->release->id);
	pr_arg_int8(&args, refresh->release->version);
	pr_arg_int8(&args, count_persons(refresh));
	pr_arg_int8(&args, pairs);
	pr_spi("INSERT INTO privrelease.version_person (release, version, persons, pairs) VALUES ($1, $2, $3, $4)", &args);
}

void
pr_history_store(PrRefresh *refresh, PrHistory *history)
{
	PrIdentity	saved;
	int			nestlevel;
	int64		previous;
	int64		pairs;

	if (history == NULL)
		return;
	pr_progress_phase("storing history", 0);
	pr_elevate(&saved);
	nestlevel = pr_history_begin_plans();
	store_domain(refresh->release, history->domain);
	previous = previous_version(refresh->release, &pairs);
	pr_stage_register(PERSONS, history->columns, history->persons, history->n);
	pairs += previous == 0 ? store_first(refresh, history) : store_changes(refresh, previous);
	pr_stage_unregister(PERSONS);
	tuplestore_end(history->persons);
	pr_history_store_values(refresh, history->class_digest);
	store_version(refresh, pairs);
	AtEOXact_GUC(false, nestlevel);
	pr_restore_identity(&saved);
	pr_progress_phase("comparing versions", 0);
	pr_version_risk_check(refresh->release);
}
