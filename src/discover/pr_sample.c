/*
 * pr_sample.c
 *		Reading a sample of a relation, column by column.
 *
 * Every column's values are text here, cut at a length that no number and no
 * name has; of each only its hash and what the detectors say is kept.  Columns
 * are read in groups, so that the hashes fit maintenance_work_mem; each group
 * sees the same rows, since the sample is repeatable and the snapshot is one.
 * What holds anything at all (documents, arrays, binary data) is not read.
 *
 * What an attacker would try here: a view or a type of the source's owner that
 * runs code of his when a superuser looks.  The caller has become the owner, in
 * a security-restricted operation.
 */
#include "postgres.h"

#include <math.h>

#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "common/unicode_norm.h"
#include "executor/spi.h"
#include "lib/stringinfo.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "optimizer/plancat.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/datetime.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/syscache.h"
#include "utils/timestamp.h"

#include "common/pr_compat.h"
#include "discover/pr_facts.h"
#include "transform/pr_canonical.h"

#define CUT_AT 300				/* characters */
#define ROWS_AT_ONCE 1000
#define MOST_COLUMNS_AT_ONCE 400
#define SCAN_WHOLE_BELOW 2000	/* pages: a sample of rows is better than one of pages */
#define FEWEST_PAGES 30.0

#define LONG_TEXT 60			/* bytes */
#define MANY_WORDS 4

/* ---------- text in normal form KC ---------- */

/* Appends text of the database's encoding; as stored where it cannot be converted. */
static void
append_nfkc(PrBuffer *buffer, const char *bytes, Size length)
{
	Size		start = buffer->length;
	pg_wchar   *points;
	pg_wchar   *normal;
	Size		n = 0;
	Size		at = start;

	if (!pr_canonical_append_text(bytes, length, buffer))
		return;
	points = palloc((buffer->length - start + 1) * sizeof(pg_wchar));
	while (at < buffer->length)
	{
		points[n++] = utf8_to_unicode(buffer->data + at);
		at += pg_utf_mblen(buffer->data + at);
	}
	points[n] = 0;
	if (n < buffer->length - start && unicode_is_normalized_quickcheck(UNICODE_NFKC, points) != UNICODE_NORM_QC_YES)
	{
		normal = unicode_normalize(UNICODE_NFKC, points);
		buffer->length = start;
		for (pg_wchar *point = normal; *point != 0; point++)
		{
			unsigned char *out = pr_buffer_reserve(buffer, MAX_MULTIBYTE_CHAR_LEN);

			unicode_to_utf8(*point, out);
			buffer->length += pg_utf_mblen(out);
		}
		pfree(normal);
	}
	pfree(points);
}

static char *
nfkc_name(const char *name)
{
	PrBuffer	buffer;

	pr_buffer_init(&buffer, CurrentMemoryContext);
	append_nfkc(&buffer, name, strlen(name));
	pr_buffer_append(&buffer, "", 1);
	return (char *) buffer.data;
}

/* ---------- columns ---------- */

static int
kind_of_type(Oid type)
{
	char		category;
	bool		preferred;

	get_type_category_preferred(type, &category, &preferred);
	switch (category)
	{
		case TYPCATEGORY_STRING:
		case TYPCATEGORY_ENUM:
			return PR_OF_TEXT;
		case TYPCATEGORY_NUMERIC:
			return PR_OF_NUMBER;
		case TYPCATEGORY_DATETIME:
		case TYPCATEGORY_TIMESPAN:
			return PR_OF_TIME;
		case TYPCATEGORY_BOOLEAN:
			return PR_OF_BOOLEAN;
		default:
			return PR_OF_OTHER;
	}
}

static bool
is_opaque(const PrFacts *facts)
{
	char		category;
	bool		preferred;

	get_type_category_preferred(facts->type, &category, &preferred);
	return facts->is_array || category == TYPCATEGORY_USER || category == TYPCATEGORY_COMPOSITE || category == TYPCATEGORY_PSEUDOTYPE;
}

static bool
is_read(const PrFacts *facts)
{
	if (facts->is_array)
		return false;
	return facts->kind != PR_OF_OTHER || facts->type == UUIDOID || facts->type == INETOID || facts->type == CIDROID ||
		facts->type == MACADDROID || facts->type == MACADDR8OID;
}

/* Is there a unique index, for all rows, on this column alone? */
static bool
is_unique(Relation rel, AttrNumber attnum)
{
	ListCell   *cell;
	bool		found = false;

	foreach(cell, RelationGetIndexList(rel))
	{
		HeapTuple	tuple = SearchSysCache1(INDEXRELID, ObjectIdGetDatum(lfirst_oid(cell)));
		Form_pg_index index;

		if (!HeapTupleIsValid(tuple))
			continue;
		index = (Form_pg_index) GETSTRUCT(tuple);
		found = found || (index->indisunique && index->indisvalid && index->indnkeyatts == 1 && index->indkey.values[0] == attnum &&
						  heap_attisnull(tuple, Anum_pg_index_indpred, NULL));
		ReleaseSysCache(tuple);
	}
	return found;
}

