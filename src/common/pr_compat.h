/*
 * pr_compat.h
 *		Every difference between the supported major versions (15 to 18) that
 *		this library meets.  No other file tests PG_VERSION_NUM.
 */
#ifndef PR_COMPAT_H
#define PR_COMPAT_H

#include "postgres.h"

#if PG_VERSION_NUM < 150000
#error "privrelease needs PostgreSQL 15 or later"
#endif

/* What a major does with our hooks is looked at before it is let in: core/pr_minor.c */
#if PG_VERSION_NUM >= 190000
#error "privrelease was never tried on this major version of PostgreSQL"
#endif

#ifndef __SIZEOF_INT128__
#error "privrelease needs a compiler with 128-bit integers"
#endif

/* As the names of packages say it. */
#define PR_MAJOR PG_MAJORVERSION

#include "catalog/pg_class.h"
#include "catalog/pg_namespace.h"
#include "catalog/pg_type.h"
#include "nodes/parsenodes.h"
#include "utils/acl.h"
#include "utils/timestamp.h"

#if PG_VERSION_NUM >= 160000
#include "parser/parse_relation.h"
#include "varatt.h"
#endif

/* 16 replaced pg_class_ownercheck() and its kin by object_ownercheck(). */
static inline bool
pr_owns_relation(Oid relid, Oid role)
{
#if PG_VERSION_NUM >= 160000
	return object_ownercheck(RelationRelationId, relid, role);
#else
	return pg_class_ownercheck(relid, role);
#endif
}

/* 16 did the same to the pg_*_aclcheck() functions of single object kinds. */
static inline AclResult
pr_schema_aclcheck(Oid nspid, Oid role, AclMode mode)
{
#if PG_VERSION_NUM >= 160000
	return object_aclcheck(NamespaceRelationId, nspid, role, mode);
#else
	return pg_namespace_aclcheck(nspid, role, mode);
#endif
}

/*
 * 16 moved what a query must be permitted from its range table entries to a list of its own.  Both kinds of entry have
 * relid, requiredPerms and checkAsUser.  These are the parameters of ExecutorCheckPerms_hook, passed on, and the range
 * table among them.
 */
#if PG_VERSION_NUM >= 160000
typedef RTEPermissionInfo PrPermission;
#define PR_PERMISSION_PARAMS List *table, List *permissions, bool raise
#define PR_PERMISSION_ARGS table, permissions, raise
#define PR_PERMISSION_TABLE table
#else
typedef RangeTblEntry PrPermission;
#define PR_PERMISSION_PARAMS List *permissions, bool raise
#define PR_PERMISSION_ARGS permissions, raise
#define PR_PERMISSION_TABLE permissions
#endif

/* What a query asks for one entry of its range table. */
static inline PrPermission *
pr_permission_of(const Query *query, const RangeTblEntry *rte)
{
#if PG_VERSION_NUM >= 160000
	return getRTEPermissionInfo(query->rteperminfos, unconstify(RangeTblEntry *, rte));
#else
	return unconstify(RangeTblEntry *, rte);
#endif
}

/* All of a query. */
static inline List *
pr_permissions_of(const Query *query)
{
#if PG_VERSION_NUM >= 160000
	return query->rteperminfos;
#else
	return query->rtable;
#endif
}

/* The view that a subquery was expanded from: 16 keeps it in the entry, before it was the first entry of the view's own. */
static inline Oid
pr_view_of(const RangeTblEntry *rte)
{
#if PG_VERSION_NUM >= 160000
	return rte->relkind == RELKIND_VIEW ? rte->relid : InvalidOid;
#else
	const RangeTblEntry *old = rte->subquery->rtable != NIL ? (const RangeTblEntry *) linitial(rte->subquery->rtable) : NULL;

	return old != NULL && old->rtekind == RTE_RELATION && old->relkind == RELKIND_VIEW ? old->relid : InvalidOid;
#endif
}

/* 18 reads the module's name and version from the magic block. */
#if PG_VERSION_NUM >= 180000
#define PR_MODULE_MAGIC PG_MODULE_MAGIC_EXT(.name = "privrelease", .version = PR_VERSION)
#else
#define PR_MODULE_MAGIC PG_MODULE_MAGIC
#endif

/* 17 lets an index keep something from one insertion to the next, until it is told that there is no next. */
#if PG_VERSION_NUM >= 170000
#define pr_index_insert_done(index, info) index_insert_cleanup(index, info)
#else
#define pr_index_insert_done(index, info) ((void) 0)
#endif

/* Index entries of a new row; 16 can also leave out all but summarizing indexes. */
#if PG_VERSION_NUM >= 160000
#define pr_insert_index_tuples(indexes, slot, estate) \
	ExecInsertIndexTuples((indexes), (slot), (estate), false, false, NULL, NIL, false)
#else
#define pr_insert_index_tuples(indexes, slot, estate) \
	ExecInsertIndexTuples((indexes), (slot), (estate), false, false, NULL, NIL)
#endif

/* 17 knows intervals without end: 1 or -1; else 0. */
static inline int
pr_interval_sign_of_infinity(const Interval *interval)
{
#if PG_VERSION_NUM >= 170000
	return INTERVAL_IS_NOBEGIN(interval) ? -1 : INTERVAL_IS_NOEND(interval) ? 1 : 0;
#else
	return 0;
#endif
}

#endif							/* PR_COMPAT_H */
