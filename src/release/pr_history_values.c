/*
 * pr_history_values.c
 *		The sensitive values of the classes of a version, as keyed digests with the
 *		persons who have them.
 *
 * They come from the study that the version was made of, so nothing is read.
 * Of each release the two newest versions are kept.  NULL is no value, as for
 * diversity.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/tuplestore.h"

#include "catalog/pr_key.h"
#include "core/pr_enc.h"
#include "release/pr_history.h"

#define VALUES "pr_values"

/* ---------- digests ---------- */

static void
free_hmac(void *hmac)
{
	pr_hmac_free(hmac);
}

/* For messages enc("history", release, ...). */
PrHmac *
pr_history_hmac(const PrRelease *release, MemoryContext context)
{
	uint8		prefix[PR_ENC_TAG_SIZE + PR_ENC_FIELD_SIZE(16) + PR_ENC_FIELD_SIZE(16)];
	const char *purpose = pr_purpose_name(PR_PURPOSE_HISTORY);
	char	   *id = psprintf("%d", release->id);
	uint8	   *end = pr_enc_field(pr_enc_start(prefix), purpose, strlen(purpose));
	MemoryContextCallback *callback = MemoryContextAllocZero(context, sizeof(MemoryContextCallback));

	end = pr_enc_field(end, id, strlen(id));
	callback->func = free_hmac;
	callback->arg = pr_hmac_new(pr_key_subkey(release->row_key, release->row_key_version, PR_PURPOSE_HISTORY), prefix,
								end - prefix);
	if (callback->arg == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_EXTERNAL_ROUTINE_EXCEPTION),
				 errmsg("could not prepare a key")));
	MemoryContextRegisterResetCallback(context, callback);
	return callback->arg;
}

/* The first 64 bits of the digest of a message. */
int64
pr_history_number(PrHmac *hmac, const PrBuffer *buffer)
{
	uint8		digest[PR_HMAC_SIZE];
	uint64		number = 0;

	if (!pr_hmac(hmac, buffer->data, buffer->length, digest))
		ereport(ERROR,
				(errcode(ERRCODE_EXTERNAL_ROUTINE_EXCEPTION),
				 errmsg("could not compute a keyed digest")));
	for (int i = 0; i < 8; i++)
		number = number << 8 | digest[i];
	return (int64) number;
}

PrHistoryField
pr_history_field(Oid type)
{
	return (PrHistoryField) {type, pr_canonical_supports(type) ? pr_canonical_make(type, CurrentMemoryContext) : NULL};
}

/* A length that no value has for NULL. */
void
pr_history_append(const PrHistoryField *field, Datum value, bool isnull, PrBuffer *buffer)
{
	uint8		length[PR_ENC_LENGTH_SIZE];
	Oid			output;
	bool		is_varlena;
	char	   *text;

	if (isnull)
	{
		pr_enc_length(length, PG_UINT32_MAX);
		pr_buffer_append(buffer, length, sizeof(length));
		return;
	}
	if (field->canonical != NULL)
	{
		pr_canonical_append_field(field->canonical, value, buffer);
		return;
	}
	getTypeOutputInfo(field->type, &output, &is_varlena);
	text = OidOutputFunctionCall(output, value);
	pr_enc_length(length, strlen(text));
	pr_buffer_append(buffer, length, sizeof(length));
	pr_buffer_append(buffer, text, strlen(text));
	pfree(text);
}

/* [code]: digest of each value of a sensitive column; what is NULL has none. */
static int64 *
digest_values(const PrStudy *study, int column, PrHmac *hmac)
{
	const PrValues *values = study->sensitive[column];
	const PrSensitiveColumn *described = list_nth(study->inquiry->sensitive, column);
	uint32		n = pr_values_count(values);
	PrHistoryField field = pr_history_field(pr_values_type(values));
	int64	   *digests = MemoryContextAllocHuge(study->context, Max(n, 1) * sizeof(int64));
	PrBuffer	buffer;

	pr_buffer_init(&buffer, CurrentMemoryContext);
	for (uint32 i = 0; i < n; i++)
	{
		bool		isnull;
		Datum		value = pr_values_get(values, i, &isnull);

		CHECK_FOR_INTERRUPTS();
		if (isnull)
			continue;
		buffer.length = 0;
		pr_buffer_append(&buffer, described->name, strlen(described->name) + 1);
		pr_history_append(&field, value, false, &buffer);
		digests[study->sensitive_code[column][i]] = pr_history_number(hmac, &buffer);
	}
	return digests;
}

