/*
 * pr_ff1.c
 *		FF1 (NIST SP 800-38G Rev. 1, algorithms 7 and 8); see pr_ff1.h.
 *
 * Names follow the standard: A and B are the halves, u and v their lengths, b
 * the bytes of NUM(B), d the bytes of the round's pseudorandom number y.  Halves
 * of less than 2^64 are added as machine integers; longer ones digit by digit,
 * with y taken apart by repeated division, which is the reduction modulo
 * radix^m for free.
 */
#include "core/pr_ff1.h"

#include <string.h>

#define BLOCK 16
#define ROUNDS 10
#define MAX_HALF ((PR_FF1_MAX_LENGTH + 1) / 2)
#define MAX_B (MAX_HALF * 2)	/* at most 16 bits a digit */
#define MAX_D (MAX_B + 8 + BLOCK)

typedef struct Ff1
{
	PrBlockCipher cipher;
	void	   *state;
	uint32_t	radix;
	size_t		b;
	size_t		d;
	uint8_t		mac[BLOCK];		/* CBC-MAC over P and the tweak's whole blocks */
	uint8_t		tail[BLOCK];	/* what is left of the tweak, zero-padded */
	size_t		tail_length;	/* bytes of tail that come before [i] || NUM(B), modulo the block */
} Ff1;

bool
pr_ff1_domain_ok(uint32_t radix, size_t length)
{
	uint64_t	size = 1;

	if (radix < 2 || radix > PR_FF1_MAX_RADIX || length < 2 || length > PR_FF1_MAX_LENGTH)
		return false;
	for (size_t i = 0; i < length && size < PR_FF1_MIN_DOMAIN; i++)
		size *= radix;
	return size >= PR_FF1_MIN_DOMAIN;
}

static int
mac_block(const Ff1 *ff1, uint8_t mac[BLOCK], const uint8_t block[BLOCK])
{
	for (int i = 0; i < BLOCK; i++)
		mac[i] ^= block[i];
	return ff1->cipher(ff1->state, mac, mac);
}

/* number = number * radix + digit, size bytes, big-endian */
static void
multiply_add(uint8_t *number, size_t size, uint32_t radix, uint32_t digit)
{
	uint64_t	carry = digit;

	for (size_t i = size; i-- > 0;)
	{
		carry += (uint64_t) number[i] * radix;
		number[i] = (uint8_t) carry;
		carry >>= 8;
	}
}

/* number = number / radix; returns the remainder */
static uint32_t
divide(uint8_t *number, size_t size, uint32_t radix)
{
	uint64_t	rest = 0;

	for (size_t i = 0; i < size; i++)
	{
		rest = rest << 8 | number[i];
		number[i] = (uint8_t) (rest / radix);
		rest %= radix;
	}
	return (uint32_t) rest;
}

static void
digits_to_bytes(const uint16_t *digits, size_t length, uint32_t radix, uint8_t *number, size_t size)
{
	memset(number, 0, size);
	for (size_t i = 0; i < length; i++)
		multiply_add(number, size, radix, digits[i]);
}

/* ceil(ceil(v * log2(radix)) / 8): the bytes of radix^v - 1 */
static size_t
bytes_of_half(uint32_t radix, size_t v)
{
	uint8_t		number[MAX_B];
	size_t		used = 0;

	/* Little-endian here, so that only the bytes in use are touched. */
	for (size_t i = 0; i < v; i++)
	{
		uint32_t	carry = radix - 1;

		for (size_t j = 0; j < used; j++)
		{
			carry += number[j] * radix;
			number[j] = (uint8_t) carry;
			carry >>= 8;
		}
		for (; carry > 0; carry >>= 8)
			number[used++] = (uint8_t) carry;
	}
	return used;
}

