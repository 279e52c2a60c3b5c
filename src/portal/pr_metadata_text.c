/*
 * pr_metadata_text.c
 *		What set_metadata() has said of a release, as portals want it.
 *
 * Nothing is made up: what nobody has said is left out of a document, and what
 * a document cannot do without is an error that lists all of it.
 */
#include "postgres.h"

#include "utils/builtins.h"

#include "common/pr_error.h"
#include "portal/pr_portal.h"

/* ---------- texts ---------- */

static char *
string_of(const JsonbValue *value)
{
	return value != NULL && value->type == jbvString ? pnstrdup(value->val.string.val, value->val.string.len) : NULL;
}

static JsonbValue *
find(const PrPortal *portal, const char *key)
{
	return JB_ROOT_IS_OBJECT(portal->metadata) ?
		getKeyJsonValueFromContainer(&portal->metadata->root, key, strlen(key), NULL) : NULL;
}

char *
pr_portal_text(const PrPortal *portal, const char *key)
{
	char	   *text = string_of(find(portal, key));

	return text != NULL && *text != '\0' ? text : NULL;
}

List *
pr_portal_texts(const PrPortal *portal, const char *key)
{
	JsonbValue *array = find(portal, key);
	JsonbContainer *container;
	List	   *texts = NIL;

	if (array == NULL || array->type != jbvBinary || !JsonContainerIsArray(array->val.binary.data))
		return NIL;
	container = array->val.binary.data;
	for (uint32 i = 0; i < JsonContainerSize(container); i++)
	{
		char	   *text = string_of(getIthJsonbValueFromContainer(container, i));

		if (text != NULL && *text != '\0')
			texts = lappend(texts, text);
	}
	return texts;
}

/* ---------- of a form ---------- */

void
pr_portal_bad_metadata(const PrPortal *portal, const char *key, const char *wanted)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("\"%s\" in the metadata of release %s is not %s", key, portal->release->label, wanted),
			 errhint("SELECT privrelease.set_metadata(%s, '{\"%s\": \"...\"}');", quote_literal_cstr(portal->release->label), key)));
}

/* Characters that no IRI holds (RFC 3987). */
static bool
has_forbidden(const char *text)
{
	for (const char *c = text; *c != '\0'; c++)
		if ((unsigned char) *c <= ' ' || *c == 0x7f || strchr("<>\"{}|\\^`", *c) != NULL)
			return true;
	return false;
}

bool
pr_portal_is_url(const char *text)
{
	size_t		scheme = pg_strncasecmp(text, "https://", 8) == 0 ? 8 : pg_strncasecmp(text, "http://", 7) == 0 ? 7 : 0;

	return scheme > 0 && text[scheme] != '\0' && text[scheme] != '/' && !has_forbidden(text);
}

static void
require_url(const PrPortal *portal, const char *key, const char *text)
{
	if (!pr_portal_is_url(text))
		pr_portal_bad_metadata(portal, key, "a URL (https://...)");
}

char *
pr_portal_url(const PrPortal *portal, const char *key)
{
	char	   *url = pr_portal_text(portal, key);

	if (url != NULL)
		require_url(portal, key, url);
	return url;
}

List *
pr_portal_urls(const PrPortal *portal, const char *key)
{
	List	   *urls = pr_portal_texts(portal, key);
	ListCell   *cell;

	foreach(cell, urls)
		require_url(portal, key, lfirst(cell));
	return urls;
}

char *
pr_portal_email(const PrPortal *portal, const char *key)
{
	char	   *email = pr_portal_text(portal, key);
	char	   *at = email != NULL ? strchr(email, '@') : NULL;

	if (email != NULL && (at == NULL || at == email || at[1] == '\0' || strchr(at + 1, '@') != NULL || has_forbidden(email)))
		pr_portal_bad_metadata(portal, key, "an e-mail address");
	return email;
}

/* ---------- what must be there ---------- */

static bool
is_missing(const PrPortal *portal, const char *key)
{
	return pr_portal_text(portal, key) == NULL && pr_portal_texts(portal, key) == NIL;
}

void
pr_portal_require(const PrPortal *portal, const char *const *keys)
{
	StringInfoData missing;
	StringInfoData call;

	initStringInfo(&missing);
	initStringInfo(&call);
	for (; *keys != NULL; keys++)
	{
		if (!is_missing(portal, *keys))
			continue;
		appendStringInfo(&missing, "%s%s", missing.len > 0 ? ", " : "", *keys);
		appendStringInfo(&call, "%s\"%s\": \"...\"", call.len > 0 ? ", " : "", *keys);
	}
	if (missing.len > 0)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("the metadata of release %s lack what %s needs: %s", portal->release->label, portal->function, missing.data),
				 errhint("SELECT privrelease.set_metadata(%s, '{%s}');", quote_literal_cstr(portal->release->label), call.data)));
}
