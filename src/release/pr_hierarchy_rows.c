/*
 * pr_hierarchy_rows.c
 *		Checking and storing the rows of a hierarchy.
 *
 * A label is often a value of the source: no message names one, and everything
 * that a constraint of the tables would refuse with the row in its DETAIL is
 * refused here first.
 *
 * What an attacker would try here: make a hierarchy that others take, or give
 * away the table whose release uses it, and then put each value in the place of
 * its label.  A hierarchy is replaced only while every source that it serves
 * belongs to a member of its owner.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/hsearch.h"

#include "catalog/pr_hierarchy.h"
#include "common/pr_compat.h"
#include "common/pr_session.h"
#include "release/pr_hierarchy_rows.h"
#include "release/pr_release.h"

/* ---------- the check ---------- */

/* A label at a level, and its parent one level up. */
typedef struct LabelKey
{
	const char *label;
	int			level;
} LabelKey;

typedef struct Label
{
	LabelKey	key;
	const char *parent;			/* NULL at the top */
} Label;

static uint32
hash_node(const void *key, Size keysize)
{
	const LabelKey *node = key;

	return hash_combine(hash_bytes((const unsigned char *) node->label, strlen(node->label)), node->level);
}

static int
compare_nodes(const void *a, const void *b, Size keysize)
{
	const LabelKey *left = a;
	const LabelKey *right = b;

	return left->level != right->level ? 1 : strcmp(left->label, right->label);
}

static HTAB *
create_nodes(void)
{
	HASHCTL		ctl = {0};

	ctl.keysize = sizeof(LabelKey);
	ctl.entrysize = sizeof(Label);
	ctl.hash = hash_node;
	ctl.match = compare_nodes;
	ctl.hcxt = CurrentMemoryContext;
	return hash_create("hierarchy labels", 1024, &ctl, HASH_ELEM | HASH_FUNCTION | HASH_COMPARE | HASH_CONTEXT);
}

static char *
cell(const PrHierarchyRows *rows, int row, int col)
{
	return rows->cells[(Size) row * rows->ncols + col];
}

/* Where a row was found; rows of a table have no order. */
static int
detail_row(const PrHierarchyRows *rows, int row)
{
	return rows->source == NULL ? errdetail("Row %d of the array.", row + 1) : 0;
}

static void
check_size(const PrHierarchyRows *rows)
{
	if (rows->nrows == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("hierarchy \"%s\" has no rows", rows->name),
				 errhint("Give one row for each value: value, level 1, and so on up to one value for all.")));
	if (rows->nrows > PR_HIERARCHY_MAX_LEAVES)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("hierarchy \"%s\" has more than %d values", rows->name, PR_HIERARCHY_MAX_LEAVES),
				 errhint("Use a computed transform such as bin, prefix or date_trunc for a column with so many values.")));
	if (rows->ncols < 2 || rows->ncols > PR_HIERARCHY_MAX_LEVELS + 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("hierarchy \"%s\" has rows of %d fields", rows->name, rows->ncols),
				 errhint("Give the value and 1 to %d levels in each row, the last of them one value for all.",
						 PR_HIERARCHY_MAX_LEVELS)));
}

static void
check_cell(const PrHierarchyRows *rows, int row, int col)
{
	const char *label = cell(rows, row, col);

	if (label == NULL)
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
				 errmsg("hierarchy \"%s\" has a null at level %d", rows->name, col),
				 detail_row(rows, row),
				 errhint("Fill in each level of each row; NULL of the source needs no row.")));
	if (strlen(label) > PR_HIERARCHY_MAX_LABEL)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("hierarchy \"%s\" has a label of more than %d bytes at level %d",
						rows->name, PR_HIERARCHY_MAX_LABEL, col),
				 detail_row(rows, row),
				 errhint("Use shorter labels.")));
}

/* Enter one label of a row; an error if it is a second leaf of that name or has another parent elsewhere. */
static void
check_node(const PrHierarchyRows *rows, HTAB *nodes, int row, int col)
{
	LabelKey	key = {cell(rows, row, col), col};
	const char *parent = cell(rows, row, col + 1);
	bool		found;
	Label	   *node = hash_search(nodes, &key, HASH_ENTER, &found);

	if (!found)
	{
		node->parent = parent;
		return;
	}
	if (col == 0)
		ereport(ERROR,
				(errcode(ERRCODE_UNIQUE_VIOLATION),
				 errmsg("hierarchy \"%s\" has the same value in two rows", rows->name),
				 detail_row(rows, row),
				 rows->source == NULL ? errhint("Give one row for each value.") :
				 errhint("List the values of the first column of %s that occur more than once, and leave one row for each.",
						 rows->source)));
	if (strcmp(node->parent, parent) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("hierarchy \"%s\" is not nested: a label at level %d has two parents at level %d",
						rows->name, col, col + 1),
				 detail_row(rows, row),
				 errhint("Put equal labels of level %d under one label of level %d, or name them apart.",
						 col, col + 1)));
}

