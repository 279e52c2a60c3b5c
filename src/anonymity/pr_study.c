/*
 * pr_study.c
 *		A relation becomes codes.  See pr_study.h.
 *
 * The engine groups, C numbers.  Where every person has one row, one GROUP BY
 * says all: rows and persons of each combination.  Where persons may have
 * several, their rows come sorted by the subject instead, because distinct
 * persons of merged classes are no sums; what is kept is, for each set of units
 * that somebody has, how many have it.  Either way memory grows with distinct
 * combinations (of units, or of sets of units), never with rows.
 *
 * What an attacker would try: a subject that is NULL adds nobody, so that rows
 * of nobody never fill a class.  Quasi-identifiers that are equal but look
 * different are different, since a reader tells them apart: whoever is written
 * in another way than the rest of a class would stand out in it.  Sensitive
 * values are equal as their type says: two spellings make nobody diverse.
 */
#include "postgres.h"

#include "access/table.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/typcache.h"

#include "anonymity/pr_ask.h"
#include "anonymity/pr_study_load.h"
#include "common/pr_error.h"
#include "common/pr_progress.h"

/* ---------- growing arrays ---------- */

static void *
grown(void *array, Size *room, Size wanted, Size element, MemoryContext context)
{
	if (wanted <= *room)
		return array;
	*room = Max(wanted, *room * 2);
	if (array == NULL)
		return MemoryContextAllocHuge(context, *room * element);
	return repalloc_huge(array, *room * element);
}

/* ---------- while rows come in ---------- */

/* The set of units of one person. */
typedef struct Person
{
	Datum		subject;
	bool		known;
	uint32	   *units;
	Size		n;
	Size		room;
} Person;

typedef struct GroupEntry
{
	uint32		tuple;			/* number of the set */
	uint64		persons;
} GroupEntry;

typedef struct Loader
{
	PrStudy    *study;
	int			n_qis;
	int			n_sensitive;
	int			n_outside;		/* columns that tell of values outside a hierarchy */
	bool		sorted;			/* rows come one by one, sorted by subject */
	uint32	   *codes;			/* of the row */
	uint64	   *records;		/* [unit] */
	uint64	   *persons;		/* [unit] */
	double	   *weight;
	Size		records_room;
	Size		persons_room;
	Size		weight_room;
	Person		person;
	FmgrInfo	same_subject;
	Oid			subject_collation;
	int16		subject_length;
	bool		subject_by_value;
	List	   *groups_by_size; /* PersonSets of each number of units */
} Loader;

/* Sets of units of one size, and how many persons have each. */
typedef struct PersonSets
{
	int			size;
	PrTuples   *sets;
	uint64	   *persons;
	Size		room;
} PersonSets;

/* Columns of the statement: quasi-identifiers, sensitive, outside, then counts or the subject, then the weight. */
static int
first_outside(const Loader *loader)
{
	return loader->n_qis + loader->n_sensitive;
}

static int
first_measure(const Loader *loader)
{
	return first_outside(loader) + loader->n_outside;
}

static void
describe_columns(TupleDesc columns, void *state)
{
	Loader	   *loader = state;
	PrStudy    *study = loader->study;

	for (int i = 0; i < loader->n_qis + loader->n_sensitive; i++)
	{
		Form_pg_attribute att = TupleDescAttr(columns, i);

		if (i < loader->n_qis)
			study->base[i] = pr_values_make_seen(att->atttypid, att->attcollation, study->context);
		else
			study->sensitive[i - loader->n_qis] = pr_values_make(att->atttypid, att->attcollation, study->context);
	}
	if (loader->sorted)
	{
		Form_pg_attribute att = TupleDescAttr(columns, first_measure(loader));
		TypeCacheEntry *cache = lookup_type_cache(att->atttypid, TYPECACHE_EQ_OPR_FINFO);

		fmgr_info_cxt(cache->eq_opr_finfo.fn_oid, &loader->same_subject, study->context);
		loader->subject_collation = att->attcollation;
		get_typlenbyval(att->atttypid, &loader->subject_length, &loader->subject_by_value);
	}
}

