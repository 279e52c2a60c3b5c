/*
 * Individual risk and frequencies: closed forms, a brute force over pairs, and the reference tables.
 */
#include "core/pr_risk.h"
#include "reference.h"

/* ---------- individual risk ---------- */

static void
test_individual(void)
{
	static const double f[] = {1, 2, 3, 5, 10, 50, 150, 1000};
	static const double p[] = {0.01, 0.1, 0.5, 0.95};
	static const double wanted[][4] = {
		{0.0465168705655, 0.255842788110, 0.693147180560, 0.974572593363},
		{0.00963114272156, 0.0826841346544, 0.306852819440, 0.483120726094},
		{0.00495322078059, 0.0463684294828, 0.193147180560, 0.320706204209},
		{0.00249174776935, 0.0242350011870, 0.109813847227, 0.191606386155},
		{0.00110972617079, 0.0109760062587, 0.0524877400750, 0.0954354587909},
		{0.000204039133727, 0.00203658260124, 0.0100999800160, 0.0190186633748},
		{6.71095598405e-05, 0.000670688081696, 0.00334444419755, 0.00633543184462},
		{1.00099097113e-05, 0.000100090072041, 0.000500249999875, 0.000950047457284},
	};

	for (int i = 0; i < 8; i++)
		for (int j = 0; j < 4; j++)
			CHECK(near(pr_risk_individual(f[i], p[j]), wanted[i][j], 5.1e-12));
	done("individual risk by f and p");

	for (double q = 0.001; q < 1; q += 0.0173)
	{
		double		s = 1 - q;

		CHECK(near(pr_risk_individual(1, s), s / q * -log(s), 1e-12 / q));
		CHECK(near(pr_risk_individual(2, s), s / q - s / q * (s / q) * -log(s), 1e-12 / q / q));
	}
	done("closed forms for f = 1 and 2");

	/* The two ways of computing meet. */
	for (double s = 0.0002; s < 0.2; s *= 1.7)
		for (int i = 1; i < 24; i++)
		{
			double		beside = pr_risk_individual(i * (1 + 1e-12), s);

			CHECK(near(pr_risk_individual(i, s), beside, 1e-10));
		}
	done("series and integral agree");

	CHECK(pr_risk_individual(1, 1) == 1 && pr_risk_individual(4, 1) == 0.25 && pr_risk_individual(4, 3) == 0.25);
	CHECK(pr_risk_individual(1, 2) == 1 && pr_risk_individual(0.5, 2) == 1);
	CHECK(pr_risk_individual(0, 0.5) == 0 && pr_risk_individual(-1, 0.5) == 0);
	CHECK(near(pr_risk_individual(1, 1e-9), 1e-9 / (1 - 1e-9) * log(1e9), 1e-13));
	for (double f2 = 1; f2 < 6; f2 += 0.1)
		CHECK(pr_risk_individual(f2, 0.3) > pr_risk_individual(f2 + 0.1, 0.3) && pr_risk_individual(f2, 0.3) < 1);
	done("edges: f = F, weights below 1, fractional f");
}

/* ---------- frequencies ---------- */

/* The definition, pair by pair. */
static void
brute_frequency(const PrKeys *keys, double alpha, uint32_t row, double *f, double *F)
{
	uint64_t	mine = pr_key_nulls(keys, row);

	*f = *F = 0;
	if (mine == pr_key_all(keys))
		return;
	for (uint32_t other = 0; other < keys->n_rows; other++)
	{
		uint64_t	nulls = pr_key_nulls(keys, other);
		bool		compatible = nulls != pr_key_all(keys);
		double		a = nulls == mine || nulls == 0 ? 1 : alpha;

		for (int key = 0; key < keys->n_keys && compatible; key++)
			compatible = ((mine | nulls) >> key & 1) != 0 ||
				pr_key_code(keys, row, key) == pr_key_code(keys, other, key);
		if (!compatible)
			continue;
		*f += a * (double) pr_key_records(keys, other);
		*F += a * pr_key_weight(keys, other);
	}
}

static uint32_t
draw(uint64_t *state, uint32_t below)
{
	*state = *state * UINT64_C(6364136223846793005) + 1442695040888963407u;
	return (uint32_t) (*state >> 33) % below;
}

static void
test_frequencies_by_force(void)
{
	uint32_t	codes[300 * 4];
	uint64_t	records[300];
	double		weight[300];
	double		f[300];
	double		F[300];
	uint64_t	state = 7;

	for (int trial = 0; trial < 60; trial++)
	{
		PrKeys		keys = {.n_rows = 1 + draw(&state, 300), .n_keys = 1 + draw(&state, 4), .codes = codes};
		double		alpha = trial % 3 / 2.0;

		for (uint32_t i = 0; i < keys.n_rows * keys.n_keys; i++)
			codes[i] = draw(&state, 5) == 0 ? PR_KEY_NULL : draw(&state, 4);
		for (uint32_t i = 0; i < keys.n_rows; i++)
		{
			records[i] = 1 + draw(&state, 3);
			weight[i] = 1 + draw(&state, 1000) / 8.0;
		}
		keys.records = trial % 2 ? records : NULL;
		keys.weight = trial % 5 ? weight : NULL;
		CHECK(pr_risk_frequencies(&keys, alpha, &runtime, f, F) == PR_CORE_OK);
		for (uint32_t row = 0; row < keys.n_rows; row++)
		{
			double		f0;
			double		F0;

			brute_frequency(&keys, alpha, row, &f0, &F0);
			CHECK(f[row] == f0 && F[row] == F0);
		}
	}
	done("frequencies are those of all pairs");
}

