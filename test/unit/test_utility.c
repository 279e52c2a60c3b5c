/*
 * Utility of numeric columns: known matrices, and the reference tables with a plain MDAV of our own.
 */
#include "core/pr_utility.h"
#include "reference.h"

/* ---------- eigenvalues ---------- */

static void
test_eigen(void)
{
	static const double matrix[9] = {2, -1, 0, -1, 2, -1, 0, -1, 2};
	static const double diagonal[9] = {3, 0, 0, 0, 1, 0, 0, 0, 2};
	static const double not_numbers[4] = {1, NAN, NAN, 1};
	double		values[3];
	double		vectors[9];

	CHECK(pr_symmetric_eigen(matrix, 3, &runtime, values, vectors));
	CHECK(near(values[0], 2 - sqrt(2), 1e-14) && near(values[1], 2, 1e-14) && near(values[2], 2 + sqrt(2), 1e-14));
	for (int k = 0; k < 3; k++)
		for (int i = 0; i < 3; i++)
		{
			double		product = 0;

			for (int j = 0; j < 3; j++)
				product += matrix[i * 3 + j] * vectors[j * 3 + k];
			CHECK(close_to(product, values[k] * vectors[i * 3 + k], 1e-14));
		}
	CHECK(pr_symmetric_eigen(diagonal, 3, &runtime, values, vectors));
	CHECK(values[0] == 1 && values[1] == 2 && values[2] == 3);
	CHECK(!pr_symmetric_eigen(not_numbers, 2, &runtime, values, vectors));
	done("eigenvalues and eigenvectors");
}

static void
test_singular(void)
{
	static const double twice[4] = {1, 1, 1, 1};
	static const double half[4] = {1, 0.5, 0.5, 1};
	static const double none[4] = {1, 0, 0, 1};
	static const double not_numbers[4] = {1, NAN, NAN, 1};
	double		loss;

	CHECK(!pr_utility_eigen(twice, half, 2, &runtime, &loss) && pr_utility_eigen(half, twice, 2, &runtime, &loss));
	CHECK(!pr_utility_correlation_loss(twice, half, 2, &runtime, &loss));
	CHECK(!pr_utility_correlation_loss(half, twice, 2, &runtime, &loss));
	CHECK(!pr_utility_eigen(half, not_numbers, 2, &runtime, &loss) && !pr_utility_eigen(not_numbers, half, 2, &runtime, &loss));
	/* 0.5 and 1.5 against 1 and 1 */
	CHECK(pr_utility_eigen(half, none, 2, &runtime, &loss) && near(loss, 1 + 1 / 3.0, 1e-14));
	CHECK(pr_utility_correlation_loss(half, half, 2, &runtime, &loss) && loss == 0);
	done("singular matrices have no measure");
}

static void
test_sums(void)
{
	static const double x[4] = {0, 2, 4, 6};
	static const double y[4] = {1, 1, 5, 5};
	PrNumericLoss column = pr_utility_column(x, y, 4, 1, 0);
	PrNumericLoss constant = {.records = 4, .sd = 0, .absolute = 3};
	PrUtility	utility;

	CHECK(column.absolute == 4 && column.squared == 4 && column.zeros == 1 && near(column.sd * column.sd, 20 / 3.0, 1e-15));
	CHECK(near(column.relative, 0.5 + 0.25 + 1 / 6.0, 1e-15));
	pr_utility_of(&column, 1, &utility);
	CHECK(near(utility.il1s, 4 / (sqrt(2) * column.sd), 1e-14) && near(utility.il1s_per_cell, utility.il1s / 4, 1e-15));
	CHECK(near(utility.sse_sst, 100 * 4 / 20.0, 1e-14) && near(utility.il_variables, 0.5, 1e-15));
	pr_utility_of(&constant, 1, &utility);
	CHECK(utility.il1s == 0 && utility.sse_sst == 0);
	CHECK(pr_utility_interval_risk(x, x, 4, 1, 0.1, &runtime) == 1 && pr_utility_interval_risk(x, y, 4, 1, 0.1, &runtime) == 0);
	CHECK(pr_utility_interval_risk(x, y, 0, 1, 0.1, &runtime) == 0);
	done("sums of one column; a column without spread");
}