/* ---------- persons of values ---------- */

/* So many persons of a class have this value. */
typedef struct ValueCount
{
	uint32		number;			/* of the class, which is the same for all values of one digest */
	int64		class;
	int64		digest;
	uint64		persons;
} ValueCount;

typedef struct Counts
{
	const PrRefresh *refresh;
	const int64 *class_digest;
	const int64 *value_digest;
	int			column;
	ValueCount *counts;
	Size		n;
	Size		room;
} Counts;

static int
compare_counts(const void *a, const void *b)
{
	const ValueCount *left = a;
	const ValueCount *right = b;

	if (left->class != right->class)
		return left->class < right->class ? -1 : 1;
	return left->digest < right->digest ? -1 : left->digest > right->digest;
}

/* What a unit shows of the column, if anything. */
static bool
value_of_unit(const Counts *counts, uint32 unit, ValueCount *count)
{
	const PrProblem *problem = &counts->refresh->study->problem;
	const PrSensitive *sensitive = &problem->sensitive[counts->column];
	uint32		class = counts->refresh->classes->class_of[unit];
	uint32		code = problem->values[(Size) unit * problem->n_sensitive + counts->column];

	if (class == PR_NO_CODE || (sensitive->has_null && code == sensitive->n_codes - 1))
		return false;
	count->number = class;
	count->class = counts->class_digest[class];
	count->digest = counts->value_digest[code];
	return true;
}

static void
add_count(Counts *counts, const ValueCount *count)
{
	if (counts->n == counts->room)
	{
		counts->room *= 2;
		counts->counts = repalloc_huge(counts->counts, counts->room * sizeof(ValueCount));
	}
	counts->counts[counts->n++] = *count;
}

/* Persons with several units count once for each value of each class. */
static void
add_group(Counts *counts, const PrPersonGroup *group)
{
	Size		start = counts->n;
	Size		end = start;

	for (uint32 i = 0; i < group->n_units; i++)
	{
		ValueCount	count = {.persons = group->persons};

		if (value_of_unit(counts, group->units[i], &count))
			add_count(counts, &count);
	}
	qsort(counts->counts + start, counts->n - start, sizeof(ValueCount), compare_counts);
	for (Size i = start; i < counts->n; i++)
		if (end == start || compare_counts(&counts->counts[end - 1], &counts->counts[i]) != 0)
			counts->counts[end++] = counts->counts[i];
	counts->n = end;
}

static void
count_values(Counts *counts)
{
	const PrProblem *problem = &counts->refresh->study->problem;

	for (uint32 unit = 0; unit < problem->n_units; unit++)
	{
		ValueCount	count = {.persons = problem->persons[unit]};

		if (problem->persons[unit] > 0 && value_of_unit(counts, unit, &count))
			add_count(counts, &count);
	}
	for (uint64 group = 0; group < problem->n_groups; group++)
	{
		CHECK_FOR_INTERRUPTS();
		add_group(counts, &problem->groups[group]);
	}
	qsort(counts->counts, counts->n, sizeof(ValueCount), compare_counts);
}

/* ---------- rows ---------- */

