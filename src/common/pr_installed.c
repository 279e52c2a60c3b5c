/*
 * pr_installed.c
 *		Which version of the extension's SQL objects is installed.  See pr_installed.h.
 *
 * A package brings a new library to all databases at once, and each database
 * its tables when somebody updates the extension there.  What a release shows
 * its readers needs no table that the version before had not, and goes on.
 * Whatever declares, measures or publishes reads and writes all of them: it
 * asks here first, so that nobody meets half an update.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/indexing.h"
#include "catalog/pg_extension.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/rel.h"

#include "common/pr_compat.h"
#include "common/pr_installed.h"

char *
pr_installed_version(void)
{
	Relation	rel = table_open(ExtensionRelationId, AccessShareLock);
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple	row;
	char	   *version = NULL;

	ScanKeyInit(&key, Anum_pg_extension_extname, BTEqualStrategyNumber, F_NAMEEQ, CStringGetDatum("privrelease"));
	scan = systable_beginscan(rel, ExtensionNameIndexId, true, NULL, 1, &key);
	row = systable_getnext(scan);
	if (HeapTupleIsValid(row))
	{
		bool		isnull;
		Datum		value = heap_getattr(row, Anum_pg_extension_extversion, RelationGetDescr(rel), &isnull);

		if (!isnull)
			version = TextDatumGetCString(value);
	}
	systable_endscan(scan);
	table_close(rel, AccessShareLock);
	return version;
}

void
pr_require_same_version(void)
{
	const char *version = pr_installed_version();

	if (version != NULL && strcmp(version, PR_VERSION) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("extension privrelease is of version %s in this database, its library of version %s", version, PR_VERSION),
				 errdetail("Releases can be read meanwhile."),
				 errhint("ALTER EXTENSION privrelease UPDATE; and restart the server if that changes nothing.")));
}
