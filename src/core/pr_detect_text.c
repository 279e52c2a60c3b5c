/*
 * pr_detect_text.c
 *		What a value looks like: addresses, names, words.  See pr_detect.h.
 */
#include "core/pr_detect_text.h"

#include <string.h>

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static char
lower(char c)
{
	return (c >= 'A' && c <= 'Z') ? (char) (c - 'A' + 'a') : c;
}

static bool
is_letter(char c)
{
	return lower(c) >= 'a' && lower(c) <= 'z';
}

static bool
is_hex(char c)
{
	return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'f');
}

/* Part of a character beyond ASCII: in a domain that is not written in ASCII. */
static bool
is_beyond_ascii(char c)
{
	return (unsigned char) c >= 0x80;
}

/* ---------- e-mail, URL ---------- */

#define EMAIL_MAX 254
#define EMAIL_LOCAL_MAX 64
#define DOMAIN_LABEL_MAX 63

static bool
is_local_part(const char *s, size_t n)
{
	size_t		i;

	if (n == 0 || n > EMAIL_LOCAL_MAX || s[0] == '.' || s[n - 1] == '.')
		return false;
	for (i = 0; i < n; i++)
	{
		if (!is_letter(s[i]) && !is_digit(s[i]) && (s[i] == '\0' || strchr(".!#$%&'*+/=?^_{|}~-", s[i]) == NULL))
			return false;
		if (s[i] == '.' && s[i - 1] == '.')
			return false;
	}
	return true;
}

static bool
is_domain_label(const char *s, size_t n)
{
	size_t		i;

	if (n == 0 || n > DOMAIN_LABEL_MAX || s[0] == '-' || s[n - 1] == '-')
		return false;
	for (i = 0; i < n; i++)
	{
		if (!is_letter(s[i]) && !is_digit(s[i]) && s[i] != '-' && !is_beyond_ascii(s[i]))
			return false;
	}
	return true;
}

static bool
is_top_level(const char *s, size_t n)
{
	size_t		i;

	if (n >= 4 && lower(s[0]) == 'x' && lower(s[1]) == 'n' && s[2] == '-' && s[3] == '-')
		return true;
	for (i = 0; i < n; i++)
	{
		if (!is_letter(s[i]) && !is_beyond_ascii(s[i]))
			return false;
	}
	return n >= 2;
}

/* Two labels at least. */
static bool
is_domain(const char *s, size_t n)
{
	size_t		start = 0;
	size_t		i;
	int			labels = 0;

	for (i = 0; i <= n; i++)
	{
		if (i < n && s[i] != '.')
			continue;
		if (!is_domain_label(s + start, i - start))
			return false;
		labels++;
		if (i == n)
			return labels >= 2 && is_top_level(s + start, i - start);
		start = i + 1;
	}
	return false;
}

bool
pr_detect_is_email(const char *s, size_t n)
{
	const char *at = memchr(s, '@', n);

	if (at == NULL || n > EMAIL_MAX)
		return false;
	return is_local_part(s, at - s) && is_domain(at + 1, n - (at - s) - 1);
}

static bool
begins_with(const char *s, size_t n, const char *word)
{
	size_t		length = strlen(word);
	size_t		i;

	if (n < length)
		return false;
	for (i = 0; i < length; i++)
	{
		if (lower(s[i]) != word[i])
			return false;
	}
	return true;
}

bool
pr_detect_is_url(const char *s, size_t n)
{
	size_t		scheme = begins_with(s, n, "https://") ? 8 : begins_with(s, n, "http://") ? 7 : 0;

	return scheme > 0 && n > scheme && memchr(s, ' ', n) == NULL;
}

/* ---------- network addresses ---------- */

/* A decimal number up to most, without leading zeros; returns the characters that it takes. */
static size_t
small_number(const char *s, size_t n, int most)
{
	int			value = 0;
	size_t		i;

	for (i = 0; i < n && is_digit(s[i]); i++)
	{
		value = value * 10 + (s[i] - '0');
		if (value > most || (i > 0 && s[0] == '0'))
			return 0;
	}
	return i;
}

static bool
is_ipv4(const char *s, size_t n)
{
	int			part;

	for (part = 0; part < 4; part++)
	{
		size_t		used = small_number(s, n, 255);

		if (used == 0)
			return false;
		s += used;
		n -= used;
		if (part == 3)
			break;
		if (n == 0 || *s != '.')
			return false;
		s++;
		n--;
	}
	return n == 0;
}

#define IPV6_GROUPS 8

