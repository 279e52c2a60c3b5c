/*
 * pr_power.c
 *		Which of two products of powers of integers is greater, exactly; see
 *		pr_power.h.
 *
 * The numbers themselves would have millions of digits.  Their logarithms do
 * not: ln n = e ln 2 + 2 atanh((n - 2^e) / (n + 2^e)), in fixed point of as many
 * 64-bit limbs as are needed.  Every operation truncates, so that the error of a
 * sum is bounded by counting operations; a sum beyond its error has a certain
 * sign.  That the product is not 1 is known before, from coprime bases: hence
 * more limbs always end it.
 */
#include "core/pr_power.h"

#include <math.h>
#include <string.h>

#define LEAST_LIMBS 4
#define MOST_LIMBS	64			/* 4096 bits, of which 64 are before the point */

/* Pairwise coprime bases, all greater than 1. */
typedef struct Bases
{
	PrPower    *power;
	size_t		n;
	size_t		room;
	const PrRuntime *runtime;
} Bases;

/* A fixed-point number, least limb first; the last limb is the whole part. */
typedef struct Fixed
{
	int			limbs;
	uint64_t	limb[MOST_LIMBS];
} Fixed;

static uint64_t
gcd(uint64_t a, uint64_t b)
{
	while (b != 0)
	{
		uint64_t	rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

static void
append(Bases *bases, PrPower power)
{
	if (bases->n == bases->room)
	{
		PrPower    *larger = bases->runtime->alloc(bases->runtime->state, 2 * bases->room * sizeof(PrPower));

		memcpy(larger, bases->power, bases->n * sizeof(PrPower));
		bases->runtime->release(bases->runtime->state, bases->power);
		bases->power = larger;
		bases->room *= 2;
	}
	bases->power[bases->n++] = power;
}

/* Splits whatever has a common factor with the new base; each split makes the product of the bases smaller. */
static void
insert(Bases *bases, uint64_t base, int64_t exponent)
{
	if (base == 1 || exponent == 0)
		return;
	for (size_t i = 0; i < bases->n; i++)
	{
		PrPower		old = bases->power[i];
		uint64_t	common = gcd(old.base, base);

		if (common == 1)
			continue;
		if (old.base == base)
		{
			bases->power[i].exponent += exponent;
			return;
		}
		bases->power[i] = bases->power[--bases->n];
		insert(bases, common, old.exponent);
		insert(bases, old.base / common, old.exponent);
		insert(bases, common, exponent);
		insert(bases, base / common, exponent);
		return;
	}
	append(bases, (PrPower) {.base = base, .exponent = exponent});
}

static bool
is_zero(const Fixed *x)
{
	for (int i = 0; i < x->limbs; i++)
		if (x->limb[i] != 0)
			return false;
	return true;
}

static void
multiply(Fixed *x, uint64_t by)
{
	pr_uint128	carry = 0;

	for (int i = 0; i < x->limbs; i++)
	{
		carry += (pr_uint128) x->limb[i] * by;
		x->limb[i] = (uint64_t) carry;
		carry >>= 64;
	}
}

static void
divide(Fixed *x, uint64_t by)
{
	pr_uint128	rest = 0;

	for (int i = x->limbs - 1; i >= 0; i--)
	{
		rest = rest << 64 | x->limb[i];
		x->limb[i] = (uint64_t) (rest / by);
		rest %= by;
	}
}

static void
add(Fixed *x, const Fixed *y)
{
	pr_uint128	carry = 0;

	for (int i = 0; i < x->limbs; i++)
	{
		carry += (pr_uint128) x->limb[i] + y->limb[i];
		x->limb[i] = (uint64_t) carry;
		carry >>= 64;
	}
}

static int
compare(const Fixed *x, const Fixed *y)
{
	for (int i = x->limbs - 1; i >= 0; i--)
		if (x->limb[i] != y->limb[i])
			return x->limb[i] > y->limb[i] ? 1 : -1;
	return 0;
}

/* 2 atanh(above / below) for above / below at most 1/3; returns the operations, each of which is off by less than a unit. */
static uint64_t
double_atanh(Fixed *series, uint64_t above, uint64_t below)
{
	Fixed		power = {.limbs = series->limbs};
	uint64_t	operations = 2;

	memset(series->limb, 0, sizeof(series->limb));
	power.limb[series->limbs - 1] = 2;
	multiply(&power, above);
	divide(&power, below);
	for (uint64_t odd = 1; !is_zero(&power); odd += 2)
	{
		Fixed		term = power;

		divide(&term, odd);
		add(series, &term);
		for (int twice = 0; twice < 2; twice++)
		{
			multiply(&power, above);
			divide(&power, below);
		}
		operations += 6;
	}
	return operations;
}

/* sum += times * ln(base); error is how many units of the last place it may be off. */
static void
add_logarithm(Fixed *sum, uint64_t base, uint64_t times, pr_uint128 *error)
{
	int			shift = 63 - __builtin_clzll(base);
	uint64_t	half = UINT64_C(1) << shift;
	Fixed		series = {.limbs = sum->limbs};
	uint64_t	operations;

	operations = double_atanh(&series, base - half, base + half);
	multiply(&series, times);
	add(sum, &series);
	*error += (pr_uint128) operations * times;

	operations = double_atanh(&series, 1, 3);
	multiply(&series, (uint64_t) shift);
	multiply(&series, times);
	add(sum, &series);
	*error += (pr_uint128) operations * (uint64_t) shift * times;
}

/* The sign of the sum of logarithms, 0 if so many limbs do not tell. */
static int
sign_by_limbs(const Bases *bases, int limbs)
{
	Fixed		positive = {.limbs = limbs};
	Fixed		negative = {.limbs = limbs};
	Fixed		slack = {.limbs = limbs};
	pr_uint128	error = 0;
	int			sign;

	for (size_t i = 0; i < bases->n; i++)
	{
		PrPower		power = bases->power[i];

		if (power.exponent > 0)
			add_logarithm(&positive, power.base, (uint64_t) power.exponent, &error);
		else if (power.exponent < 0)
			add_logarithm(&negative, power.base, (uint64_t) -power.exponent, &error);
	}
	sign = compare(&positive, &negative);
	slack.limb[0] = (uint64_t) error;
	slack.limb[1] = (uint64_t) (error >> 64);
	add(sign > 0 ? &negative : &positive, &slack);
	return compare(&positive, &negative) == sign ? sign : 0;
}

/* In floating point, 0 if too near: an error of 2^-52 of each term and 2^-52 of each partial sum is allowed for. */
static int
sign_by_floats(const PrPower *powers, size_t n)
{
	double		sum = 0;
	double		magnitude = 0;

	for (size_t i = 0; i < n; i++)
	{
		double		term = (double) powers[i].exponent * log((double) powers[i].base);

		sum += term;
		magnitude += fabs(term);
	}
	if (fabs(sum) <= magnitude * ((double) n + 8) * 4 * 0x1p-52)
		return 0;
	return sum > 0 ? 1 : -1;
}

static bool
is_one(const Bases *bases)
{
	for (size_t i = 0; i < bases->n; i++)
		if (bases->power[i].exponent != 0)
			return false;
	return true;
}

int
pr_power_sign(const PrPower *powers, size_t n, const PrRuntime *runtime)
{
	Bases		bases = {.room = n + 64, .runtime = runtime};
	int			sign = sign_by_floats(powers, n);

	if (sign != 0)
		return sign;
	bases.power = runtime->alloc(runtime->state, bases.room * sizeof(PrPower));
	for (size_t i = 0; i < n; i++)
		insert(&bases, powers[i].base, powers[i].exponent);
	if (!is_one(&bases))
		for (int limbs = LEAST_LIMBS; sign == 0 && limbs <= MOST_LIMBS; limbs *= 2)
			sign = sign_by_limbs(&bases, limbs);
	runtime->release(runtime->state, bases.power);
	return sign;
}
