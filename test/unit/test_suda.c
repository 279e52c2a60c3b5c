/*
 * Minimal sample uniques against all subsets of all records, and the reference tables.
 */
#include "core/pr_suda.h"
#include "reference.h"

static void
suda_free(PrSuda *suda, int n_keys)
{
	free(suda->score);
	free(suda->dis);
	for (int key = 0; key < n_keys; key++)
		free(suda->by_level[key]);
}

/* ---------- by force ---------- */

static bool
alone(const PrKeys *keys, uint32_t row, uint64_t set)
{
	if (pr_key_records(keys, row) > 1 || (pr_key_nulls(keys, row) & set) != 0)
		return false;
	for (uint32_t other = 0; other < keys->n_rows; other++)
	{
		bool		equal = other != row;

		for (int key = 0; key < keys->n_keys && equal; key++)
			equal = !(set >> key & 1) || pr_key_code(keys, row, key) == pr_key_code(keys, other, key);
		if (equal)
			return false;
	}
	return true;
}

/* A row that another row repeats, NULL for NULL, is not a sample unique in any set. */
static double
brute_score(const PrKeys *keys, uint32_t row, uint64_t *msus)
{
	static const double factorial[] = {1, 1, 2, 6, 24, 120, 720};
	double		score = 0;

	for (uint64_t set = 1; set < UINT64_C(1) << keys->n_keys; set++)
	{
		bool		minimal = alone(keys, row, set);

		for (int key = 0; key < keys->n_keys && minimal; key++)
			if (set >> key & 1 && set != UINT64_C(1) << key)
				minimal = !alone(keys, row, set & ~(UINT64_C(1) << key));
		if (!minimal)
			continue;
		(*msus)++;
		score += factorial[keys->n_keys - __builtin_popcountll(set)];
	}
	return score;
}

static uint32_t
draw(uint64_t *state, uint32_t below)
{
	*state = *state * UINT64_C(6364136223846793005) + 1442695040888963407u;
	return (uint32_t) (*state >> 33) % below;
}

static void
test_by_force(void)
{
	uint32_t	codes[60 * 6];
	uint64_t	records[60];
	uint64_t	state = 11;

	for (int trial = 0; trial < 150; trial++)
	{
		PrKeys		keys = {.n_rows = 1 + draw(&state, 60), .n_keys = 1 + draw(&state, 6), .codes = codes};
		PrSuda		suda;
		uint64_t	msus = 0;

		for (uint32_t i = 0; i < keys.n_rows * keys.n_keys; i++)
			codes[i] = trial % 2 && draw(&state, 8) == 0 ? PR_KEY_NULL : draw(&state, 4);
		for (uint32_t i = 0; i < keys.n_rows; i++)
			records[i] = 1 + (draw(&state, 4) == 0);
		keys.records = trial % 3 ? records : NULL;
		CHECK(pr_suda(&keys, PR_SUDA_FACTORIAL, 0.01, &runtime, &suda) == PR_CORE_OK);
		for (uint32_t row = 0; row < keys.n_rows; row++)
			CHECK(suda.score[row] == brute_score(&keys, row, &msus));
		CHECK(suda.msus == msus);
		suda_free(&suda, keys.n_keys);
	}
	done("scores are those of all subsets");
}

static void
test_arguments(void)
{
	uint32_t	codes[2 * (PR_KEYS_MOST + 1)] = {0};
	PrKeys		keys = {.n_rows = 2, .n_keys = 30, .codes = codes};
	PrSuda		suda;

	codes[3] = 1;
	CHECK(pr_suda(&keys, PR_SUDA_FACTORIAL, 0.01, &runtime, &suda) == PR_CORE_OK);
	CHECK(suda.msus == 2 && !suda.has_dis && suda.dis_max == 0);
	suda_free(&suda, 30);
	keys.n_keys = PR_KEYS_MOST;
	CHECK(pr_suda(&keys, PR_SUDA_FACTORIAL, 0.01, &runtime, &suda) == PR_CORE_OK && suda.msus == 2);
	suda_free(&suda, PR_KEYS_MOST);
	keys.n_keys = PR_KEYS_MOST + 1;
	CHECK(pr_suda(&keys, PR_SUDA_FACTORIAL, 0.01, &runtime, &suda) == PR_CORE_LIMIT);
	keys.n_keys = 3;
	CHECK(pr_suda(&keys, PR_SUDA_FACTORIAL, 0, &runtime, &suda) == PR_CORE_PARAMETER);
	CHECK(pr_suda(&keys, PR_SUDA_FACTORIAL, 1, &runtime, &suda) == PR_CORE_PARAMETER);
	keys.n_rows = 0;
	CHECK(pr_suda(&keys, PR_SUDA_FACTORIAL, 0.01, &runtime, &suda) == PR_CORE_PARAMETER);
	done("arguments; many variables");
}

/* ---------- the table of ten rows ---------- */

