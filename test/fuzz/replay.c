/*
 * replay.c
 *		Runs a fuzz target without a fuzzer: replay RUNS [FILE...].
 *
 * Files first, then RUNS inputs from a generator with a fixed seed: bytes,
 * digits, numbers at the ends of their range, broken UTF-8, in lengths up to
 * 512.  An input of made-up bytes that fails is the same on every machine.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_LENGTH 512
#define MAX_FILE (1 << 20)

extern int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint64_t state = 0x9E3779B97F4A7C15u;

/* splitmix64 */
static uint64_t
next(void)
{
	uint64_t	z = (state += 0x9E3779B97F4A7C15u);

	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
	return z ^ (z >> 31);
}

/* An exact allocation, so that a read past the end is seen. */
static void
run_one(const uint8_t *data, size_t size)
{
	uint8_t    *copy = malloc(size ? size : 1);

	if (copy == NULL)
		exit(2);
	memcpy(copy, data, size);
	LLVMFuzzerTestOneInput(copy, size);
	free(copy);
}

static void
run_file(const char *path)
{
	static uint8_t buffer[MAX_FILE];
	FILE	   *file = fopen(path, "rb");
	size_t		size;

	if (file == NULL)
	{
		fprintf(stderr, "cannot read %s\n", path);
		exit(2);
	}
	size = fread(buffer, 1, sizeof(buffer), file);
	fclose(file);
	fprintf(stderr, "%s\n", path);
	run_one(buffer, size);
}

/* One piece of an input: returns its length. */
static size_t
make_piece(uint8_t *at, size_t room)
{
	static const uint64_t extremes[] = {
		0, 1, UINT64_MAX, INT64_MAX, (uint64_t) INT64_MAX + 1, INT32_MAX, (uint64_t) INT32_MAX + 1, 0x7FF0000000000000u,
		0xFFF0000000000000u, 0x7FF8000000000000u, 0x8000000000000000u, 0x0010000000000000u
	};
	static const char *const texts[] = {
		"110101190102280013", "11010119010301004X", "110101010228001", "a@b.cc", "\xE5\xBC\xA0\xE4\xB8\x89", "\xF0\x9F\x98\x80",
		"\xC3", "\xFF\xFE", "1901-02-28", "+86 13000000000", "*", "\x00\x01"
	};
	uint64_t	choice = next();
	size_t		length;
	size_t		i;

	switch (choice % 4)
	{
		case 0:
			length = sizeof(uint64_t) < room ? sizeof(uint64_t) : room;
			memcpy(at, &extremes[next() % (sizeof(extremes) / sizeof(extremes[0]))], length);
			return length;
		case 1:
			{
				const char *text = texts[next() % (sizeof(texts) / sizeof(texts[0]))];

				length = strlen(text) < room ? strlen(text) : room;
				memcpy(at, text, length);
				return length;
			}
		case 2:
			length = next() % 20;
			length = length < room ? length : room;
			for (i = 0; i < length; i++)
				at[i] = (uint8_t) ('0' + next() % 10);
			return length;
		default:
			length = next() % 64;
			length = length < room ? length : room;
			for (i = 0; i < length; i++)
				at[i] = (uint8_t) next();
			return length;
	}
}

int
main(int argc, char **argv)
{
	uint8_t		buffer[MAX_LENGTH];
	long		runs = argc > 1 ? strtol(argv[1], NULL, 10) : 0;
	int			i;

	for (i = 2; i < argc; i++)
		run_file(argv[i]);
	for (long run = 0; run < runs; run++)
	{
		size_t		wanted = next() % (MAX_LENGTH + 1);
		size_t		size = 0;

		while (size < wanted)
			size += make_piece(buffer + size, wanted - size);
		run_one(buffer, size);
	}
	return 0;
}