/* The part of P || Q that is the same in all rounds. */
static int
start_mac(Ff1 *ff1, const uint8_t *tweak, size_t t, size_t u, size_t n)
{
	uint8_t		p[BLOCK] = {1, 2, 1};
	size_t		whole = t / BLOCK;
	size_t		padding = (BLOCK - (t + ff1->b + 1) % BLOCK) % BLOCK;

	for (int i = 0; i < 3; i++)
		p[3 + i] = (uint8_t) (ff1->radix >> (16 - 8 * i));
	p[6] = ROUNDS;
	p[7] = (uint8_t) u;
	for (int i = 0; i < 4; i++)
	{
		p[8 + i] = (uint8_t) ((uint64_t) n >> (24 - 8 * i));
		p[12 + i] = (uint8_t) ((uint64_t) t >> (24 - 8 * i));
	}
	memset(ff1->mac, 0, BLOCK);
	if (mac_block(ff1, ff1->mac, p) != 0)
		return 1;
	for (size_t i = 0; i < whole; i++)
		if (mac_block(ff1, ff1->mac, tweak + i * BLOCK) != 0)
			return 1;

	memset(ff1->tail, 0, BLOCK);
	if (t % BLOCK > 0)
		memcpy(ff1->tail, tweak + whole * BLOCK, t % BLOCK);
	ff1->tail_length = t % BLOCK + padding;
	if (ff1->tail_length >= BLOCK)
	{
		if (mac_block(ff1, ff1->mac, ff1->tail) != 0)
			return 1;
		memset(ff1->tail, 0, BLOCK);
		ff1->tail_length -= BLOCK;
	}
	return 0;
}

/* y = the d bytes of S for round i and the b bytes of NUM(B) */
static int
round_bytes(const Ff1 *ff1, int i, const uint8_t *num_b, uint8_t y[MAX_D])
{
	uint8_t		q[MAX_B + 2 * BLOCK];
	uint8_t		r[BLOCK];
	size_t		length = ff1->tail_length;

	memcpy(q, ff1->tail, length);
	q[length++] = (uint8_t) i;
	memcpy(q + length, num_b, ff1->b);
	length += ff1->b;

	memcpy(r, ff1->mac, BLOCK);
	for (size_t at = 0; at < length; at += BLOCK)
		if (mac_block(ff1, r, q + at) != 0)
			return 1;

	memcpy(y, r, BLOCK);
	for (size_t j = 1; j * BLOCK < ff1->d; j++)
	{
		uint8_t		block[BLOCK];

		memcpy(block, r, BLOCK);
		block[BLOCK - 1] ^= (uint8_t) j;
		block[BLOCK - 2] ^= (uint8_t) (j >> 8);
		if (ff1->cipher(ff1->state, block, y + j * BLOCK) != 0)
			return 1;
	}
	return 0;
}

static uint64_t
power(uint32_t radix, size_t exponent)
{
	uint64_t	result = 1;

	while (exponent-- > 0)
		result *= radix;
	return result;
}

static uint64_t
digits_to_integer(const uint16_t *digits, size_t length, uint32_t radix)
{
	uint64_t	result = 0;

	for (size_t i = 0; i < length; i++)
		result = result * radix + digits[i];
	return result;
}

static void
integer_to_digits(uint64_t number, uint16_t *digits, size_t length, uint32_t radix)
{
	for (size_t i = length; i-- > 0;)
	{
		digits[i] = (uint16_t) (number % radix);
		number /= radix;
	}
}

/* Halves below 2^56, so that b <= 7 and d <= 12. */
static int
encrypt_narrow(const Ff1 *ff1, uint16_t *digits, size_t u, size_t v)
{
	uint64_t	a = digits_to_integer(digits, u, ff1->radix);
	uint64_t	b = digits_to_integer(digits + u, v, ff1->radix);
	uint64_t	modulus[2] = {power(ff1->radix, u), power(ff1->radix, v)};

	for (int i = 0; i < ROUNDS; i++)
	{
		uint8_t		num_b[8];
		uint8_t		bytes[MAX_D];
		pr_uint128	y = 0;
		uint64_t	c;

		for (size_t j = 0; j < ff1->b; j++)
			num_b[j] = (uint8_t) (b >> (8 * (ff1->b - 1 - j)));
		if (round_bytes(ff1, i, num_b, bytes) != 0)
			return 1;
		for (size_t j = 0; j < ff1->d; j++)
			y = y << 8 | bytes[j];
		c = (uint64_t) ((a + y) % modulus[i & 1]);
		a = b;
		b = c;
	}
	integer_to_digits(a, digits, u, ff1->radix);
	integer_to_digits(b, digits + u, v, ff1->radix);
	return 0;
}