/* A value that its hierarchy does not have would silently be released as NULL. */
static void
refuse_outside(const Loader *loader, const TupleTableSlot *slot)
{
	ListCell   *cell;
	int			column = first_outside(loader);

	foreach(cell, loader->study->inquiry->quasi)
	{
		const PrQuasi *quasi = lfirst(cell);

		if (quasi->outside == NULL)
			continue;
		if (!slot->tts_isnull[column] && DatumGetBool(slot->tts_values[column]))
			ereport(ERROR,
					(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					 errmsg("column \"%s\" of release %s has values that hierarchy \"%s\" does not have",
							quasi->name, loader->study->inquiry->label, quasi->hierarchy),
					 errhint("List them with SELECT DISTINCT, add them, and load the hierarchy again.")));
		column++;
	}
}

/* The unit of a row, with its counts set to zero if it is new. */
static uint32
unit_of_row(Loader *loader, TupleTableSlot *slot)
{
	PrStudy    *study = loader->study;
	PrTuples   *units = study->index->units;
	uint32		before = pr_tuples_count(units);
	uint32		unit;

	for (int i = 0; i < loader->n_qis + loader->n_sensitive; i++)
		loader->codes[i] = pr_values_code(i < loader->n_qis ? study->base[i] : study->sensitive[i - loader->n_qis],
										  slot->tts_values[i], slot->tts_isnull[i]);
	unit = pr_tuples_code(units, loader->codes);
	if (unit == before)
	{
		loader->records = grown(loader->records, &loader->records_room, unit + 1, sizeof(uint64), study->context);
		loader->persons = grown(loader->persons, &loader->persons_room, unit + 1, sizeof(uint64), study->context);
		loader->records[unit] = loader->persons[unit] = 0;
		if (study->inquiry->weight != NULL)
		{
			loader->weight = grown(loader->weight, &loader->weight_room, unit + 1, sizeof(double), study->context);
			loader->weight[unit] = 0;
		}
		if (unit == PR_NO_CODE - 1)
			ereport(ERROR,
					(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
					 errmsg("release %s has too many distinct combinations of values", study->inquiry->label)));
	}
	return unit;
}

static void
add_weight(Loader *loader, TupleTableSlot *slot, uint32 unit, int column)
{
	if (loader->study->inquiry->weight != NULL && !slot->tts_isnull[column])
		loader->weight[unit] += DatumGetFloat8(slot->tts_values[column]);
}

/* A row of the GROUP BY: its unit is new. */
static void
read_group(TupleTableSlot *slot, void *state)
{
	Loader	   *loader = state;
	int			column = first_measure(loader);
	uint32		unit;

	refuse_outside(loader, slot);
	unit = unit_of_row(loader, slot);
	loader->records[unit] += DatumGetInt64(slot->tts_values[column]);
	loader->persons[unit] += DatumGetInt64(slot->tts_values[column + 1]);
	add_weight(loader, slot, unit, column + 2);
	pr_progress_step(1);
}

/* ---------- persons with several rows ---------- */

static int
compare_units(const void *a, const void *b)
{
	uint32		left = *(const uint32 *) a;
	uint32		right = *(const uint32 *) b;

	return left < right ? -1 : left > right;
}

static PersonSets *
sets_of_size(Loader *loader, int size)
{
	ListCell   *cell;
	PersonSets *sets;
	MemoryContext outer;

	foreach(cell, loader->groups_by_size)
		if (((PersonSets *) lfirst(cell))->size == size)
			return lfirst(cell);
	outer = MemoryContextSwitchTo(loader->study->context);
	sets = palloc0(sizeof(PersonSets));
	sets->size = size;
	sets->sets = pr_tuples_make(size, CurrentMemoryContext);
	loader->groups_by_size = lappend(loader->groups_by_size, sets);
	MemoryContextSwitchTo(outer);
	return sets;
}