static void
check_top(const PrHierarchyRows *rows, int row)
{
	if (strcmp(cell(rows, row, rows->ncols - 1), cell(rows, 0, rows->ncols - 1)) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("hierarchy \"%s\" has more than one label at its top level %d", rows->name, rows->ncols - 1),
				 detail_row(rows, row),
				 errhint("End each row with the same label, for example '*'.")));
}

void
pr_hierarchy_rows_check(const PrHierarchyRows *rows)
{
	HTAB	   *nodes;

	check_size(rows);
	nodes = create_nodes();
	for (int row = 0; row < rows->nrows; row++)
	{
		CHECK_FOR_INTERRUPTS();
		for (int col = 0; col < rows->ncols; col++)
			check_cell(rows, row, col);
		check_top(rows, row);
		for (int col = 0; col < rows->ncols - 1; col++)
			check_node(rows, nodes, row, col);
	}
	hash_destroy(nodes);
}

/* ---------- the store ---------- */

static void
require_owner(const char *name, const char *owner, Oid caller)
{
	Oid			role = get_role_oid(owner, true);

	if (superuser_arg(caller) || (OidIsValid(role) && is_member_of_role(caller, role)))
		return;
	ereport(ERROR,
			(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
			 errmsg("must be owner of hierarchy \"%s\"", name),
			 errhint("Choose another name, or ask its owner, role \"%s\".", owner)));
}

/* May whoever replaces hierarchies of owner change what a release of that source shows? */
static bool
serves_owner(Oid source_owner, Oid owner)
{
	if (!OidIsValid(source_owner) || !OidIsValid(owner))
		return false;
	return superuser_arg(owner) || is_member_of_role_nosuper(source_owner, owner);
}

/* Row of SPI_tuptable: a rule that uses the hierarchy. */
static void
check_use(const PrHierarchyRows *rows, uint64 row, Oid owner)
{
	char	   *release = quote_qualified_identifier(pr_spi_text(row, 1), pr_spi_text(row, 2));
	bool		no_source;
	Oid			source_owner = (Oid) pr_spi_int(row, 3, &no_source);

	if (no_source)
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("hierarchy \"%s\" is used by release %s, whose source does not exist", rows->name, release),
				 errhint("Load it under another name.")));
	if (!serves_owner(source_owner, owner))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("hierarchy \"%s\" is used by release %s, whose source belongs to role %s",
						rows->name, release, quote_identifier(GetUserNameFromId(source_owner, false))),
				 errhint("Load it under another name.")));
	if (pr_spi_int(row, 4, NULL) > rows->ncols - 1)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_IN_USE),
				 errmsg("hierarchy \"%s\" has %d levels now, and release %s uses level %d",
						rows->name, rows->ncols - 1, release, (int) pr_spi_int(row, 4, NULL)),
				 errhint("Give at least as many levels, or load it under another name.")));
}

/* Refuse to replace a hierarchy under a release that trusts somebody else, or needs more levels. */
static void
check_uses(const PrHierarchyRows *rows, const char *owner)
{
	PrArgs		args = {0};
	uint64		n;

	pr_arg_text(&args, rows->name);
	n = pr_spi("SELECT r.release_schema, r.release_name, c.relowner::pg_catalog.int8, u.level FROM ("
			   /* "auto" takes what levels there are */
			   "SELECT g.release, g.position, CASE g.params OPERATOR(pg_catalog.->>) 'level' WHEN 'auto' THEN 0"
			   " ELSE (g.params OPERATOR(pg_catalog.->>) 'level')::pg_catalog.int4 END AS level FROM " PR_ANY_RULE " AS g"
			   " WHERE g.transform OPERATOR(pg_catalog.=) 'hierarchy'"
			   " AND (g.params OPERATOR(pg_catalog.->>) 'hierarchy') OPERATOR(pg_catalog.=) $1"
			   /* closeness is measured by it */
			   " UNION ALL SELECT m.id, 0, 0 FROM privrelease.release AS m WHERE pg_catalog.jsonb_path_exists(m.model,"
			   " 'lax $.t[*] ? (@.hierarchy == $name)', pg_catalog.jsonb_build_object('name', $1))"
			   ") AS u JOIN privrelease.release AS r ON r.id OPERATOR(pg_catalog.=) u.release"
			   " LEFT JOIN pg_catalog.pg_class AS c ON c.oid OPERATOR(pg_catalog.=) r.source"
			   " ORDER BY r.release_schema, r.release_name, u.position", &args);
	for (uint64 row = 0; row < n; row++)
		check_use(rows, row, get_role_oid(owner, true));
}

