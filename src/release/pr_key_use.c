/*
 * pr_key_use.c
 *		Which key, in which domain, a rule draws from.
 *
 * Key and domain decide a pseudonym, a choice or a noise: equal values that
 * are drawn from the same key and domain get the same result.  That is wanted
 * within one owner's tables.  Between owners it is an attack:
 *	- Whoever can draw from a domain only has to put guesses into a table of his
 *	  own to have the pseudonyms of everybody, or to know the noise and subtract
 *	  it.  So a domain of a key belongs to the owner of the source that was first
 *	  declared with it, and each build checks that it still does.
 *	- Claiming what will be somebody else's default domain before he comes would
 *	  make him draw from ours, so a name that spells a column may only be claimed
 *	  by the owner of its table.
 *	- A superuser may let one owner draw from another's domain; he is told what
 *	  that means, and it is written at the rule.
 *
 * And between one owner's rules: two different draws of one value average out.
 * So noise and shifts stay at the version of their key with which their domain
 * was first declared, a default domain stays with the column through renames,
 * and two rules of different draw for one column are refused.
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/varlena.h"

#include "catalog/pr_catalog.h"
#include "catalog/pr_key.h"
#include "common/pr_compat.h"
#include "common/pr_error.h"
#include "release/pr_registry.h"
#include "release/pr_release.h"

/* A row of privrelease.key_domain. */
typedef struct Claim
{
	char	   *owner;
	Oid			owner_oid;
	bool		here;			/* OIDs are of this database */
	int32		version;
} Claim;

/* Transforms without a domain have one: the key itself. */
static const char *
domain_or_none(const PrRule *rule)
{
	return rule->domain != NULL ? rule->domain : "";
}

static bool
find_claim(const PrRule *rule, Claim *claim)
{
	PrArgs		args = {0};

	pr_arg_int4(&args, rule->key);
	pr_arg_text(&args, rule->transform->name);
	pr_arg_text(&args, domain_or_none(rule));
	if (pr_catalog_run("SELECT owner, owner_oid, binding, version FROM privrelease.key_domain"
					   " WHERE key = $1 AND transform = $2 AND domain = $3", &args) == 0)
		return false;
	claim->owner = pr_spi_text(0, 1);
	claim->owner_oid = (Oid) pr_spi_int(0, 2, NULL);
	claim->here = strcmp(pr_spi_text(0, 3), pr_this_binding()) == 0;
	claim->version = pr_spi_int(0, 4, NULL);
	return true;
}

/* Does the claim belong to the owner of the release's source?  A renamed role is the same, one made anew another. */
static bool
claim_is_ours(const PrRelease *release, const Claim *claim)
{
	Oid			owner = pr_relation_owner(release->source);
	Oid			role = claim->here ? claim->owner_oid : get_role_oid(claim->owner, true);

	/* Not by the rights of a superuser, who has everybody's. */
	return OidIsValid(role) && GetUserNameFromId(role, true) != NULL &&
		(owner == role || is_member_of_role_nosuper(owner, role));
}

static char *
describe_use(const PrRule *rule)
{
	return psprintf("key \"%s\" in transform \"%s\"%s%s", pr_param(rule, "key"), rule->transform->name,
					rule->domain != NULL ? ", domain " : "", domain_or_none(rule));
}

static void
refuse_claim(const PrRule *rule, const Claim *claim)
{
	ereport(ERROR,
			(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
			 errmsg("%s, serves sources of role %s", describe_use(rule), quote_identifier(claim->owner)),
			 errdetail("Drawing from it would tell which person stands behind a value of that role's releases."),
			 errhint("Use a domain or a key of your own.")));
}

/* ---------- domains ---------- */

/* schema.table.column: the table, if there is one; false: the domain is no such name. */
static bool
spells_column(const char *domain, Oid *table)
{
	List	   *names;
	Oid			schema;

	if (!SplitIdentifierString(pstrdup(domain), '.', &names) || list_length(names) != 3)
		return false;
	schema = get_namespace_oid(linitial(names), true);
	*table = OidIsValid(schema) ? get_relname_relid(lsecond(names), schema) : InvalidOid;
	return true;
}