static void
count_person(Loader *loader)
{
	Person	   *person = &loader->person;
	PersonSets *sets;
	Size		n = 0;
	uint32		set;
	uint32		before;

	if (!person->known)
		return;
	loader->study->subjects++;
	qsort(person->units, person->n, sizeof(uint32), compare_units);
	for (Size i = 0; i < person->n; i++)
		if (n == 0 || person->units[n - 1] != person->units[i])
			person->units[n++] = person->units[i];
	person->n = 0;
	if (n == 1)
	{
		loader->persons[person->units[0]]++;
		return;
	}
	sets = sets_of_size(loader, n);
	before = pr_tuples_count(sets->sets);
	set = pr_tuples_code(sets->sets, person->units);
	sets->persons = grown(sets->persons, &sets->room, set + 1, sizeof(uint64), loader->study->context);
	if (set == before)
		sets->persons[set] = 0;
	sets->persons[set]++;
}

static bool
is_same_person(Loader *loader, Datum subject)
{
	return loader->person.known &&
		DatumGetBool(FunctionCall2Coll(&loader->same_subject, loader->subject_collation, loader->person.subject, subject));
}

static void
begin_person(Loader *loader, Datum subject)
{
	MemoryContext outer = MemoryContextSwitchTo(loader->study->context);

	if (loader->person.known && !loader->subject_by_value)
		pfree(DatumGetPointer(loader->person.subject));
	loader->person.subject = datumCopy(subject, loader->subject_by_value, loader->subject_length);
	loader->person.known = true;
	MemoryContextSwitchTo(outer);
}

/* A row of the source, sorted by subject; those without a subject come last and add nobody. */
static void
read_sorted(TupleTableSlot *slot, void *state)
{
	Loader	   *loader = state;
	Person	   *person = &loader->person;
	int			column = first_measure(loader);
	uint32		unit;

	refuse_outside(loader, slot);
	unit = unit_of_row(loader, slot);
	loader->records[unit]++;
	add_weight(loader, slot, unit, column + 1);
	pr_progress_step(1);
	if (slot->tts_isnull[column])
		return;
	if (!is_same_person(loader, slot->tts_values[column]))
	{
		count_person(loader);
		begin_person(loader, slot->tts_values[column]);
	}
	person->units = grown(person->units, &person->room, person->n + 1, sizeof(uint32), loader->study->context);
	person->units[person->n++] = unit;
}

/* ---------- the statement ---------- */

static void
append_values(StringInfo out, Loader *loader)
{
	const PrInquiry *inquiry = loader->study->inquiry;
	ListCell   *cell;

	foreach(cell, inquiry->quasi)
		appendStringInfo(out, "%s%s", out->len > (int) strlen("SELECT ") ? ", " : "", ((PrQuasi *) lfirst(cell))->base);
	foreach(cell, inquiry->sensitive)
		appendStringInfo(out, "%s%s", out->len > (int) strlen("SELECT ") ? ", " : "", ((PrSensitiveColumn *) lfirst(cell))->value);
	foreach(cell, inquiry->quasi)
	{
		const PrQuasi *quasi = lfirst(cell);

		if (quasi->outside != NULL)
			appendStringInfo(out, loader->sorted ? ", %s" : ", pg_catalog.bool_or(%s)", quasi->outside);
	}
}

/* What tells equal values of quasi-identifiers apart that look different. */
static void
append_ties(StringInfo out, const PrInquiry *inquiry)
{
	StringInfoData values;
	TupleDesc	columns;
	ListCell   *cell;

	initStringInfo(&values);
	foreach(cell, inquiry->quasi)
		appendStringInfo(&values, "%s%s", values.len > 0 ? ", " : "", ((PrQuasi *) lfirst(cell))->base);
	columns = pr_ask_columns(psprintf("SELECT %s FROM %s", values.data, inquiry->from), &inquiry->args);
	foreach(cell, inquiry->quasi)
	{
		Form_pg_attribute att = TupleDescAttr(columns, foreach_current_index(cell));

		if (!pr_values_look_equal(att->atttypid, att->attcollation))
			appendStringInfoString(out, pr_values_tie(((PrQuasi *) lfirst(cell))->base));
	}
}

