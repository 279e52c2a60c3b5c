/*
 * pr_mask_network.c
 *		SQL function network: the network of an address.
 */
#include "postgres.h"

#include <sys/socket.h>

#include "fmgr.h"
#include "utils/inet.h"

#include "common/pr_compat.h"
#include "transform/pr_mask.h"

PG_FUNCTION_INFO_V1(privrelease_network);

static void
clear_host_bits(unsigned char *address, int bytes, int masklen)
{
	int			whole = masklen / 8;

	if (whole >= bytes)
		return;
	address[whole] &= (unsigned char) (0xFF00 >> (masklen % 8));
	memset(address + whole + 1, 0, bytes - whole - 1);
}

/* network(value inet, v4 int4, v6 int4) → inet: never a longer mask than the value's own */
Datum
privrelease_network(PG_FUNCTION_ARGS)
{
	inet	   *value = PG_GETARG_INET_PP(0);
	int32		v4 = PG_GETARG_INT32(1);
	int32		v6 = PG_GETARG_INT32(2);
	bool		is_v4 = ip_family(value) == PGSQL_AF_INET;
	int			masklen = Min(ip_bits(value), is_v4 ? v4 : v6);
	inet	   *result;

	if (v4 < 0 || v4 > 32 || v6 < 0 || v6 > 128)
		PG_RETURN_NULL();
	result = palloc0(sizeof(inet));
	ip_family(result) = ip_family(value);
	memcpy(ip_addr(result), ip_addr(value), ip_addrsize(value));
	clear_host_bits(ip_addr(result), ip_addrsize(value), masklen);
	ip_bits(result) = masklen;
	SET_INET_VARSIZE(result);
	PG_RETURN_INET_P(result);
}