static void
describe_column(Relation rel, Form_pg_attribute att, PrFacts *facts)
{
	Oid			type = getBaseType(att->atttypid);
	Oid			element = get_base_element_type(type);

	memset(facts, 0, sizeof(*facts));
	facts->attnum = att->attnum;
	facts->name = NameStr(att->attname);
	facts->utf8_name = nfkc_name(facts->name);
	facts->is_array = OidIsValid(element);
	facts->type = facts->is_array ? getBaseType(element) : type;
	facts->kind = kind_of_type(facts->type);
	facts->whole = facts->type == INT2OID || facts->type == INT4OID || facts->type == INT8OID;
	facts->unique = is_unique(rel, att->attnum);
	facts->opaque = is_opaque(facts);
	facts->read = is_read(facts);
}

static PrFacts *
describe_columns(Relation rel, int *n)
{
	TupleDesc	desc = RelationGetDescr(rel);
	PrFacts    *facts = palloc(sizeof(PrFacts) * Max(desc->natts, 1));

	*n = 0;
	for (int i = 0; i < desc->natts; i++)
		if (!TupleDescAttr(desc, i)->attisdropped)
			describe_column(rel, TupleDescAttr(desc, i), &facts[(*n)++]);
	return facts;
}

/* ---------- what is asked ---------- */

/* Rows and pages of a table with all its children, as the planner would guess. */
static double
estimate_rows(Relation rel, double *pages)
{
	double		rows = 0;
	ListCell   *cell;

	*pages = 0;
	foreach(cell, find_all_inheritors(RelationGetRelid(rel), AccessShareLock, NULL))
	{
		Relation	child = table_open(lfirst_oid(cell), NoLock);
		BlockNumber child_pages = 0;
		double		child_rows = 0;
		double		visible;

		if (child->rd_rel->relkind == RELKIND_RELATION || child->rd_rel->relkind == RELKIND_MATVIEW)
			estimate_rel_size(child, NULL, &child_pages, &child_rows, &visible);
		else if (child->rd_rel->reltuples > 0)
			child_rows = child->rd_rel->reltuples;
		rows += child_rows;
		*pages += child_pages;
		table_close(child, NoLock);
	}
	return rows;
}

/* "TABLESAMPLE ..." where the relation has many more rows than are wanted, and can be sampled; some rows more, for chance. */
static char *
sample_clause(Relation rel, int sample_rows)
{
	char		kind = rel->rd_rel->relkind;
	double		pages;
	double		rows;
	double		percent;

	if (kind != RELKIND_RELATION && kind != RELKIND_MATVIEW && kind != RELKIND_PARTITIONED_TABLE)
		return "";
	rows = estimate_rows(rel, &pages);
	if (rows <= sample_rows * 1.2)
		return "";
	percent = 100 * (sample_rows + 4 * sqrt(sample_rows) + 10) / rows;
	if (pages < SCAN_WHOLE_BELOW)
		return psprintf(" TABLESAMPLE pg_catalog.bernoulli (%.9f) REPEATABLE (0)", Min(percent, 100));
	return psprintf(" TABLESAMPLE pg_catalog.system (%.9f) REPEATABLE (0)", Min(Max(percent, 100 * FEWEST_PAGES / pages), 100));
}

/* The columns of a group, in their order, each as a text. */
static char *
sample_query(Relation rel, PrFacts **group, int n, const char *sample, int sample_rows)
{
	StringInfoData out;

	initStringInfo(&out);
	for (int i = 0; i < n; i++)
		appendStringInfo(&out, "%s pg_catalog.left(s.%s::pg_catalog.text, %d)", i == 0 ? "SELECT" : ",",
						 quote_identifier(group[i]->name), CUT_AT);
	appendStringInfo(&out, " FROM %s AS s%s LIMIT %d",
					 quote_qualified_identifier(get_namespace_name(RelationGetNamespace(rel)), RelationGetRelationName(rel)),
					 sample, sample_rows);
	return out.data;
}

/* ---------- values ---------- */

typedef struct Sampler
{
	int32		today;
	int			n;
	PrFacts   **group;
	uint64	  **hashes;			/* [column]: of its values */
	PrBuffer	text;			/* of the current value */
} Sampler;

static int32
today(void)
{
	int			year;
	int			month;
	int			day;

	j2date((int) (GetCurrentTransactionStartTimestamp() / USECS_PER_DAY) + POSTGRES_EPOCH_JDATE, &year, &month, &day);
	return year * 10000 + month * 100 + day;
}

