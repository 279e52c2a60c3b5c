/*
 * test_fraction.c
 *		Noise parameters as exact fractions.
 */
#include "core/pr_fraction.h"
#include "core/pr_sampler.h"
#include "tap.h"

static void
check_decimal(const char *text, PrCoreResult rc, unsigned long mantissa, int decimals)
{
	pr_uint128	m;
	int			k;
	PrCoreResult seen = pr_decimal_parse(text, &m, &k);

	CHECK(seen == rc);
	if (seen == PR_CORE_OK)
		CHECK(m == mantissa && k == decimals);
}

static void
test_decimals(void)
{
	check_decimal("0", PR_CORE_OK, 0, 0);
	check_decimal("12", PR_CORE_OK, 12, 0);
	check_decimal("1200", PR_CORE_OK, 1200, 0);
	check_decimal("12.500", PR_CORE_OK, 125, 1);
	check_decimal("0.05", PR_CORE_OK, 5, 2);
	check_decimal("0.00", PR_CORE_OK, 0, 0);
	check_decimal("7.", PR_CORE_OK, 7, 0);
	check_decimal(".5", PR_CORE_OK, 5, 1);
	check_decimal("1.000000000000000000000000000000000000000000000000", PR_CORE_OK, 1, 0);
	done("decimals");

	check_decimal("", PR_CORE_PARAMETER, 0, 0);
	check_decimal(".", PR_CORE_PARAMETER, 0, 0);
	check_decimal("-1", PR_CORE_PARAMETER, 0, 0);
	check_decimal("NaN", PR_CORE_PARAMETER, 0, 0);
	check_decimal("Infinity", PR_CORE_PARAMETER, 0, 0);
	check_decimal("1e5", PR_CORE_PARAMETER, 0, 0);
	check_decimal("1.2.3", PR_CORE_PARAMETER, 0, 0);
	check_decimal("123456789012345678901234567890123456789", PR_CORE_LIMIT, 0, 0);
	check_decimal("0.000000000000000000000000000000000000001", PR_CORE_LIMIT, 0, 0);
	done("what is no decimal, or too long");
}

static void
check_noise(bool gaussian, const char *scale, const char *grid, PrCoreResult rc, unsigned long n, unsigned long d)
{
	pr_uint128	seen_n;
	pr_uint128	seen_d;
	PrCoreResult seen = pr_noise_fraction(gaussian, scale, grid, &seen_n, &seen_d);

	CHECK(seen == rc);
	if (seen == PR_CORE_OK)
		CHECK(seen_n == n && seen_d == d);
}

static void
test_noise(void)
{
	check_noise(false, "10", "1", PR_CORE_OK, 10, 1);
	check_noise(false, "10", "4", PR_CORE_OK, 5, 2);
	check_noise(false, "0.5", "100", PR_CORE_OK, 1, 200);
	check_noise(false, "2.5", "0.01", PR_CORE_OK, 250, 1);
	check_noise(false, "0.07", "0.02", PR_CORE_OK, 7, 2);
	check_noise(false, "1500.00", "100", PR_CORE_OK, 15, 1);
	done("Laplace: scale over grid, reduced");

	check_noise(true, "10", "1", PR_CORE_OK, 100, 1);
	check_noise(true, "1", "2", PR_CORE_OK, 1, 1);
	check_noise(true, "3", "2", PR_CORE_OK, 3, 1);
	check_noise(true, "0.1", "0.1", PR_CORE_OK, 1, 1);
	check_noise(true, "33554432", "1", PR_CORE_OK, 1UL << 50, 1);
	check_noise(true, "33554433", "1", PR_CORE_LIMIT, 0, 0);
	done("Gaussian: variance rounded up to a whole number of squares");

	check_noise(false, "0", "1", PR_CORE_PARAMETER, 0, 0);
	check_noise(false, "1", "0", PR_CORE_PARAMETER, 0, 0);
	check_noise(false, "NaN", "1", PR_CORE_PARAMETER, 0, 0);
	check_noise(false, "-1", "1", PR_CORE_PARAMETER, 0, 0);
	check_noise(true, "1", "-Infinity", PR_CORE_PARAMETER, 0, 0);
	{
		pr_uint128	n;
		pr_uint128	d;

		CHECK(pr_noise_fraction(false, "79228162514264337593543950335", "1", &n, &d) == PR_CORE_OK);
		CHECK(n == PR_LAPLACE_LIMIT - 1 && d == 1);
	}
	check_noise(false, "79228162514264337593543950336", "1", PR_CORE_LIMIT, 0, 0);
	check_noise(false, "1", "79228162514264337593543950336", PR_CORE_LIMIT, 0, 0);
	check_noise(false, "99999999999999999999999999999999999999", "0.00000000000000000000000000000000000001",
				PR_CORE_LIMIT, 0, 0);
	done("what the samplers cannot take");
}

int
main(void)
{
	test_decimals();
	test_noise();
	return finish();
}
