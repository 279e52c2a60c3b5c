/*
 * pr_collation.c
 *		Whether a collation orders text by its bytes.
 *
 * Read from the catalogues, because the server's own answer changed its name
 * and needs the headers of ICU where the server was built with it.  The C
 * library's "C" and "POSIX" order by bytes and nothing else of it does,
 * "C.UTF-8" not either; the server's builtin provider always does.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_database.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/syscache.h"

#include "catalog/pr_collation.h"

/* The builtin provider, of 17 and later. */
#define BUILTIN 'b'

static bool
is_c(char provider, int cache, HeapTuple row, AttrNumber locale)
{
	bool		isnull;
	Datum		value;
	char	   *name;

	if (provider != COLLPROVIDER_LIBC)
		return provider == BUILTIN;
	value = SysCacheGetAttr(cache, row, locale, &isnull);
	if (isnull)
		return false;
	name = TextDatumGetCString(value);
	return strcmp(name, "C") == 0 || strcmp(name, "POSIX") == 0;
}

static bool
database_is_c(void)
{
	HeapTuple	row = SearchSysCache1(DATABASEOID, ObjectIdGetDatum(MyDatabaseId));
	bool		result;

	if (!HeapTupleIsValid(row))
		return false;
	result = is_c(((Form_pg_database) GETSTRUCT(row))->datlocprovider, DATABASEOID, row, Anum_pg_database_datcollate);
	ReleaseSysCache(row);
	return result;
}

bool
pr_collation_is_c(Oid collation)
{
	HeapTuple	row = SearchSysCache1(COLLOID, ObjectIdGetDatum(collation));
	char		provider;
	bool		result;

	if (!HeapTupleIsValid(row))
		return false;
	provider = ((Form_pg_collation) GETSTRUCT(row))->collprovider;
	if (provider == COLLPROVIDER_DEFAULT)
		result = database_is_c();
	else
		result = is_c(provider, COLLOID, row, Anum_pg_collation_collcollate);
	ReleaseSysCache(row);
	return result;
}
