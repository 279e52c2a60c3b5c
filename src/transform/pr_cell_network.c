/*
 * pr_cell_network.c
 *		SQL function network_bound: the cells of network().
 *
 * PostgreSQL orders addresses by family, then as a walk through the tree of
 * prefixes: a prefix (with whatever host bits) before its longer ones, and of
 * these the one with bit 0 before the one with bit 1.  The cell of a network of
 * the rule's length is its whole subtree; a value with a shorter mask shares a
 * cell with those of its own mask.  Both are intervals.
 */
#include "postgres.h"

#include <sys/socket.h>

#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/inet.h"

#include "common/pr_compat.h"
#include "transform/pr_mask.h"

PG_FUNCTION_INFO_V1(privrelease_network_bound);

/* Bits are counted from 1, as prefix lengths are. */
static bool
bit_is_set(const inet *value, int bit)
{
	return (ip_addr(value)[(bit - 1) / 8] >> (7 - (bit - 1) % 8)) & 1;
}

static void
set_bits(inet *value, int first, int last, bool on)
{
	for (int bit = first; bit <= last; bit++)
	{
		unsigned char mask = 1 << (7 - (bit - 1) % 8);

		if (on)
			ip_addr(value)[(bit - 1) / 8] |= mask;
		else
			ip_addr(value)[(bit - 1) / 8] &= ~mask;
	}
}

static inet *
copy_of(const inet *value)
{
	inet	   *copy = palloc0(sizeof(inet));

	memcpy(copy, value, VARSIZE_ANY(value));
	return copy;
}

/* The greatest value of the cell that this network begins; length: of the rule's networks in its family. */
static inet *
last_of_cell(const inet *network, int length)
{
	inet	   *last = copy_of(network);

	set_bits(last, ip_bits(network) + 1, ip_maxbits(last), true);
	if (ip_bits(network) == length)
		ip_bits(last) = ip_maxbits(last);
	return last;
}

/* The least IPv6 value, the greatest IPv4 value. */
static inet *
border_of_families(int family)
{
	inet	   *value = palloc0(sizeof(inet));

	ip_family(value) = family;
	if (family == PGSQL_AF_INET)
	{
		set_bits(value, 1, ip_maxbits(value), true);
		ip_bits(value) = ip_maxbits(value);
	}
	SET_INET_VARSIZE(value);
	return value;
}

/* The next value after the last of a cell; NULL: there is none. */
static inet *
next_value(const inet *last)
{
	inet	   *next = copy_of(last);
	int			bit;

	if (ip_bits(last) < ip_maxbits(last))
	{
		/* A shorter mask: its longer prefixes follow. */
		set_bits(next, ip_bits(last) + 1, ip_maxbits(next), false);
		ip_bits(next)++;
		return next;
	}
	for (bit = ip_maxbits(last); bit > 0 && bit_is_set(last, bit); bit--)
		;
	if (bit == 0)
		return ip_family(last) == PGSQL_AF_INET ? border_of_families(PGSQL_AF_INET6) : NULL;
	set_bits(next, bit, bit, true);
	set_bits(next, bit + 1, ip_maxbits(next), false);
	ip_bits(next) = bit;
	return next;
}

/* The value before a network, host bits 0; NULL: there is none. */
static inet *
previous_value(const inet *network)
{
	inet	   *previous = copy_of(network);
	int			bits = ip_bits(network);

	if (bits == 0)
		return ip_family(network) == PGSQL_AF_INET6 ? border_of_families(PGSQL_AF_INET) : NULL;
	if (bit_is_set(network, bits))
	{
		/* The end of the sibling's subtree. */
		set_bits(previous, bits, bits, false);
		set_bits(previous, bits + 1, ip_maxbits(previous), true);
		ip_bits(previous) = ip_maxbits(previous);
	}
	else
	{
		set_bits(previous, bits, ip_maxbits(previous), true);
		ip_bits(previous) = bits - 1;
	}
	return previous;
}

static Datum
result_of(FunctionCallInfo fcinfo, inet *value)
{
	if (value == NULL)
		PG_RETURN_NULL();
	PG_RETURN_INET_P(value);
}

/* network_bound(bound inet, operator text, v4 int4, v6 int4) → inet */
Datum
privrelease_network_bound(PG_FUNCTION_ARGS)
{
	inet	   *bound = PG_GETARG_INET_PP(0);
	char	   *operator = text_to_cstring(PG_GETARG_TEXT_PP(1));
	int32		v4 = PG_GETARG_INT32(2);
	int32		v6 = PG_GETARG_INT32(3);
	inet	   *network;
	inet	   *last;
	bool		begins_cell;

	if (v4 < 0 || v4 > 32 || v6 < 0 || v6 > 128)
		PG_RETURN_NULL();
	network = DatumGetInetPP(DirectFunctionCall3(privrelease_network, InetPGetDatum(bound), Int32GetDatum(v4), Int32GetDatum(v6)));
	last = last_of_cell(network, ip_family(network) == PGSQL_AF_INET ? v4 : v6);
	begins_cell = DatumGetBool(DirectFunctionCall2(network_eq, InetPGetDatum(network), InetPGetDatum(bound)));

	if (strcmp(operator, ">") == 0)
		return result_of(fcinfo, next_value(last));
	if (strcmp(operator, ">=") == 0)
		return result_of(fcinfo, begins_cell ? network : next_value(last));
	if (strcmp(operator, "<=") == 0)
		return result_of(fcinfo, last);
	if (strcmp(operator, "<") == 0)
		return result_of(fcinfo, begins_cell ? previous_value(network) : last);
	PG_RETURN_NULL();
}