/* What readers of a live view see was approved with the labels that it has: even a superuser cannot change them past an approver. */
static void
refuse_if_approved(const char *name)
{
	PrArgs		args = {0};

	pr_arg_text(&args, name);
	if (pr_spi("SELECT pg_catalog.format('%I.%I', r.release_schema, r.release_name) FROM privrelease.published_rule AS g"
			   " JOIN privrelease.release AS r ON r.id OPERATOR(pg_catalog.=) g.release"
			   " WHERE r.kind OPERATOR(pg_catalog.=) 'view' AND r.published_approval IS NOT NULL"
			   " AND g.transform OPERATOR(pg_catalog.=) 'hierarchy'"
			   " AND (g.params OPERATOR(pg_catalog.->>) 'hierarchy') OPERATOR(pg_catalog.=) $1 ORDER BY 1 LIMIT 1", &args) > 0)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_IN_USE),
				 errmsg("hierarchy \"%s\" is part of release %s as it was approved", name, pr_spi_text(0, 1)),
				 errdetail("A live view would show other labels at once."),
				 errhint("Load it under another name, set the rule with that, and submit the release.")));
}

/* A row of privrelease.hierarchy for rows, without values as yet; returns its id. */
static int32
store_header(const PrHierarchyRows *rows, Oid caller)
{
	PrArgs		find = {0};
	PrArgs		args = {0};
	const char *statement;
	int32		id = 0;

	pr_arg_text(&find, rows->name);
	if (pr_spi("SELECT id, owner FROM privrelease.hierarchy"
			   " WHERE name OPERATOR(pg_catalog.=) $1 FOR UPDATE", &find) > 0)
	{
		PrArgs		values = {0};
		char	   *owner = pr_spi_text(0, 2);

		id = (int32) pr_spi_int(0, 1, NULL);
		require_owner(rows->name, owner, caller);
		refuse_if_approved(rows->name);
		if (!superuser_arg(caller))
			check_uses(rows, owner);
		pr_arg_int4(&values, id);
		pr_spi("DELETE FROM privrelease.hierarchy_value WHERE hierarchy OPERATOR(pg_catalog.=) $1", &values);
		statement = "UPDATE privrelease.hierarchy SET levels = $2, leaves = $3"
			" WHERE name OPERATOR(pg_catalog.=) $1 RETURNING id";
	}
	else
		statement = "INSERT INTO privrelease.hierarchy (name, levels, leaves, owner) VALUES ($1, $2, $3, $4::pg_catalog.name) RETURNING id";

	pr_arg_text(&args, rows->name);
	pr_arg_int4(&args, rows->ncols - 1);
	pr_arg_int4(&args, rows->nrows);
	if (id == 0)
		pr_arg_text(&args, GetUserNameFromId(caller, false));
	pr_spi(statement, &args);
	return (int32) pr_spi_int(0, 1, NULL);
}

static Datum
column_array(const PrHierarchyRows *rows, int col)
{
	Datum	   *labels = palloc(sizeof(Datum) * rows->nrows);

	for (int row = 0; row < rows->nrows; row++)
		labels[row] = CStringGetTextDatum(cell(rows, row, col));
	return PointerGetDatum(construct_array(labels, rows->nrows, TEXTOID, -1, false, TYPALIGN_INT));
}

/* One statement for all rows: a text array for each column, side by side. */
static void
store_values(const PrHierarchyRows *rows, int32 id)
{
	StringInfoData columns;
	StringInfoData path;
	PrArgs		args = {0};

	initStringInfo(&columns);
	initStringInfo(&path);
	pr_arg_int4(&args, id);
	for (int col = 0; col < rows->ncols; col++)
	{
		pr_arg(&args, TEXTARRAYOID, column_array(rows, col));
		appendStringInfo(&columns, "%spg_catalog.unnest($%d)", col > 0 ? ", " : "", col + 2);
		if (col > 0)
			appendStringInfo(&path, "%su.column%d", col > 1 ? ", " : "", col);
	}
	appendStringInfoString(&columns, ") AS u(column0");
	for (int col = 1; col < rows->ncols; col++)
		appendStringInfo(&columns, ", column%d", col);

	pr_spi(psprintf("INSERT INTO privrelease.hierarchy_value (hierarchy, leaf, path)"
					" SELECT $1, u.column0, ARRAY[%s] FROM ROWS FROM (%s)", path.data, columns.data), &args);
}

void
pr_hierarchy_rows_store(const PrHierarchyRows *rows, Oid caller)
{
	PrIdentity	saved;

	pr_elevate(&saved);
	SPI_connect();
	store_values(rows, store_header(rows, caller));
	SPI_finish();
	pr_restore_identity(&saved);
}