static void
check_domain_name(const PrRelease *release, const PrRule *rule)
{
	Oid			table;

	if (superuser() || !spells_column(rule->domain, &table))
		return;
	if (!OidIsValid(table) || !pr_owns_relation(table, pr_relation_owner(release->source)))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("domain %s is the name of a column that does not belong to the owner of %s", rule->domain,
						pr_relation_label(release->source)),
				 errhint("Use a domain that is not of the form schema.table.column.")));
}

/* The default domain that the column had when it was first declared; it does not move with a rename. */
static char *
first_default_domain(const PrRelease *release, const PrRule *rule)
{
	PrArgs		args = {0};

	pr_arg_int4(&args, rule->key);
	pr_arg_text(&args, rule->transform->name);
	pr_arg_oid(&args, release->source);
	pr_arg_int4(&args, rule->attnum);
	pr_arg_text(&args, pr_this_binding());
	if (pr_catalog_run("SELECT domain FROM privrelease.key_domain WHERE key = $1 AND transform = $2 AND source = $3"
					   " AND attnum = $4 AND binding = $5 AND by_default ORDER BY domain LIMIT 1", &args) == 0)
		return NULL;
	return pr_spi_text(0, 1);
}

static void
set_domain(const PrRelease *release, PrRule *rule, const PrRule *old)
{
	if (!rule->transform->has_domain)
		return;
	rule->domain = pr_param(rule, "domain");
	if (rule->domain == NULL && old != NULL && old->attnum == rule->attnum && old->transform == rule->transform &&
		pr_param(old, "domain") == NULL)
		rule->domain = old->domain;
	if (rule->domain == NULL)
		rule->domain = first_default_domain(release, rule);
	if (rule->domain == NULL)
		rule->domain = psprintf("%s.%s", quote_qualified_identifier(release->source_schema, release->source_name),
								quote_identifier(rule->column_name));
}

static void
store_claim(const PrRelease *release, const PrRule *rule, int32 version)
{
	Oid			owner = pr_relation_owner(release->source);
	PrArgs		args = {0};

	pr_arg_int4(&args, rule->key);
	pr_arg_text(&args, rule->transform->name);
	pr_arg_text(&args, domain_or_none(rule));
	pr_arg_int4(&args, version);
	pr_arg_text(&args, GetUserNameFromId(owner, false));
	pr_arg_oid(&args, owner);
	pr_arg_oid(&args, release->source);
	pr_arg_int4(&args, rule->attnum);
	pr_arg_text(&args, pr_this_binding());
	pr_arg_bool(&args, pr_param(rule, "domain") == NULL);
	pr_catalog_run("INSERT INTO privrelease.key_domain (key, transform, domain, version, owner, owner_oid, source, attnum,"
				   " binding, by_default) VALUES ($1, $2, $3, $4, $5::name, $6, $7, $8, $9, $10)"
				   " ON CONFLICT DO NOTHING", &args);
}

/* Claim the use of the key, or find that it is ours, or that a superuser wants it shared. */
static void
claim_domain(const PrRelease *release, PrRule *rule, int32 current, Claim *claim)
{
	if (!find_claim(rule, claim))
	{
		if (rule->domain != NULL)
			check_domain_name(release, rule);
		store_claim(release, rule, current);
		if (!find_claim(rule, claim))
			ereport(ERROR,
					(errcode(ERRCODE_T_R_SERIALIZATION_FAILURE),
					 errmsg("another transaction has just begun to use %s", describe_use(rule))));
	}
	rule->domain_shared = !claim_is_ours(release, claim);
	if (!rule->domain_shared)
		return;
	if (!superuser())
		refuse_claim(rule, claim);
	ereport(WARNING,
			(errmsg("%s, belongs to role %s and is shared with the owner of %s from now on", describe_use(rule),
					quote_identifier(claim->owner), pr_relation_label(release->source)),
			 errdetail("Each of the two can find out which person stands behind a value of the other's releases.")));
}