/* ---------- MDAV, as it is published ---------- */

typedef struct Mdav
{
	const double *z;			/* scaled */
	uint32_t	n;
	int			p;
	bool	   *grouped;
	uint32_t   *group;
	uint32_t	left;
	uint32_t	n_groups;
} Mdav;

static double
distance(const Mdav *mdav, uint32_t row, const double *from)
{
	double		sum = 0;

	for (int j = 0; j < mdav->p; j++)
	{
		double		d = mdav->z[(size_t) row * mdav->p + j] - from[j];

		sum += d * d;
	}
	return sum;
}

/* Of the records left, the farthest from or (sign -1) the nearest to a point; the lower row of equals. */
static uint32_t
extreme(const Mdav *mdav, const double *from, int sign)
{
	uint32_t	best = mdav->n;
	double		most = 0;

	for (uint32_t row = 0; row < mdav->n; row++)
	{
		double		d = mdav->grouped[row] ? 0 : sign * distance(mdav, row, from);

		if (!mdav->grouped[row] && (best == mdav->n || d > most))
		{
			best = row;
			most = d;
		}
	}
	return best;
}

static void
take(Mdav *mdav, uint32_t row)
{
	mdav->grouped[row] = true;
	mdav->group[row] = mdav->n_groups;
	mdav->left--;
}

static void
make_group(Mdav *mdav, uint32_t row, uint32_t k)
{
	take(mdav, row);
	for (uint32_t i = 1; i < k; i++)
		take(mdav, extreme(mdav, mdav->z + (size_t) row * mdav->p, -1));
	mdav->n_groups++;
}

static void
centroid(const Mdav *mdav, double *center)
{
	for (int j = 0; j < mdav->p; j++)
	{
		center[j] = 0;
		for (uint32_t row = 0; row < mdav->n; row++)
			if (!mdav->grouped[row])
				center[j] += mdav->z[(size_t) row * mdav->p + j];
		center[j] /= mdav->left;
	}
}

static void
mdav_groups(Mdav *mdav, uint32_t k)
{
	double		center[32];

	while (mdav->left >= 2 * k)
	{
		bool		two = mdav->left >= 3 * k;
		uint32_t	r;
		uint32_t	s;

		centroid(mdav, center);
		r = extreme(mdav, center, 1);
		s = extreme(mdav, mdav->z + (size_t) r * mdav->p, 1);
		make_group(mdav, r, k);
		if (two)
			make_group(mdav, s, k);
	}
	for (uint32_t row = 0; row < mdav->n; row++)
		if (!mdav->grouped[row])
			take(mdav, row);
	mdav->n_groups++;
}

static double *
scaled(const double *x, uint32_t n, int p)
{
	double	   *z = malloc((size_t) n * p * sizeof(double));

	for (int j = 0; j < p; j++)
	{
		double		mean = 0;
		double		square = 0;

		for (uint32_t i = 0; i < n; i++)
			mean += x[(size_t) i * p + j] / n;
		for (uint32_t i = 0; i < n; i++)
			square += (x[(size_t) i * p + j] - mean) * (x[(size_t) i * p + j] - mean) / n;
		for (uint32_t i = 0; i < n; i++)
			z[(size_t) i * p + j] = x[(size_t) i * p + j] / sqrt(square);
	}
	return z;
}

static double *
means(const Mdav *mdav, const double *x)
{
	double	   *sum = calloc((size_t) mdav->n_groups * mdav->p, sizeof(double));
	uint32_t   *size = calloc(mdav->n_groups, sizeof(uint32_t));
	double	   *y = malloc((size_t) mdav->n * mdav->p * sizeof(double));

	for (uint32_t row = 0; row < mdav->n; row++)
	{
		size[mdav->group[row]]++;
		for (int j = 0; j < mdav->p; j++)
			sum[(size_t) mdav->group[row] * mdav->p + j] += x[(size_t) row * mdav->p + j];
	}
	for (uint32_t row = 0; row < mdav->n; row++)
		for (int j = 0; j < mdav->p; j++)
			y[(size_t) row * mdav->p + j] = sum[(size_t) mdav->group[row] * mdav->p + j] / size[mdav->group[row]];
	free(sum);
	free(size);
	return y;
}