static Datum
int8_array(const Datum *elements, int n)
{
	return PointerGetDatum(construct_array((Datum *) elements, n, INT8OID, 8, FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}

/* The values of one class from *at on; *at moves behind them. */
static void
put_class(const Counts *counts, Size *at, Tuplestorestate *store, TupleDesc columns, Datum *digests, Datum *persons)
{
	const PrSensitiveColumn *described = list_nth(counts->refresh->inquiry->sensitive, counts->column);
	int64		class = counts->counts[*at].class;
	int			n = 0;
	uint32		number = counts->counts[*at].number;
	Datum		values[5];
	bool		nulls[5] = {false, false, false, false, false};

	for (; *at < counts->n && counts->counts[*at].class == class; (*at)++)
	{
		const ValueCount *count = &counts->counts[*at];

		if (n == 0 || DatumGetInt64(digests[n - 1]) != count->digest)
		{
			digests[n] = Int64GetDatum(count->digest);
			persons[n++] = Int64GetDatum(0);
		}
		persons[n - 1] = Int64GetDatum(DatumGetInt64(persons[n - 1]) + (int64) count->persons);
	}
	values[0] = Int64GetDatum(class);
	values[1] = Int64GetDatum(counts->refresh->classes->persons[number]);
	values[2] = CStringGetTextDatum(described->name);
	values[3] = int8_array(digests, n);
	values[4] = int8_array(persons, n);
	tuplestore_putvalues(store, columns, values, nulls);
	for (int i = 2; i < 5; i++)
		pfree(DatumGetPointer(values[i]));
}

/* Returns the number of rows. */
static int64
put_column(Counts *counts, Tuplestorestate *store, TupleDesc columns)
{
	uint32		most = Max(counts->refresh->study->problem.sensitive[counts->column].n_codes, 1);
	Datum	   *digests = MemoryContextAllocHuge(CurrentMemoryContext, most * sizeof(Datum));
	Datum	   *persons = MemoryContextAllocHuge(CurrentMemoryContext, most * sizeof(Datum));
	Size		at = 0;
	int64		rows = 0;

	while (at < counts->n)
	{
		CHECK_FOR_INTERRUPTS();
		put_class(counts, &at, store, columns, digests, persons);
		rows++;
	}
	pfree(digests);
	pfree(persons);
	return rows;
}

static TupleDesc
value_columns(void)
{
	TupleDesc	columns = CreateTemplateTupleDesc(5);

	TupleDescInitEntry(columns, 1, "class", INT8OID, -1, 0);
	TupleDescInitEntry(columns, 2, "members", INT8OID, -1, 0);
	TupleDescInitEntry(columns, 3, "output_name", TEXTOID, -1, 0);
	TupleDescInitEntry(columns, 4, "digests", INT8ARRAYOID, -1, 0);
	TupleDescInitEntry(columns, 5, "persons", INT8ARRAYOID, -1, 0);
	return columns;
}

static void
store_rows(const PrRelease *release, Tuplestorestate *store, TupleDesc columns, int64 rows)
{
	PrArgs		args = {0};

	pr_arg_int4(&args, release->id);
	pr_arg_int8(&args, release->version);
	pr_spi("DELETE FROM privrelease.version_value WHERE release = $1 AND version < (SELECT pg_catalog.max(version)"
		   " FROM privrelease.version_person WHERE release = $1 AND version < $2)", &args);
	pr_stage_register(VALUES, columns, store, rows);
	pr_spi("INSERT INTO privrelease.version_value (release, version, class, members, output_name, digests, persons)"
		   " SELECT $1, $2, v.class, v.members, v.output_name, v.digests, v.persons FROM " VALUES " AS v", &args);
	pr_stage_unregister(VALUES);
}

void
pr_history_store_values(PrRefresh *refresh, const int64 *class_digest)
{
	const PrStudy *study = refresh->study;
	PrHmac	   *hmac = pr_history_hmac(refresh->release, study->context);
	Tuplestorestate *store = tuplestore_begin_heap(true, false, work_mem);
	TupleDesc	columns = value_columns();
	Counts		counts = {.refresh = refresh,.class_digest = class_digest,.room = 1024};
	int64		rows = 0;

	counts.counts = MemoryContextAllocHuge(study->context, counts.room * sizeof(ValueCount));
	for (counts.column = 0; counts.column < study->problem.n_sensitive; counts.column++)
	{
		counts.value_digest = digest_values(study, counts.column, hmac);
		counts.n = 0;
		count_values(&counts);
		rows += put_column(&counts, store, columns);
	}
	store_rows(refresh->release, store, columns, rows);
	tuplestore_end(store);
}