static bool
is_long_text(const char *text, Size length)
{
	int			words = 1;

	for (Size i = 1; i + 1 < length; i++)
		words += text[i] == ' ' && text[i - 1] != ' ';
	return length >= LONG_TEXT || words >= MANY_WORDS;
}

static void
look_at_value(Sampler *sampler, PrFacts *facts)
{
	PrDetectValue value;

	pr_detect_prepare(&value, (const char *) sampler->text.data, sampler->text.length, sampler->today);
	facts->texts += is_long_text(value.text, value.length);
	for (int detector = 0; detector < PR_N_DETECTORS; detector++)
	{
		PrMatch		match;

		if (!pr_detector_fits(facts, detector))
			continue;
		match = pr_detect(detector, &value);
		facts->form[detector] += match != PR_MATCH_NONE;
		facts->full[detector] += match == PR_MATCH_FULL;
	}
}

static void
look_at_cell(Sampler *sampler, int column, Datum datum)
{
	PrFacts    *facts = sampler->group[column];
	text	   *cell = DatumGetTextPP(datum);
	const char *bytes = VARDATA_ANY(cell);
	Size		length = VARSIZE_ANY_EXHDR(cell);

	sampler->hashes[column][facts->filled++] = hash_bytes_extended((const unsigned char *) bytes, (int) length, 0);
	if (!pr_has_detectors(facts))
		return;
	sampler->text.length = 0;
	append_nfkc(&sampler->text, bytes, length);
	look_at_value(sampler, facts);
}

static int
compare_hashes(const void *a, const void *b)
{
	uint64		left = *(const uint64 *) a;
	uint64		right = *(const uint64 *) b;

	return left < right ? -1 : left > right;
}

static uint64
count_distinct(uint64 *hashes, uint64 n)
{
	uint64		distinct = n > 0 ? 1 : 0;

	qsort(hashes, n, sizeof(uint64), compare_hashes);
	for (uint64 i = 1; i < n; i++)
		distinct += hashes[i] != hashes[i - 1];
	return distinct;
}

/* A cursor, and no parallel plan: the rows of a sample are the same each time. */
static void
read_rows(Sampler *sampler, const char *query)
{
	SPIPlanPtr	plan = SPI_prepare(query, 0, NULL);
	Portal		portal;

	if (plan == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INTERNAL_ERROR),
				 errmsg_internal("could not prepare a sample: %s", SPI_result_code_string(SPI_result))));
	portal = SPI_cursor_open(NULL, plan, NULL, NULL, true);
	for (;;)
	{
		SPI_cursor_fetch(portal, true, ROWS_AT_ONCE);
		if (SPI_processed == 0)
			break;
		for (uint64 row = 0; row < SPI_processed; row++)
		{
			CHECK_FOR_INTERRUPTS();
			for (int column = 0; column < sampler->n; column++)
			{
				bool		isnull;
				Datum		datum = SPI_getbinval(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, column + 1, &isnull);

				if (!isnull)
					look_at_cell(sampler, column, datum);
			}
		}
		SPI_freetuptable(SPI_tuptable);
	}
	SPI_cursor_close(portal);
	SPI_freeplan(plan);
}

static void
sample_group(Relation rel, PrFacts **group, int n, const char *sample, int sample_rows)
{
	MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "privrelease sample", ALLOCSET_DEFAULT_SIZES);
	MemoryContext outer = MemoryContextSwitchTo(context);
	Sampler		sampler = {.today = today(), .n = n, .group = group};

	sampler.hashes = palloc(sizeof(uint64 *) * n);
	for (int i = 0; i < n; i++)
		sampler.hashes[i] = MemoryContextAllocHuge(context, sizeof(uint64) * (Size) sample_rows);
	pr_buffer_init(&sampler.text, context);
	read_rows(&sampler, sample_query(rel, group, n, sample, sample_rows));
	for (int i = 0; i < n; i++)
		group[i]->distinct = count_distinct(sampler.hashes[i], group[i]->filled);
	MemoryContextSwitchTo(outer);
	MemoryContextDelete(context);
}

PrFacts *
pr_sample_columns(Relation rel, int sample_rows, int *n)
{
	PrFacts    *facts = describe_columns(rel, n);
	PrFacts   **group = palloc(sizeof(PrFacts *) * Max(*n, 1));
	char	   *sample = sample_clause(rel, sample_rows);
	int			at_once = maintenance_work_mem * 1024.0 / (sizeof(uint64) * (double) sample_rows);
	int			pending = 0;

	at_once = Min(Max(at_once, 1), MOST_COLUMNS_AT_ONCE);
	for (int i = 0; i < *n; i++)
	{
		if (facts[i].read)
			group[pending++] = &facts[i];
		if (pending == at_once || (pending > 0 && i == *n - 1))
		{
			sample_group(rel, group, pending, sample, sample_rows);
			pending = 0;
		}
	}
	return facts;
}