/* Groups joined by single colons; the last may be an IPv4 address, which counts as two.  -1: none of it. */
static int
count_groups(const char *s, size_t n)
{
	int			groups = 0;

	if (n == 0)
		return 0;
	for (;;)
	{
		size_t		used = 0;

		while (used < n && used < 5 && is_hex(s[used]))
			used++;
		if (used < n && s[used] == '.')
			return is_ipv4(s, n) ? groups + 2 : -1;
		if (used == 0 || used > 4)
			return -1;
		groups++;
		if (used == n)
			return groups;
		if (s[used] != ':' || groups > IPV6_GROUPS)
			return -1;
		s += used + 1;
		n -= used + 1;
	}
}

static const char *
find_two_colons(const char *s, size_t n)
{
	size_t		i;

	for (i = 0; i + 1 < n; i++)
	{
		if (s[i] == ':' && s[i + 1] == ':')
			return s + i;
	}
	return NULL;
}

static bool
is_ipv6(const char *s, size_t n)
{
	const char *gap = find_two_colons(s, n);
	int			before;
	int			after;

	if (gap == NULL)
		return count_groups(s, n) == IPV6_GROUPS;
	if (memchr(s, '.', gap - s) != NULL)
		return false;
	before = count_groups(s, gap - s);
	after = count_groups(gap + 2, n - (gap - s) - 2);
	return before >= 0 && after >= 0 && before + after < IPV6_GROUPS;
}

bool
pr_detect_is_ip(const char *s, size_t n)
{
	const char *slash = memchr(s, '/', n);
	size_t		address = slash == NULL ? n : (size_t) (slash - s);
	bool		v6 = memchr(s, ':', address) != NULL;

	if (slash != NULL)
	{
		size_t		rest = n - address - 1;

		if (rest == 0 || small_number(slash + 1, rest, v6 ? 128 : 32) != rest)
			return false;
	}
	return v6 ? is_ipv6(s, address) : is_ipv4(s, address);
}

/* Six pairs of hexadecimal digits, joined by one and the same sign. */
bool
pr_detect_is_mac(const char *s, size_t n)
{
	size_t		i;

	if (n != 17 || (s[2] != ':' && s[2] != '-'))
		return false;
	for (i = 0; i < n; i++)
	{
		if (i % 3 == 2 ? s[i] != s[2] : !is_hex(s[i]))
			return false;
	}
	return true;
}

/* ---------- names of persons ---------- */

static bool
is_han(int32_t point)
{
	return point == 0x3007 || (point >= 0x3400 && point <= 0x4DBF) || (point >= 0x4E00 && point <= 0x9FFF) ||
		(point >= 0xF900 && point <= 0xFAFF) || (point >= 0x20000 && point <= 0x323AF);
}

/* Between the parts of a name that was written in another script. */
static bool
is_name_dot(int32_t point)
{
	return point == 0xB7 || point == 0x2022 || point == 0x2027 || point == 0x30FB || point == '.';
}

#define NAME_MOST 20

/* Han characters, and dots between them; returns the characters, 0 if there is anything else. */
static int
read_name(const char *s, size_t n, int32_t *points, int *dots)
{
	int			count = 0;

	*dots = 0;
	while (n > 0)
	{
		size_t		bytes;
		int32_t		point = pr_detect_code_point(s, n, &bytes);

		s += bytes;
		n -= bytes;
		if (point == ' ')
			continue;
		if (count == NAME_MOST || !(is_han(point) || is_name_dot(point)))
			return 0;
		if (is_name_dot(point))
		{
			if (count == 0 || is_name_dot(points[count - 1]))
				return 0;
			(*dots)++;
		}
		points[count++] = point;
	}
	return count > 0 && is_name_dot(points[count - 1]) ? 0 : count;
}

/* A surname, or two parts with a dot between, is the check that a name has. */
PrMatch
pr_detect_person_name(const char *s, size_t n)
{
	int32_t		points[NAME_MOST];
	int			dots;
	int			count = read_name(s, n, points, &dots);

	if (dots > 0)
		return count >= 3 ? PR_MATCH_FULL : PR_MATCH_NONE;
	if (count < 2 || count > 4)
		return PR_MATCH_NONE;
	if (count >= 3 && pr_is_compound_surname(points[0], points[1]))
		return PR_MATCH_FULL;
	return count <= 3 && pr_is_surname(points[0]) ? PR_MATCH_FULL : PR_MATCH_FORM;
}

/* ---------- words ---------- */