static void
test_frequency_arguments(void)
{
	uint32_t	codes[PR_KEYS_MOST + 1] = {0};
	PrKeys		keys = {.n_rows = 1, .n_keys = PR_KEYS_MOST, .codes = codes};
	double		f;
	double		F;

	CHECK(pr_risk_frequencies(&keys, 1, &runtime, &f, &F) == PR_CORE_OK && f == 1 && F == 1);
	CHECK(pr_risk_frequencies(&keys, 1.5, &runtime, &f, &F) == PR_CORE_PARAMETER);
	CHECK(pr_risk_frequencies(&keys, NAN, &runtime, &f, &F) == PR_CORE_PARAMETER);
	keys.n_keys++;
	CHECK(pr_risk_frequencies(&keys, 1, &runtime, &f, &F) == PR_CORE_LIMIT);
	keys.n_keys = 0;
	CHECK(pr_risk_frequencies(&keys, 1, &runtime, &f, &F) == PR_CORE_PARAMETER);
	keys.n_keys = 1;
	keys.n_rows = 0;
	CHECK(pr_risk_frequencies(&keys, 1, &runtime, &f, &F) == PR_CORE_OK);
	done("arguments of frequencies");
}

/* ---------- francdat ---------- */

static const char *const franc_keys[] = {"Key1", "Key2", "Key3", "Key4"};

static void
test_francdat(const Csv *csv)
{
	static const double wanted[8] = {0.017144261596, 0.022042326183, 0.022042326183, 0.177075834004,
	0.011654480146, 0.297063077383, 0.402359478109, 0.017144261596};
	static const double wanted_F[8] = {110, 84.5, 84.5, 17, 541, 8, 5, 110};
	static const double wanted_f[8] = {2, 2, 2, 1, 1, 1, 1, 2};
	PrKeys		keys;
	uint32_t   *codes = csv_keys(csv, franc_keys, 4, &keys);
	double	   *weight = csv_numbers(csv, "w");
	double		f[8];
	double		F[8];

	keys.weight = weight;
	CHECK(keys.n_rows == 8);
	CHECK(pr_risk_frequencies(&keys, 1, &runtime, f, F) == PR_CORE_OK);
	for (int i = 0; i < 8; i++)
	{
		CHECK(f[i] == wanted_f[i] && F[i] == wanted_F[i]);
		CHECK(near(pr_risk_individual(f[i], f[i] / F[i]), wanted[i], 1e-10));
		CHECK(pr_risk_individual(f[i], 1) == 1 / f[i]);
	}
	done("francdat: frequencies and risk");
	free(codes);
	free(weight);
}

static void
test_francdat_null(const Csv *csv)
{
	static const double alphas[4] = {1, 0.5, 0.1, 0};
	static const double wanted_f[4][8] = {
		{3, 2, 4, 3, 3, 2, 2, 3}, {2.5, 1.5, 4, 2.5, 2, 1.5, 1.5, 2.5},
		{2.1, 1.1, 4, 2.1, 1.2, 1.1, 1.1, 2.1}, {2, 1, 4, 2, 1, 1, 1, 2}};
	static const double wanted_F[4][8] = {
		{149, 84.5, 194.5, 563, 566, 549, 22, 149}, {129.5, 65, 194.5, 292.5, 553.5, 278.5, 13.5, 129.5},
		{113.9, 49.4, 194.5, 76.1, 543.5, 62.1, 6.7, 113.9}, {110, 45.5, 194.5, 22, 541, 8, 5, 110}};
	static const double wanted[8] = {0.009885636109, 0.022042326183, 0.006787182739, 0.002650677250,
	0.002636697266, 0.003581243194, 0.076021047272, 0.009885636109};
	PrKeys		keys;
	uint32_t   *codes = csv_keys(csv, franc_keys, 4, &keys);
	double	   *weight = csv_numbers(csv, "w");
	double		f[8];
	double		F[8];

	keys.weight = weight;
	codes[2 * 4 + 2] = codes[3 * 4 + 0] = codes[3 * 4 + 1] = codes[4 * 4 + 3] = codes[5 * 4 + 0] = PR_KEY_NULL;
	for (int a = 0; a < 4; a++)
	{
		CHECK(pr_risk_frequencies(&keys, alphas[a], &runtime, f, F) == PR_CORE_OK);
		for (int i = 0; i < 8; i++)
			CHECK(near(f[i], wanted_f[a][i], 1e-14) && near(F[i], wanted_F[a][i], 1e-14));
		for (int i = 0; i < 8 && a == 0; i++)
			CHECK(near(pr_risk_individual(f[i], f[i] / F[i]), wanted[i], 2e-10));
	}
	done("francdat with NULLs: every alpha");
	free(codes);
	free(weight);
}

