/*
 * pr_types.c
 *		Types in words, and the classes of types that transforms take.
 *
 * A type stands here by its base type: a domain is its base type with checks.
 * Types that users can make (composites, ranges over their types, base types
 * of other extensions) are taken only where nothing but their storage is
 * touched, because their functions may raise, or run with a reader's rights.
 */
#include "postgres.h"

#include "access/transam.h"
#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "common/pr_compat.h"
#include "release/pr_registry.h"
#include "transform/pr_canonical.h"

/*
 * As PostgreSQL writes it under the search_path that all our functions pin:
 * built-in types by their plain names, all others with their schema.
 */
char *
pr_type_name(Oid type, int32 typmod)
{
	return format_type_with_typemod(type, typmod);
}

bool
pr_type_any(Oid type)
{
	return get_typtype(type) != TYPTYPE_PSEUDO;
}

static char
category(Oid type)
{
	char		result;
	bool		preferred;

	get_type_category_preferred(type, &result, &preferred);
	return result;
}

bool
pr_type_text(Oid type)
{
	return (get_typtype(type) == TYPTYPE_BASE && category(type) == TYPCATEGORY_STRING) || type == NAMEOID;
}

bool
pr_type_text_or_enum(Oid type)
{
	return pr_type_text(type) || get_typtype(type) == TYPTYPE_ENUM;
}

bool
pr_type_integer(Oid type)
{
	return type == INT2OID || type == INT4OID || type == INT8OID;
}

bool
pr_type_number(Oid type)
{
	return pr_type_integer(type) || type == NUMERICOID || type == FLOAT4OID || type == FLOAT8OID;
}

bool
pr_type_date(Oid type)
{
	return type == DATEOID;
}

bool
pr_type_calendar(Oid type)
{
	return type == DATEOID || type == TIMESTAMPOID || type == TIMESTAMPTZOID;
}

bool
pr_type_inet(Oid type)
{
	return type == INETOID || type == CIDROID;
}

bool
pr_type_point(Oid type)
{
	return type == POINTOID;
}

/* Can be a leaf of a hierarchy. */
bool
pr_type_leaf(Oid type)
{
	return pr_type_text_or_enum(type) || pr_type_number(type) || type == BOOLOID || type == UUIDOID;
}

/* Has one canonical form of bytes, as it is or as text: equal values are one input of a keyed function. */
bool
pr_type_canonical(Oid type)
{
	return pr_canonical_supports(type) || pr_type_text(type);
}

/* Does the type's input function run no code that a user wrote (a domain's CHECK)? */
bool
pr_type_input_is_safe(Oid type)
{
	Oid			element = get_element_type(type);

	if (OidIsValid(element))
		return pr_type_input_is_safe(element);
	if (get_typtype(type) == TYPTYPE_RANGE || get_typtype(type) == TYPTYPE_MULTIRANGE)
		return type < FirstNormalObjectId;
	return get_typtype(type) == TYPTYPE_BASE || get_typtype(type) == TYPTYPE_ENUM;
}
