/*
 * pr_guard_who.c
 *		Whom the guard refuses.  See pr_guard.h.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/acl.h"

#include "common/pr_compat.h"
#include "planner/pr_guard.h"

/* The users that this session acts as; returns how many, without repetition. */
#define MAX_USERS 3
static int
acting_users(Oid users[MAX_USERS])
{
	Oid			all[MAX_USERS] = {GetUserId(), GetOuterUserId(), GetSessionUserId()};
	int			n = 0;

	for (int i = 0; i < MAX_USERS; i++)
		if ((n < 1 || users[0] != all[i]) && (n < 2 || users[1] != all[i]))
			users[n++] = all[i];
	return n;
}

/*
 * Membership of any kind counts, NOINHERIT and ADMIN OPTION too.  The owner of
 * the source is no audience of his own table: from 16 on, whoever creates a
 * role is a member of it.  Nobody may be a member of the release's own role:
 * who made himself one, as CREATEROLE lets him on 15, gains nothing by it.
 */
static bool
is_audience(Oid user, const PrServed *release)
{
	ListCell   *cell;

	if (superuser_arg(user) || user == release->source_owner)
		return false;
	if (is_member_of_role_nosuper(user, release->role))
		return true;
	foreach(cell, release->audience)
		if (is_member_of_role_nosuper(user, lfirst_oid(cell)))
			return true;
	return false;
}

bool
pr_guard_is_audience(const PrServed *release)
{
	Oid			users[MAX_USERS];
	int			n = acting_users(users);

	for (int i = 0; i < n; i++)
		if (is_audience(users[i], release))
			return true;
	return false;
}

const PrServed *
pr_guard_audience_of(const List *releases)
{
	ListCell   *cell;

	foreach(cell, releases)
		if (pr_guard_is_audience(lfirst(cell)))
			return lfirst(cell);
	return NULL;
}

bool
pr_guard_is_trusted(const PrServed *release)
{
	Oid			users[MAX_USERS];
	int			n = acting_users(users);

	for (int i = 0; i < n; i++)
		if (!superuser_arg(users[i]) &&
			(is_audience(users[i], release) || !is_member_of_role_nosuper(users[i], release->source_owner)))
			return false;
	return true;
}

bool
pr_guard_is_superuser(void)
{
	Oid			users[MAX_USERS];
	int			n = acting_users(users);

	for (int i = 0; i < n; i++)
		if (!superuser_arg(users[i]))
			return false;
	return true;
}