/* Key, version and domain of a rule that is being set; old is the rule that it replaces, or NULL. */
void
pr_set_key(const PrRelease *release, PrRule *rule, const PrRule *old)
{
	int32		current;
	Claim		claim;
	char	   *name;

	if (rule->transform->key_use == PR_UNKEYED)
		return;
	name = pr_param(rule, "key");
	if (strcmp(name, PR_RESERVED_KEY) == 0)
		ereport(ERROR,
				(errcode(ERRCODE_RESERVED_NAME),
				 errmsg("key \"%s\" is reserved for the rows of release tables", name),
				 errhint("A superuser makes another one: SELECT privrelease.create_key('pseudonyms');")));
	if (!pr_key_find(name, &rule->key, &current))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("key \"%s\" does not exist", name),
				 errhint("A superuser makes it: SELECT privrelease.create_key(%s);", quote_literal_cstr(name))));
	set_domain(release, rule, old);
	claim_domain(release, rule, current, &claim);
	rule->key_version = rule->transform->key_use == PR_KEY_STAYS ? claim.version : current;
}

/* The domain of a rule still belongs to the owner of its source: owners change, and roles are dropped and made anew. */
void
pr_recheck_key(const PrRelease *release, const PrRule *rule)
{
	Claim		claim;

	if (rule->key == 0 || rule->domain_shared)
		return;
	if (!find_claim(rule, &claim) || !claim_is_ours(release, &claim))
		ereport(ERROR,
				(errcode(ERRCODE_PR_BOUNDARY),
				 errmsg("%s, of released column \"%s\" does not belong to the owner of %s", describe_use(rule),
						rule->output_name, pr_relation_label(release->source)),
				 errhint("Set the rule again, with a domain or a key of your own.")));
}

/* ---------- draws ---------- */

static void
refuse_second_draw(const PrRule *rule, const char *other)
{
	ereport(ERROR,
			(errcode(ERRCODE_PR_BOUNDARY),
			 errmsg("column \"%s\" has another draw of transform \"%s\" in %s", rule->column_name,
					rule->transform->name, other),
			 errdetail("Whoever reads both draws of one value averages them, and comes closer to it."),
			 errhint("Use the same parameters, key and domain, or drop that rule.")));
}

/* One value is drawn once: with one set of parameters for a domain, and with one domain for a column. */
void
pr_require_one_draw(const PrRelease *release, const PrRule *rule, const PrRule *old)
{
	PrArgs		args = {0};

	if (rule->transform->key_use != PR_KEY_STAYS)
		return;
	pr_arg_text(&args, rule->transform->name);
	pr_arg_text(&args, rule->draw);
	pr_arg_int4(&args, release->id);
	pr_arg_text(&args, rule->output_name);
	pr_arg_int4(&args, rule->key);
	pr_arg_text(&args, domain_or_none(rule));
	pr_arg_oid(&args, release->source);
	pr_arg_text(&args, pr_this_binding());
	pr_arg_int4(&args, rule->attnum);
	if (pr_catalog_run("SELECT pg_catalog.format('%I.%I, column %I', l.release_schema, l.release_name, r.output_name)"
					   " FROM " PR_ANY_RULE " AS r JOIN privrelease.release AS l ON l.id = r.release"
					   " WHERE r.transform = $1 AND NOT (r.release = $3 AND r.output_name = $4::name)"
					   " AND ((r.key = $5 AND r.domain = $6 AND r.draw <> $2)"
					   " OR (l.source = $7 AND l.binding = $8 AND r.attnum = $9"
					   " AND (r.draw, r.key, coalesce(r.domain, '')) IS DISTINCT FROM ($2, $5, $6))) ORDER BY 1 LIMIT 1", &args) > 0)
		refuse_second_draw(rule, pr_spi_text(0, 1));

	if (OidIsValid(release->view) && old != NULL && old->transform == rule->transform &&
		(strcmp(old->draw, rule->draw) != 0 || old->key != rule->key || strcmp(domain_or_none(old), domain_or_none(rule)) != 0))
		ereport(WARNING,
				(errmsg("released column \"%s\" will be drawn anew", rule->output_name),
				 errdetail("Whoever has read the former values can average the two draws.")));
}