static char *
group_statement(Loader *loader)
{
	const PrInquiry *inquiry = loader->study->inquiry;
	StringInfoData out;
	int			n = loader->n_qis + loader->n_sensitive;

	initStringInfo(&out);
	appendStringInfoString(&out, "SELECT ");
	append_values(&out, loader);
	appendStringInfo(&out, "%spg_catalog.count(*), pg_catalog.count(%s)", n > 0 ? ", " : "",
					 inquiry->subject != NULL ? inquiry->subject : "*");
	if (inquiry->weight != NULL)
		appendStringInfo(&out, ", pg_catalog.sum((%s)::pg_catalog.numeric)::pg_catalog.float8", inquiry->weight);
	appendStringInfo(&out, " FROM %s", inquiry->from);
	for (int i = 1; i <= n; i++)
		appendStringInfo(&out, "%s%d", i == 1 ? " GROUP BY " : ", ", i);
	append_ties(&out, inquiry);
	return out.data;
}

static char *
sorted_statement(Loader *loader)
{
	const PrInquiry *inquiry = loader->study->inquiry;
	StringInfoData out;

	initStringInfo(&out);
	appendStringInfoString(&out, "SELECT ");
	append_values(&out, loader);
	appendStringInfo(&out, "%s%s", out.len > (int) strlen("SELECT ") ? ", " : "", inquiry->subject);
	if (inquiry->weight != NULL)
		appendStringInfo(&out, ", (%s)::pg_catalog.float8", inquiry->weight);
	appendStringInfo(&out, " FROM %s ORDER BY %d NULLS LAST", inquiry->from, first_measure(loader) + 1);
	return out.data;
}

/* ---------- the problem ---------- */

static void
make_groups(Loader *loader)
{
	PrProblem  *problem = &loader->study->problem;
	PrPersonGroup *groups;
	ListCell   *cell;
	uint64		n = 0;

	foreach(cell, loader->groups_by_size)
		n += pr_tuples_count(((PersonSets *) lfirst(cell))->sets);
	groups = MemoryContextAllocHuge(loader->study->context, Max(n, 1) * sizeof(PrPersonGroup));
	problem->groups = groups;
	problem->n_groups = n;
	foreach(cell, loader->groups_by_size)
	{
		PersonSets *sets = lfirst(cell);
		const uint32 *all = pr_tuples_all(sets->sets);

		for (uint32 set = 0; set < pr_tuples_count(sets->sets); set++, groups++)
		{
			groups->persons = sets->persons[set];
			groups->n_units = sets->size;
			groups->units = all + (Size) set * sets->size;
		}
	}
}

/* The vectors of the units, parted into codes and sensitive values. */
static void
make_units(Loader *loader)
{
	PrStudy    *study = loader->study;
	PrProblem  *problem = &study->problem;
	int			width = loader->n_qis + loader->n_sensitive;
	uint32		n = pr_tuples_count(study->index->units);
	const uint32 *all = pr_tuples_all(study->index->units);
	uint32	   *codes = MemoryContextAllocHuge(study->context, Max((Size) n * loader->n_qis, 1) * sizeof(uint32));
	uint32	   *values = MemoryContextAllocHuge(study->context, Max((Size) n * loader->n_sensitive, 1) * sizeof(uint32));

	for (uint32 unit = 0; unit < n; unit++)
	{
		CHECK_FOR_INTERRUPTS();
		memcpy(codes + (Size) unit * loader->n_qis, all + (Size) unit * width, loader->n_qis * sizeof(uint32));
		memcpy(values + (Size) unit * loader->n_sensitive, all + (Size) unit * width + loader->n_qis,
			   loader->n_sensitive * sizeof(uint32));
		study->records += loader->records[unit];
		if (!loader->sorted)
			study->subjects += loader->persons[unit];
	}
	problem->n_units = n;
	problem->codes = codes;
	problem->values = values;
	problem->records = loader->records;
	problem->persons = loader->persons;
	study->weight = loader->weight;
	pr_study_make_sensitive(study, values);
}