static void
test_ten_rows(void)
{
	/* Residence, Gender, Education, Labour */
	static const uint32_t codes[10 * 4] = {
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 1, 2, 0, 1, 0, 2, 2,
		0, 1, 2, 0, 0, 0, 3, 1, 0, 1, 4, 2, 0, 0, 0, 1, 0, 0, 0, 1};
	static const double score[10] = {0, 0, 6, 0, 12, 0, 6, 10, 0, 0};
	static const double dis[10] = {0, 0, 0.0049867977, 0, 0.0113830065, 0, 0.0049867977, 0.0091666788, 0, 0};
	PrKeys		keys = {.n_rows = 10, .n_keys = 4, .codes = codes};
	PrSuda		suda;

	CHECK(pr_suda(&keys, PR_SUDA_FACTORIAL, 0.01, &runtime, &suda) == PR_CORE_OK);
	CHECK(suda.msus == 9 && suda.pairs == 6 && suda.records == 4 && suda.score_max == 12);
	for (int i = 0; i < 10; i++)
		CHECK(suda.score[i] == score[i] && close_to(suda.dis[i], dis[i], 1e-6 * dis[i]));
	suda_free(&suda, 4);
	done("a table of ten rows");
}

/* ---------- testdata ---------- */

static const char *const survey_keys[] = {"urbrur", "roof", "walls", "water", "electcon", "relat", "sex"};

static void
test_scores(const PrSuda *suda, uint32_t n_rows)
{
	static const struct
	{
		double		score;
		uint32_t	records;
		double		dis;
	}			wanted[] = {
		{1, 6, 0.0021015746}, {2, 24, 0.0043416051}, {4, 4, 0.0089478351}, {6, 28, 0.0136318970},
		{8, 1, 0.0183509770}, {12, 10, 0.0278192732}, {14, 3, 0.0325478566}, {18, 2, 0.0419639579},
		{24, 36, 0.0559348204}, {30, 7, 0.0696740293}, {36, 1, 0.0831521287}, {48, 17, 0.1092715465},
		{60, 1, 0.1342487913}, {72, 4, 0.1580957784}, {96, 1, 0.2025553833}, {120, 9, 0.2430374360},
		{132, 1, 0.2619181606}, {144, 1, 0.2799598699}, {720, 1, 0.6781426290},
	};
	uint32_t	found = 0;

	for (int i = 0; i < 19; i++)
	{
		uint32_t	records = 0;

		for (uint32_t row = 0; row < n_rows; row++)
			if (suda->score[row] == wanted[i].score)
			{
				records++;
				CHECK(close_to(suda->dis[row], wanted[i].dis, 1e-10));
			}
		CHECK(records == wanted[i].records);
		found += records;
	}
	CHECK(found == suda->records);
	done("testdata: records and DIS by score");
}

static void
test_contributions(const PrSuda *suda)
{
	static const double variable[7] = {12.0449897751, 33.8650306748, 18.0981595092, 53.4151329243,
	22.5153374233, 92.5971370143, 24.9488752556};
	static const double level[7][9] = {
		{79.966044, 20.033956}, {40.458937, 6.400966, 6.642512, 24.033816, 22.463768},
		{29.491525, 22.824859, 47.683616},
		{14.816233, 10.872894, 14.854518, 9.839204, 18.606432, 3.675345, 12.633997, 14.701378},
		{24.795640, 30.517712, 44.686649},
		{14.885159, 16.033569, 2.981449, 6.515018, 7.751767, 11.439929, 16.276502, 15.901060, 8.215548},
		{56.475410, 43.524590}};

	for (int key = 0; key < 7; key++)
	{
		CHECK(close_to(suda->contribution[key], variable[key], 1e-10));
		for (uint32_t code = 0; code < suda->n_codes[key]; code++)
			CHECK(close_to(suda->by_level[key][code], level[key][code], 1e-6));
	}
	done("testdata: contributions of variables and levels");
}

static void
test_survey(const Csv *csv)
{
	static const uint64_t by_size[8] = {0, 1, 11, 94, 86, 35, 7, 1};
	PrKeys		keys;
	uint32_t   *codes = csv_keys(csv, survey_keys, 7, &keys);
	PrSuda		suda;

	CHECK(pr_suda(&keys, PR_SUDA_FACTORIAL, 0.01, &runtime, &suda) == PR_CORE_OK);
	CHECK(suda.records == 157 && suda.msus == 235 && suda.score_sum == 4890 && suda.score_max == 720);
	CHECK(suda.pairs == 124 && suda.score[3824] == 720);
	for (int size = 0; size <= 7; size++)
		CHECK(suda.by_size[size] == by_size[size]);
	CHECK(close_to(suda.dis_sum, 9.8310926537, 1e-10) && close_to(suda.dis_max, 0.6781426290, 1e-10));
	done("testdata: SUDA");
	test_scores(&suda, keys.n_rows);
	test_contributions(&suda);
	suda_free(&suda, 7);
	CHECK(pr_suda(&keys, PR_SUDA_FACTORIAL, 0.1, &runtime, &suda) == PR_CORE_OK);
	CHECK(close_to(suda.dis_sum, 50.5875233, 1e-7) && close_to(suda.dis_max, 0.9586377408, 1e-10));
	suda_free(&suda, 7);
	CHECK(pr_suda(&keys, PR_SUDA_IHSN, 0.01, &runtime, &suda) == PR_CORE_OK);
	CHECK(close_to(suda.score_sum, 88.723809523810, 1e-11));
	suda_free(&suda, 7);
	done("testdata: another sampling fraction, another weighting");
	free(codes);
}

int
main(void)
{
	Csv			csv;

	test_by_force();
	test_arguments();
	test_ten_rows();
	if (csv_read(&csv, "sdc/testdata.csv", ','))
	{
		test_survey(&csv);
		csv_free(&csv);
	}
	return finish();
}
