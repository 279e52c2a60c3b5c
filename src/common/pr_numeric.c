/*
 * pr_numeric.c
 *		numeric as integers of a fixed unit.  See pr_numeric.h.
 */
#include "postgres.h"

#include "common/pr_compat.h"
#include "common/pr_numeric.h"

/* The header word of a stored numeric. */
#define KIND_MASK			0xC000
#define KIND_NEGATIVE		0x4000
#define KIND_SHORT			0x8000
#define KIND_SPECIAL		0xC000
#define SPECIAL_MASK		0xF000
#define SPECIAL_NAN			0xC000
#define SPECIAL_PLUS		0xD000
#define LONG_DSCALE_MASK	0x3FFF
#define SHORT_NEGATIVE		0x2000
#define SHORT_DSCALE_MASK	0x1F80
#define SHORT_DSCALE_SHIFT	7
#define SHORT_WEIGHT_SIGN	0x0040
#define SHORT_WEIGHT_MASK	0x003F

/* 10^36 < 2^127: nine digits of base 10^4. */
#define MAX_GROUPS			9
/* 10^16 < 2^63. */
#define MAX_NARROW_GROUPS	4

static inline uint16
word_at(const char *p)
{
	uint16		word;

	memcpy(&word, p, sizeof(word));
	return word;
}

void
pr_numeric_parts(const struct varlena *value, PrNumericParts *parts)
{
	const char *data = VARDATA_ANY(value);
	int			size = VARSIZE_ANY_EXHDR(value);
	uint16		header = word_at(data);

	parts->kind = PR_NUMERIC_FINITE;
	parts->ndigits = 0;
	if ((header & KIND_MASK) == KIND_SPECIAL)
	{
		parts->kind = (header & SPECIAL_MASK) == SPECIAL_NAN ? PR_NUMERIC_NAN :
			(header & SPECIAL_MASK) == SPECIAL_PLUS ? PR_NUMERIC_PLUS_INFINITY : PR_NUMERIC_MINUS_INFINITY;
		return;
	}
	if ((header & KIND_SHORT) != 0)
	{
		parts->negative = (header & SHORT_NEGATIVE) != 0;
		parts->dscale = (header & SHORT_DSCALE_MASK) >> SHORT_DSCALE_SHIFT;
		parts->weight = header & SHORT_WEIGHT_MASK;
		if ((header & SHORT_WEIGHT_SIGN) != 0)
			parts->weight |= ~SHORT_WEIGHT_MASK;
		parts->digits = data + sizeof(uint16);
	}
	else
	{
		parts->negative = (header & KIND_MASK) == KIND_NEGATIVE;
		parts->dscale = header & LONG_DSCALE_MASK;
		parts->weight = (int16) word_at(data + sizeof(uint16));
		parts->digits = data + 2 * sizeof(uint16);
	}
	parts->ndigits = (int) (data + size - parts->digits) / (int) sizeof(int16);
}

bool
pr_numeric_magnitude(const PrNumericParts *parts, int groups, PrWide *magnitude, bool *exact)
{
	int			wanted = parts->weight + 1 + groups;	/* digits down to the unit */
	int			taken = Min(parts->ndigits, wanted);
	int			i;

	*exact = parts->ndigits <= Max(wanted, 0);
	*magnitude = 0;
	if (parts->ndigits == 0 || wanted <= 0)
		return true;
	if (wanted > MAX_GROUPS)
		return false;
	if (wanted <= MAX_NARROW_GROUPS)
	{
		uint64		narrow = 0;

		for (i = 0; i < taken; i++)
			narrow = narrow * 10000 + word_at(parts->digits + i * sizeof(int16));
		for (; i < wanted; i++)
			narrow *= 10000;
		*magnitude = narrow;
		return true;
	}
	for (i = 0; i < taken; i++)
		*magnitude = *magnitude * 10000 + word_at(parts->digits + i * sizeof(int16));
	for (; i < wanted; i++)
		*magnitude *= 10000;
	return true;
}

Size
pr_numeric_decimal_size(const PrNumericParts *parts)
{
	Size		whole = PR_NUMERIC_GROUP * Max(parts->weight + 1, 1);
	Size		fraction = PR_NUMERIC_GROUP * Max(parts->ndigits - 1 - parts->weight, 0);

	return 1 + whole + 1 + fraction;
}

/* Group i of a number; 0 before its first and after its last. */
static inline int
group_at(const PrNumericParts *parts, int i)
{
	return i >= 0 && i < parts->ndigits ? word_at(parts->digits + i * sizeof(int16)) : 0;
}

/* Four digits. */
static inline char *
write_group(char *out, int group)
{
	out[0] = '0' + group / 1000;
	out[1] = '0' + group / 100 % 10;
	out[2] = '0' + group / 10 % 10;
	out[3] = '0' + group % 10;
	return out + PR_NUMERIC_GROUP;
}

static char *
write_whole(char *out, const PrNumericParts *parts)
{
	char		first[PR_NUMERIC_GROUP];
	int			skip = 0;

	write_group(first, group_at(parts, Min(parts->weight, 0)));
	while (skip < PR_NUMERIC_GROUP - 1 && first[skip] == '0')
		skip++;
	memcpy(out, first + skip, PR_NUMERIC_GROUP - skip);
	out += PR_NUMERIC_GROUP - skip;
	for (int i = 1; i <= parts->weight; i++)
		out = write_group(out, group_at(parts, i));
	return out;
}

Size
pr_numeric_decimal(const PrNumericParts *parts, char *out)
{
	char	   *at = out;

	if (parts->ndigits == 0)
	{
		*out = '0';
		return 1;
	}
	if (parts->negative)
		*at++ = '-';
	at = write_whole(at, parts);
	if (parts->ndigits > parts->weight + 1)
	{
		*at++ = '.';
		for (int i = parts->weight + 1; i < parts->ndigits; i++)
			at = write_group(at, group_at(parts, i));
		while (at[-1] == '0')
			at--;
		if (at[-1] == '.')
			at--;
	}
	return at - out;
}

Numeric
pr_numeric_from_units(PrWide units, int scale)
{
	if (units != (int64) units)
		return NULL;
	return scale == 0 ? int64_to_numeric((int64) units) : int64_div_fast_to_numeric((int64) units, scale);
}