/* Is s one of the words, which are lower case with a blank before and behind each? */
static bool
is_one_of(const char *s, size_t n, const char *words)
{
	char		wanted[32];
	size_t		i;

	if (n + 3 > sizeof(wanted) || memchr(s, ' ', n) != NULL || memchr(s, '\0', n) != NULL)
		return false;
	wanted[0] = ' ';
	for (i = 0; i < n; i++)
		wanted[i + 1] = lower(s[i]);
	wanted[n + 1] = ' ';
	wanted[n + 2] = '\0';
	return strstr(words, wanted) != NULL;
}

bool
pr_detect_is_sex(const char *s, size_t n)
{
	return is_one_of(s, n, " m f male female man woman masculine feminine 男 女 男性 女性 未知 不详 unknown u ");
}

bool
pr_detect_is_ethnic_group(const char *s, size_t n)
{
	static const char *const groups =
		" 汉 蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 傣 黎 傈僳 佤 畲 高山 拉祜 水 东乡 纳西 景颇 柯尔克孜 土 "
		"达斡尔 仫佬 羌 布朗 撒拉 毛南 仡佬 锡伯 阿昌 普米 塔吉克 怒 乌孜别克 俄罗斯 鄂温克 德昂 保安 裕固 京 塔塔尔 独龙 鄂伦春 赫哲 门巴 珞巴 基诺 ";
	static const char *const people = "族";

	if (n > strlen(people) && memcmp(s + n - strlen(people), people, strlen(people)) == 0)
		n -= strlen(people);
	return is_one_of(s, n, groups);
}

/* ---------- plates, days ---------- */

/* Bytes of the character at s if it is one of the characters, 0 otherwise. */
static size_t
one_character_of(const char *s, size_t n, const char *characters)
{
	while (*characters != '\0')
	{
		size_t		bytes;

		(void) pr_detect_code_point(characters, strlen(characters), &bytes);
		if (n >= bytes && memcmp(s, characters, bytes) == 0)
			return bytes;
		characters += bytes;
	}
	return 0;
}

size_t
pr_detect_plate(const char *s, size_t n, const char *provinces, const char *last,
				char *rest, size_t room, bool *marked)
{
	size_t		used = n > 0 ? one_character_of(s, n, provinces) : 0;
	size_t		length = 0;

	*marked = false;
	if (used == 0)
		return 0;
	s += used;
	n -= used;
	while (n > 0)
	{
		size_t		bytes;
		int32_t		point = pr_detect_code_point(s, n, &bytes);

		if (*marked || length == room)
			return 0;
		if (one_character_of(s, n, last) > 0)
			*marked = true;
		else if (point >= 0 && point < 0x80 && (is_digit(*s) || is_letter(*s)))
			rest[length++] = is_letter(*s) ? (char) (lower(*s) - 'a' + 'A') : *s;
		else if (!is_name_dot(point) && point != ' ' && point != '-')
			return 0;
		s += bytes;
		n -= bytes;
	}
	return length;
}

/* One or two digits as two. */
static size_t
two_digits(const char *s, size_t n, char *out)
{
	if (n == 0 || !is_digit(s[0]))
		return 0;
	if (n > 1 && is_digit(s[1]))
	{
		memcpy(out, s, 2);
		return 2;
	}
	out[0] = '0';
	out[1] = s[0];
	return 1;
}

/* Bytes of the sign behind the year, the month (part 0, 1). */
static size_t
day_separator(const char *s, size_t n, int part)
{
	static const char *const chinese[] = {"年", "月"};
	size_t		bytes = one_character_of(s, n, chinese[part]);

	if (bytes == 0 && n > 0 && (*s == '-' || *s == '/' || *s == '.'))
		bytes = 1;
	return bytes;
}

/* What may stand behind a day: nothing, a time, the Chinese word for day. */
static bool
ends_day(const char *s, size_t n)
{
	return n == 0 || (n >= 4 && (*s == ' ' || *s == 'T') && is_digit(s[1])) ||
		one_character_of(s, n, "日") == n;
}

bool
pr_detect_day_digits(const char *s, size_t n, char digits[8])
{
	size_t		i;
	int			part;

	for (i = 0; i < n && i < 8 && is_digit(s[i]); i++)
		digits[i] = s[i];
	if (i == 8)
		return n == 8;
	if (i != 4)
		return false;
	s += 4;
	n -= 4;
	for (part = 0; part < 2; part++)
	{
		size_t		used = n > 0 ? day_separator(s, n, part) : 0;

		if (used == 0)
			return false;
		s += used;
		n -= used;
		used = two_digits(s, n, digits + 4 + part * 2);
		if (used == 0)
			return false;
		s += used;
		n -= used;
	}
	return ends_day(s, n);
}