/* ---------- reference ---------- */

typedef struct Expected
{
	const char *file;
	uint32_t	groups;
	double		sse_sst;
	double		il1s;
	double		per_cell;
	double		il1;
	double		zeros;
	double		risk_05;		/* records */
	bool		regular;
	double		eigen;
	double		correlation;
	double		variables;
	double		first[4];		/* means of row 1 */
} Expected;

static const Expected expected[2] = {
	{"sdc/CASCrefmicrodata.csv", 360, 5.692186278771, 1607.939908800652, 0.114525634530, 1430593.674510497, 0, 0, false, 0, 0,
	0.988799892838, {265865.666667, 50009.333333, 4774, 4937}},
	{"sdc/Tarragona.csv", 278, 16.932587622824, 1092.096486065634, 0.100728323747, 2929786.899070308, 77, 38, true,
	4.232293865417, 0.058431052980, 0.996219808069, {62138.333333, 60385.333333, 4110.666667, 51467.666667}},
};

static void
test_correlations(const Expected *wanted, const double *x, const double *y, uint32_t n, int p)
{
	double	   *before = malloc((size_t) p * p * sizeof(double));
	double	   *after = malloc((size_t) p * p * sizeof(double));
	double		loss;

	pr_utility_correlations(x, n, p, before);
	pr_utility_correlations(y, n, p, after);
	CHECK(pr_utility_eigen(before, after, p, &runtime, &loss) == wanted->regular);
	CHECK(!wanted->regular || near(loss, wanted->eigen, 1e-9));
	CHECK(pr_utility_correlation_loss(before, after, p, &runtime, &loss) == wanted->regular);
	CHECK(!wanted->regular || near(loss, wanted->correlation, 1e-9));
	free(before);
	free(after);
}

static void
test_file(const Csv *csv, const Expected *wanted)
{
	int			p = csv->n_columns;
	uint32_t	n = csv->n_rows;
	double	   *x = malloc((size_t) n * p * sizeof(double));
	double	   *z;
	double	   *y;
	Mdav		mdav = {.n = n, .p = p, .left = n, .grouped = calloc(n, sizeof(bool)), .group = calloc(n, sizeof(uint32_t))};
	PrNumericLoss *columns = malloc(p * sizeof(PrNumericLoss));
	PrUtility	utility;

	for (size_t i = 0; i < (size_t) n * p; i++)
		x[i] = atof(csv->cells[i]);
	mdav.z = z = scaled(x, n, p);
	mdav_groups(&mdav, 3);
	y = means(&mdav, x);
	for (int j = 0; j < p; j++)
		columns[j] = pr_utility_column(x, y, n, p, j);
	pr_utility_of(columns, p, &utility);
	CHECK(mdav.n_groups == wanted->groups);
	for (int j = 0; j < 4; j++)
		CHECK(close_to(y[j], wanted->first[j], 5.1e-7));
	CHECK(near(utility.sse_sst, wanted->sse_sst, 1e-9) && near(utility.il1s, wanted->il1s, 1e-9));
	CHECK(near(utility.il1s_per_cell, wanted->per_cell, 1e-9) && near(utility.il1, wanted->il1, 1e-9));
	CHECK(utility.il1_zeros == wanted->zeros && near(utility.il_variables, wanted->variables, 1e-9));
	CHECK(pr_utility_interval_risk(x, y, n, p, 0.05, &runtime) == wanted->risk_05 / n);
	CHECK(pr_utility_interval_risk(x, y, n, p, 0.01, &runtime) == 0);
	test_correlations(wanted, x, y, n, p);
	free(x);
	free(y);
	free(z);
	free(mdav.grouped);
	free(mdav.group);
	free(columns);
	done(wanted->file);
}

int
main(void)
{
	test_eigen();
	test_singular();
	test_sums();
	for (int i = 0; i < 2; i++)
	{
		Csv			csv;

		if (csv_read(&csv, expected[i].file, ','))
		{
			test_file(&csv, &expected[i]);
			csv_free(&csv);
		}
	}
	return finish();
}
