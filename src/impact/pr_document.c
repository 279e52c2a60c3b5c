/*
 * pr_document.c
 *		Reading a jsonb document whose shape nobody promises.  See pr_document.h.
 */
#include "postgres.h"

#include <math.h>

#include "utils/builtins.h"
#include "utils/numeric.h"

#include "impact/pr_document.h"

PrNode *
pr_node_of(Jsonb *document)
{
	PrNode	   *node = palloc0(sizeof(PrNode));

	node->type = jbvBinary;
	node->val.binary.data = &document->root;
	node->val.binary.len = VARSIZE(document) - VARHDRSZ;
	return node;
}

static bool
is_object(const PrNode *node)
{
	return node != NULL && node->type == jbvBinary && JsonContainerIsObject(node->val.binary.data);
}

static bool
is_array(const PrNode *node)
{
	return node != NULL && node->type == jbvBinary && JsonContainerIsArray(node->val.binary.data) &&
		!JsonContainerIsScalar(node->val.binary.data);
}

static PrNode *
member(const PrNode *node, const char *key, int length)
{
	PrNode	   *found;

	if (!is_object(node))
		return NULL;
	found = getKeyJsonValueFromContainer(node->val.binary.data, key, length, NULL);
	return found != NULL && found->type != jbvNull ? found : NULL;
}

PrNode *
pr_node_key(const PrNode *node, const char *key)
{
	return member(node, key, strlen(key));
}

PrNode *
pr_node_at(const PrNode *node, const char *path)
{
	const PrNode *at = node;

	while (at != NULL && *path != '\0')
	{
		size_t		length = strcspn(path, ".");

		at = member(at, path, (int) length);
		path += length;
		path += *path == '.';
	}
	return unconstify(PrNode *, at);
}

List *
pr_node_items(const PrNode *node)
{
	List	   *items = NIL;
	JsonbIterator *iterator;
	JsonbIteratorToken token;
	JsonbValue	value;

	if (!is_array(node))
		return NIL;
	iterator = JsonbIteratorInit(node->val.binary.data);
	while ((token = JsonbIteratorNext(&iterator, &value, true)) != WJB_DONE)
		if (token == WJB_ELEM)
		{
			PrNode	   *item = palloc(sizeof(PrNode));

			*item = value;
			items = lappend(items, item);
		}
	return items;
}

List *
pr_node_keys(const PrNode *node)
{
	List	   *keys = NIL;
	JsonbIterator *iterator;
	JsonbIteratorToken token;
	JsonbValue	value;

	if (!is_object(node))
		return NIL;
	iterator = JsonbIteratorInit(node->val.binary.data);
	while ((token = JsonbIteratorNext(&iterator, &value, true)) != WJB_DONE)
		if (token == WJB_KEY)
			keys = lappend(keys, pnstrdup(value.val.string.val, value.val.string.len));
	return keys;
}

char *
pr_node_text(const PrNode *node)
{
	if (node == NULL)
		return NULL;
	switch (node->type)
	{
		case jbvString:
			return pnstrdup(node->val.string.val, node->val.string.len);
		case jbvNumeric:
			return DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(node->val.numeric)));
		case jbvBool:
			return pstrdup(node->val.boolean ? "yes" : "no");
		case jbvBinary:
			return JsonbToCString(NULL, node->val.binary.data, node->val.binary.len);
		default:
			return NULL;
	}
}

char *
pr_text_at(const PrNode *node, const char *path)
{
	return pr_node_text(pr_node_at(node, path));
}

char *
pr_said_at(const PrNode *node, const char *path)
{
	char	   *text = pr_text_at(node, path);

	return text != NULL ? text : pstrdup("unknown");
}

bool
pr_double_at(const PrNode *node, const char *path, double *value)
{
	const PrNode *found = pr_node_at(node, path);

	if (found == NULL || found->type != jbvNumeric)
		return false;
	*value = DatumGetFloat8(DirectFunctionCall1(numeric_float8_no_overflow, NumericGetDatum(found->val.numeric)));
	return isfinite(*value);
}

char *
pr_number_at(const PrNode *node, const char *path)
{
	double		value;

	if (!pr_double_at(node, path, &value))
		return pr_text_at(node, path);
	if (value == floor(value))
		return pr_text_at(node, path);
	return psprintf("%.4g", value);
}

char *
pr_said_number_at(const PrNode *node, const char *path)
{
	char	   *text = pr_number_at(node, path);

	return text != NULL ? text : pstrdup("unknown");
}

char *
pr_time_at(const PrNode *node, const char *path)
{
	char	   *text = pr_said_at(node, path);

	if (strlen(text) < 16 || text[10] != 'T' || text[13] != ':')
		return text;
	text[10] = ' ';
	text[16] = '\0';
	return text;
}

static bool
boolean_at(const PrNode *node, const char *path, bool wanted)
{
	const PrNode *found = pr_node_at(node, path);

	return found != NULL && found->type == jbvBool && found->val.boolean == wanted;
}

bool
pr_true_at(const PrNode *node, const char *path)
{
	return boolean_at(node, path, true);
}

bool
pr_false_at(const PrNode *node, const char *path)
{
	return boolean_at(node, path, false);
}