/* a = (a + y) modulo radix^m, digit by digit */
static void
add_modulo(uint16_t *a, size_t m, uint32_t radix, uint8_t *y, size_t d)
{
	uint32_t	carry = 0;

	for (size_t i = m; i-- > 0;)
	{
		uint32_t	sum = a[i] + divide(y, d, radix) + carry;

		carry = sum >= radix;
		a[i] = (uint16_t) (carry ? sum - radix : sum);
	}
}

/* a = (a - y) modulo radix^m, digit by digit */
static void
subtract_modulo(uint16_t *a, size_t m, uint32_t radix, uint8_t *y, size_t d)
{
	uint32_t	borrow = 0;

	for (size_t i = m; i-- > 0;)
	{
		uint32_t	subtrahend = divide(y, d, radix) + borrow;

		borrow = a[i] < subtrahend;
		a[i] = (uint16_t) (a[i] + (borrow ? radix : 0) - subtrahend);
	}
}

/* Both directions: decryption undoes the rounds from the last to the first. */
static int
crypt_wide(const Ff1 *ff1, uint16_t *digits, size_t u, size_t v, bool decrypt)
{
	uint16_t	half[2][MAX_HALF];

	memcpy(half[0], digits, u * sizeof(uint16_t));
	memcpy(half[1], digits + u, v * sizeof(uint16_t));
	for (int step = 0; step < ROUNDS; step++)
	{
		int			i = decrypt ? ROUNDS - 1 - step : step;
		uint16_t   *a = half[i & 1];	/* becomes the new B, as the halves swap names */
		uint16_t   *b = half[1 - (i & 1)];
		uint8_t		num_b[MAX_B];
		uint8_t		y[MAX_D];

		digits_to_bytes(b, i & 1 ? u : v, ff1->radix, num_b, ff1->b);
		if (round_bytes(ff1, i, num_b, y) != 0)
			return 1;
		(decrypt ? subtract_modulo : add_modulo) (a, i & 1 ? v : u, ff1->radix, y, ff1->d);
	}
	memcpy(digits, half[0], u * sizeof(uint16_t));
	memcpy(digits + u, half[1], v * sizeof(uint16_t));
	return 0;
}

typedef enum Method
{
	ENCRYPT,
	ENCRYPT_WIDE,
	DECRYPT						/* always wide: it is done once for a query, not for each row */
} Method;

static PrCoreResult
run(PrBlockCipher cipher, void *state, uint32_t radix, const uint8_t *tweak, size_t tweak_length,
	uint16_t *digits, size_t length, Method method)
{
	Ff1			ff1 = {.cipher = cipher,.state = state,.radix = radix};
	size_t		u = length / 2;
	size_t		v = length - u;
	int			failed;

	if (!pr_ff1_domain_ok(radix, length) || tweak_length > PR_FF1_MAX_TWEAK)
		return PR_CORE_PARAMETER;
	for (size_t i = 0; i < length; i++)
		if (digits[i] >= radix)
			return PR_CORE_PARAMETER;

	ff1.b = bytes_of_half(radix, v);
	ff1.d = 4 * ((ff1.b + 3) / 4) + 4;
	if (start_mac(&ff1, tweak, tweak_length, u, length) != 0)
		return PR_CORE_SOURCE;
	if (method == ENCRYPT && ff1.b <= 7)
		failed = encrypt_narrow(&ff1, digits, u, v);
	else
		failed = crypt_wide(&ff1, digits, u, v, method == DECRYPT);
	return failed ? PR_CORE_SOURCE : PR_CORE_OK;
}

PrCoreResult
pr_ff1_encrypt(PrBlockCipher cipher, void *state, uint32_t radix, const uint8_t *tweak, size_t tweak_length,
			   uint16_t *digits, size_t length)
{
	return run(cipher, state, radix, tweak, tweak_length, digits, length, ENCRYPT);
}

PrCoreResult
pr_ff1_encrypt_wide(PrBlockCipher cipher, void *state, uint32_t radix, const uint8_t *tweak, size_t tweak_length,
					uint16_t *digits, size_t length)
{
	return run(cipher, state, radix, tweak, tweak_length, digits, length, ENCRYPT_WIDE);
}

PrCoreResult
pr_ff1_decrypt(PrBlockCipher cipher, void *state, uint32_t radix, const uint8_t *tweak, size_t tweak_length,
			   uint16_t *digits, size_t length)
{
	return run(cipher, state, radix, tweak, tweak_length, digits, length, DECRYPT);
}