/* ---------- testdata ---------- */

static const char *const survey_keys[] = {"urbrur", "roof", "walls", "water", "electcon", "relat", "sex"};

static double
households(const Csv *csv, const double *risk, double *of_row, double *largest)
{
	double	   *id = csv_numbers(csv, "ori_hid");
	double		sum = 0;

	for (uint32_t first = 0, next; first < csv->n_rows; first = next)
	{
		double		together = 0;

		for (next = first; next < csv->n_rows && id[next] == id[first]; next++)
			together = pr_risk_household(together, risk[next]);
		for (uint32_t row = first; row < next; row++)
			of_row[row] = together;
		*largest = fmax(*largest, together);
		sum += together;
	}
	free(id);
	return sum;
}

static void
test_survey_rows(const double *f, const double *risk, const double *household)
{
	static const struct
	{
		uint32_t	row;
		double		f;
		double		risk;
		double		household;
	}			wanted[] = {
		{1, 107, 9.433063964287e-05, 0.000307575093}, {2, 102, 9.900000199959e-05, 0.000307575093},
		{3, 176, 5.713957345020e-05, 0.000307575093}, {5, 46, 2.221717406457e-04, 0.000867777469},
		{42, 2, 0.009631142722, 0.066410809415}, {43, 1, 0.046516870566, 0.066410809415},
	};

	for (int i = 0; i < 6; i++)
	{
		CHECK(f[wanted[i].row - 1] == wanted[i].f);
		CHECK(near(risk[wanted[i].row - 1], wanted[i].risk, 1e-10));
		CHECK(close_to(household[wanted[i].row - 1], wanted[i].household, 5.1e-13));
	}
	done("testdata: single records");
}

static void
test_survey(const Csv *csv)
{
	PrKeys		keys;
	uint32_t   *codes = csv_keys(csv, survey_keys, 7, &keys);
	double	   *weight = csv_numbers(csv, "sampling_weight");
	double	   *f = malloc(keys.n_rows * sizeof(double));
	double	   *F = malloc(keys.n_rows * sizeof(double));
	double	   *risk = malloc(keys.n_rows * sizeof(double));
	double	   *household = malloc(keys.n_rows * sizeof(double));
	uint64_t   *one = malloc(keys.n_rows * sizeof(uint64_t));
	uint32_t	below[11] = {0};
	double		sum = 0;
	double		sum_household = 0;
	double		largest = 0;
	double		largest_household = 0;
	double		unweighted = 0;

	keys.weight = weight;
	CHECK(pr_risk_frequencies(&keys, 1, &runtime, f, F) == PR_CORE_OK);
	for (uint32_t i = 0; i < keys.n_rows; i++)
	{
		CHECK(F[i] == 100 * f[i]);
		risk[i] = pr_risk_individual(f[i], f[i] / F[i]);
		sum += risk[i];
		largest = fmax(largest, risk[i]);
		unweighted += 1 / f[i];
		one[i] = 1;
		for (int k = 2; k <= 10; k++)
			below[k] += f[i] < k;
	}
	CHECK(below[2] == 157 && below[3] == 281 && below[5] == 458 && below[10] == 741);
	CHECK(near(sum, 10.775525136282, 1e-12) && near(sum / keys.n_rows, 0.002352734746, 1e-9));
	CHECK(near(largest, 0.046516870566, 1e-10));
	CHECK(near(unweighted, 412, 1e-12));
	CHECK(near(households(csv, risk, household, &largest_household), 10.509675071091, 1e-12));
	CHECK(near(largest_household, 0.227036446778, 1e-11));
	for (uint32_t i = 0; i < keys.n_rows; i++)
		sum_household += household[i];
	CHECK(near(sum_household, 51.799591464058, 1e-12));
	done("testdata: global and household risk");
	CHECK(near(pr_risk_threshold(risk, one, keys.n_rows, 0.001, &runtime), 0.004953220781, 1e-9));
	CHECK(near(pr_risk_threshold(risk, one, keys.n_rows, 0.002, &runtime), 0.009631142722, 1e-9));
	CHECK(isinf(pr_risk_threshold(risk, one, keys.n_rows, 0.005, &runtime)));
	CHECK(pr_risk_threshold(risk, one, keys.n_rows, 0, &runtime) == 0);
	CHECK(isinf(pr_risk_threshold(risk, one, 0, 0, &runtime)));
	done("testdata: threshold for a rate");
	test_survey_rows(f, risk, household);
	free(codes);
	free(weight);
	free(f);
	free(F);
	free(risk);
	free(household);
	free(one);
}

int
main(void)
{
	Csv			csv;

	test_individual();
	test_frequencies_by_force();
	test_frequency_arguments();
	if (csv_read(&csv, "sdc/francdat.csv", ','))
	{
		test_francdat(&csv);
		test_francdat_null(&csv);
		csv_free(&csv);
	}
	if (csv_read(&csv, "sdc/testdata.csv", ','))
	{
		test_survey(&csv);
		csv_free(&csv);
	}
	return finish();
}
