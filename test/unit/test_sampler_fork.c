/*
 * test_sampler_fork.c
 *		The samplers exactly, by forking: below(m) is replaced by a walk over all
 *		its m outcomes, each of weight 1/m.
 *
 * A walk repeats the sampler with a longer and longer script of outcomes.
 * Branches lighter than MIN_WEIGHT are dropped; what they weigh bounds the error
 * of each probability, so that the true one lies between two numbers.
 */
#include <math.h>

#include "core/pr_core.h"
#include "core/pr_stream.h"
#include "tap.h"

#define pr_bern fork_bern
#define pr_bexp fork_bexp
#define pr_geom fork_geom
#define pr_dlap fork_dlap
#define pr_dgauss fork_dgauss
#define PR_UNIFORM_H			/* instead of it */
static PrCoreResult pr_below(PrBytes *bytes, pr_uint128 m, pr_uint128 *result);
#include "core/pr_sampler.c"

#define MIN_WEIGHT (1.0 / 300000)
#define MAX_DEPTH 64

typedef struct Choice
{
	pr_uint128	outcome;
	pr_uint128	outcomes;
} Choice;

static Choice path[MAX_DEPTH];
static int	path_length;		/* choices made by this run or laid down for it */
static int	path_at;
static double weight;

/* Follow the path; beyond its end, take outcome 0 and extend it. */
static PrCoreResult
pr_below(PrBytes *bytes, pr_uint128 m, pr_uint128 *result)
{
	if (m == 1)
	{
		*result = 0;
		return PR_CORE_OK;
	}
	if (path_at == path_length)
	{
		if (path_length == MAX_DEPTH)
			return PR_CORE_SOURCE;
		path[path_length].outcome = 0;
		path[path_length++].outcomes = m;
	}
	weight /= (double) m;
	if (weight < MIN_WEIGHT)
	{
		path_at++;
		return PR_CORE_SOURCE;
	}
	*result = path[path_at++].outcome;
	return PR_CORE_OK;
}

/* The next path in depth-first order; false after the last. */
static bool
next_path(void)
{
	path_length = path_at;
	while (path_length > 0 && path[path_length - 1].outcome + 1 == path[path_length - 1].outcomes)
		path_length--;
	if (path_length == 0)
		return false;
	path[path_length - 1].outcome++;
	return true;
}

typedef PrCoreResult (*Run) (int *result);

/* Lower bounds of P(-1), P(0), P(1) in mass[], and the dropped mass. */
static double
walk(Run run, double mass[3])
{
	double		dropped = 0;

	mass[0] = mass[1] = mass[2] = 0;
	path_length = 0;
	do
	{
		int			result = 99;

		path_at = 0;
		weight = 1;
		if (run(&result) != PR_CORE_OK)
			dropped += weight;
		else if (result >= -1 && result <= 1)
			mass[result + 1] += weight;
	} while (next_path());
	return dropped;
}

static PrCoreResult
run_bexp_1(int *result)
{
	return fork_bexp(NULL, 1, 1, result);
}

static PrCoreResult
run_bexp_third(int *result)
{
	return fork_bexp(NULL, 1, 3, result);
}

static PrCoreResult
run_bexp_two(int *result)
{
	return fork_bexp(NULL, 2, 1, result);
}

static PrCoreResult
run_dlap(int *result)
{
	pr_int128	value;
	PrCoreResult rc = fork_dlap(NULL, 1, 1, &value);

	*result = value >= -1 && value <= 1 ? (int) value : 99;
	return rc;
}

static void
check_between(const char *name, double lower, double dropped, double truth, double width)
{
	CHECK(lower <= truth + 1e-12);
	CHECK(truth <= lower + dropped + 1e-12);
	CHECK(dropped <= width);
	done(name);
}

int
main(void)
{
	double		mass[3];
	double		dropped;

	dropped = walk(run_bexp_1, mass);
	check_between("exp(-1)", mass[2], dropped, exp(-1), 1e-4);
	dropped = walk(run_bexp_third, mass);
	check_between("exp(-1/3)", mass[2], dropped, exp(-1.0 / 3), 1e-4);
	dropped = walk(run_bexp_two, mass);
	check_between("exp(-2)", mass[2], dropped, exp(-2), 1e-3);
	dropped = walk(run_dlap, mass);
	check_between("dlap(1): P(0)", mass[1], dropped, 0.462117157260, 0.03);
	check_between("dlap(1): P(1)", mass[2], dropped, 0.170003401569, 0.03);
	check_between("dlap(1): P(-1)", mass[0], dropped, 0.170003401569, 0.03);
	return finish();
}