/* For each combination of quasi-identifiers its first unit. */
static void
make_combinations(PrStudy *study)
{
	PrUnitIndex *index = study->index;
	const PrProblem *problem = &study->problem;

	index->combinations = pr_tuples_make(problem->n_qis, study->context);
	index->first_unit = MemoryContextAllocHuge(study->context, Max(problem->n_units, 1) * sizeof(uint32));
	for (uint32 unit = 0; unit < problem->n_units; unit++)
	{
		uint32		before = pr_tuples_count(index->combinations);
		uint32		combination = pr_tuples_code(index->combinations, problem->codes + (Size) unit * problem->n_qis);

		CHECK_FOR_INTERRUPTS();
		if (combination == before)
			index->first_unit[combination] = unit;
	}
}

/* ---------- the runtime of the search ---------- */

static void *
runtime_alloc(void *state, size_t size)
{
	return MemoryContextAllocHuge((MemoryContext) state, size);
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
	pr_progress_at(done, total);
}

static PrStudy *
make_study(const PrInquiry *inquiry, MemoryContext parent)
{
	MemoryContext context = AllocSetContextCreate(parent, "privrelease study", ALLOCSET_DEFAULT_SIZES);
	PrStudy    *study = MemoryContextAllocZero(context, sizeof(PrStudy));

	study->context = context;
	study->inquiry = inquiry;
	study->runtime = (PrRuntime) {runtime_alloc, runtime_release, runtime_tick, context};
	study->base = MemoryContextAllocZero(context, (list_length(inquiry->quasi) + 1) * sizeof(PrValues *));
	study->sensitive = MemoryContextAllocZero(context, (list_length(inquiry->sensitive) + 1) * sizeof(PrValues *));
	study->index = MemoryContextAllocZero(context, sizeof(PrUnitIndex));
	study->index->units = pr_tuples_make(list_length(inquiry->quasi) + list_length(inquiry->sensitive), context);
	return study;
}

static int
count_outside(const PrInquiry *inquiry)
{
	ListCell   *cell;
	int			n = 0;

	foreach(cell, inquiry->quasi)
		if (((PrQuasi *) lfirst(cell))->outside != NULL)
			n++;
	return n;
}

PrStudy *
pr_study_load(const PrInquiry *inquiry, MemoryContext parent)
{
	PrStudy    *study = make_study(inquiry, parent);
	Loader		loader = {.study = study,
		.n_qis = list_length(inquiry->quasi),
		.n_sensitive = list_length(inquiry->sensitive),
		.n_outside = count_outside(inquiry),
	.sorted = inquiry->subject != NULL && !inquiry->one_row_each};

	study->problem.n_qis = loader.n_qis;
	study->problem.n_sensitive = loader.n_sensitive;
	loader.codes = MemoryContextAllocZero(study->context, (loader.n_qis + loader.n_sensitive + 1) * sizeof(uint32));
	pr_progress_phase("reading classes", 0);
	if (loader.sorted)
	{
		pr_ask(sorted_statement(&loader), (PrArgs *) &inquiry->args, describe_columns, read_sorted, &loader);
		count_person(&loader);
	}
	else
		pr_ask(group_statement(&loader), (PrArgs *) &inquiry->args, describe_columns, read_group, &loader);
	make_units(&loader);
	make_groups(&loader);
	make_combinations(study);
	pr_study_make_qis(study);
	pr_study_make_model(study);
	return study;
}

uint32
pr_study_unit(const PrStudy *study, const Datum *values, const bool *nulls)
{
	int			n = study->problem.n_qis;
	uint32	   *codes = palloc(Max(n, 1) * sizeof(uint32));
	uint32		combination;

	for (int i = 0; i < n; i++)
	{
		codes[i] = pr_values_find(study->base[i], values[i], nulls[i]);
		if (codes[i] == PR_NO_CODE)
			return PR_NO_CODE;
	}
	combination = pr_tuples_find(study->index->combinations, codes);
	pfree(codes);
	return combination == PR_NO_CODE ? PR_NO_CODE : study->index->first_unit[combination];
}

void
pr_study_free(PrStudy *study)
{
	MemoryContextDelete(study->context);
}
