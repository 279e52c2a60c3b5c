/*
 * pr_keyring.c
 *		The keyring file; see pr_keyring.h.
 */
#include "postgres.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include "catalog/pg_extension.h"
#include "miscadmin.h"
#include "storage/fd.h"
#include "storage/lock.h"
#include "utils/builtins.h"

#include "common/pr_error.h"
#include "common/pr_guc.h"
#include "crypto/pr_keyring.h"

#define MAX_ENTRIES 4096
#define HEX_SIZE (2 * PR_KEY_SIZE)
#define LINE_FORMAT "key %d %d "
#define MAX_FILE_SIZE (1024 * 1024)

/* An arbitrary object id under the extension catalogue's class, in no database. */
#define LOCK_OBJECT 0x50524b52

typedef struct Entry
{
	int32		id;
	int32		version;
	uint8_t		key[PR_KEY_SIZE];
} Entry;

static Entry entries[MAX_ENTRIES];
static int	n_entries = 0;

char *
pr_keyring_path(void)
{
	char	   *path;

	if (pr_guc_keyring_file != NULL && pr_guc_keyring_file[0] != '\0')
		path = pstrdup(pr_guc_keyring_file);
	else
	{
		char	   *directory = pstrdup(DataDir);

		canonicalize_path(directory);
		path = psprintf("%s.keyring", directory);
	}
	canonicalize_path(path);
	return path;
}

void
pr_keyring_forget(void)
{
	pr_cleanse(entries, sizeof(Entry) * n_entries);
	n_entries = 0;
}

static Entry *
find_entry(int32 id, int32 version)
{
	for (int i = 0; i < n_entries; i++)
		if (entries[i].id == id && entries[i].version == version)
			return &entries[i];
	return NULL;
}

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static bool
parse_number(const char **at, int32 *number)
{
	int64		value = 0;
	const char *start = *at;

	while (**at >= '0' && **at <= '9' && value <= PG_INT32_MAX)
		value = value * 10 + (*(*at)++ - '0');
	*number = (int32) value;
	return *at > start && value >= 1 && value <= PG_INT32_MAX;
}

/* "key ID VERSION HEX", the whole line; nothing is stored if it is not that. */
static bool
parse_line(const char *line)
{
	Entry		entry;
	bool		ok;

	if (line[0] == '\0' || line[0] == '#')
		return true;
	if (n_entries >= MAX_ENTRIES || strncmp(line, "key ", 4) != 0)
		return false;
	line += 4;
	if (!parse_number(&line, &entry.id) || *line++ != ' ' ||
		!parse_number(&line, &entry.version) || *line++ != ' ' ||
		strlen(line) != HEX_SIZE || find_entry(entry.id, entry.version) != NULL)
		return false;
	ok = true;
	for (int i = 0; i < PR_KEY_SIZE && ok; i++)
	{
		int			high = hex_value(line[2 * i]);
		int			low = hex_value(line[2 * i + 1]);

		ok = high >= 0 && low >= 0;
		entry.key[i] = (uint8_t) (high << 4 | low);
	}
	if (ok)
		entries[n_entries++] = entry;
	pr_cleanse(&entry, sizeof(entry));
	return ok;
}

/* 0, or the number of the first line that is no entry. */
static int
parse_text(char *text)
{
	int			line_number = 1;

	pr_keyring_forget();
	for (char *line = text; *line != '\0'; line_number++)
	{
		char	   *end = strchr(line, '\n');

		if (end != NULL)
			*end = '\0';
		if (!parse_line(line))
		{
			pr_keyring_forget();
			return line_number;
		}
		if (end == NULL)
			break;
		line = end + 1;
	}
	return 0;
}

/* The modes, owner and kind that the file must have; errors name the command that mends them. */
static void
check_file(const char *path, const struct stat *st)
{
	if (!S_ISREG(st->st_mode))
		ereport(ERROR,
				(errcode(ERRCODE_PR_KEY_UNAVAILABLE),
				 errmsg("keyring file \"%s\" is not a regular file", path),
				 errhint("Set privrelease.keyring_file to a regular file of mode 0600 and restart the server.")));
	if (st->st_uid != geteuid())
		ereport(ERROR,
				(errcode(ERRCODE_PR_KEY_UNAVAILABLE),
				 errmsg("keyring file \"%s\" is not owned by the server's user", path),
				 errhint("As root: chown --reference='%s' '%s'", DataDir, path)));
	if ((st->st_mode & (S_IRWXG | S_IRWXO | S_IXUSR | S_ISUID | S_ISGID)) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_PR_KEY_UNAVAILABLE),
				 errmsg("keyring file \"%s\" has mode %04o, so others than the server may use it", path,
						(unsigned int) (st->st_mode & 07777)),
				 errhint("chmod 0600 '%s', and rotate its keys if others may have read it.", path)));
	if (st->st_size > MAX_FILE_SIZE)
		ereport(ERROR,
				(errcode(ERRCODE_PR_KEY_UNAVAILABLE),
				 errmsg("keyring file \"%s\" is too large to be one", path),
				 errhint("Restore the file from its backup.")));
}

/* The open file, or -1 if there is none. */
static int
open_file(const char *path)
{
	int			fd = OpenTransientFile(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | PG_BINARY);

	if (fd < 0 && errno == ELOOP)
		ereport(ERROR,
				(errcode(ERRCODE_PR_KEY_UNAVAILABLE),
				 errmsg("keyring file \"%s\" is a symbolic link", path),
				 errhint("Set privrelease.keyring_file to the file itself and restart the server.")));
	if (fd < 0 && errno != ENOENT)
		ereport(ERROR,
				(errcode(ERRCODE_PR_KEY_UNAVAILABLE),
				 errmsg("could not open keyring file \"%s\": %m", path),
				 errhint("Let the server's user read it: chmod 0600 '%s'", path)));
	return fd;
}

/* Read fd to its end into text, which holds MAX_FILE_SIZE + 1 bytes. */
static size_t
read_all(int fd, const char *path, char *text)
{
	size_t		length = 0;
	ssize_t		n;

	while ((n = read(fd, text + length, MAX_FILE_SIZE + 1 - length)) > 0)
		length += n;
	if (n < 0)
		ereport(ERROR,
				(errcode(ERRCODE_PR_KEY_UNAVAILABLE),
				 errmsg("could not read keyring file \"%s\": %m", path),
				 errhint("Restore the file from its backup.")));
	return length;
}

/*
 * The file's text in malloc'd memory, NUL-terminated, with what to wipe in
 * *size; NULL if there is no file.
 */
static char *
read_text(const char *path, size_t *size)
{
	int			fd = open_file(path);
	struct stat st;
	char	   *text;
	size_t		length = 0;

	if (fd < 0)
		return NULL;
	if (fstat(fd, &st) != 0)
		ereport(ERROR,
				(errcode(ERRCODE_PR_KEY_UNAVAILABLE),
				 errmsg("could not stat keyring file \"%s\": %m", path),
				 errhint("Restore the file from its backup.")));
	check_file(path, &st);

	*size = MAX_FILE_SIZE + 2;
	text = malloc(*size);
	if (text == NULL)
		ereport(ERROR, (errcode(ERRCODE_OUT_OF_MEMORY), errmsg("out of memory")));
	PG_TRY();
	{
		length = read_all(fd, path, text);
	}
	PG_CATCH();
	{
		pr_cleanse(text, *size);
		free(text);
		PG_RE_THROW();
	}
	PG_END_TRY();
	CloseTransientFile(fd);
	*size = length + 1;
	text[length] = '\0';

	/* A NUL byte would hide what follows it. */
	if (length > MAX_FILE_SIZE || strlen(text) != length)
	{
		pr_cleanse(text, *size);
		text[0] = '\1';
		text[1] = '\0';
	}
	return text;
}

/* Replace what we know by the file; false if there is no file. */
static bool
load_keyring(void)
{
	char	   *path = pr_keyring_path();
	size_t		size;
	char	   *text = read_text(path, &size);
	int			bad_line;

	if (text == NULL)
	{
		pr_keyring_forget();
		pfree(path);
		return false;
	}
	bad_line = parse_text(text);
	pr_cleanse(text, size);
	free(text);
	if (bad_line > 0)
		ereport(ERROR,
				(errcode(ERRCODE_PR_KEY_UNAVAILABLE),
				 errmsg("line %d of keyring file \"%s\" is not a key", bad_line, path),
				 errhint("Restore the file from its backup; its lines are \"key ID VERSION HEX\".")));
	pfree(path);
	return true;
}

bool
pr_keyring_get(int32 id, int32 version, bool reread, uint8_t key[PR_KEY_SIZE])
{
	Entry	   *entry = reread ? NULL : find_entry(id, version);

	if (entry == NULL)
	{
		if (!load_keyring())
		{
			char	   *path = pr_keyring_path();

			ereport(ERROR,
					(errcode(ERRCODE_PR_KEY_UNAVAILABLE),
					 errmsg("keyring file \"%s\" does not exist", path),
					 errhint("Restore the file from its backup with mode 0600; nothing else has its keys.")));
		}
		entry = find_entry(id, version);
	}
	if (entry == NULL)
		return false;
	memcpy(key, entry->key, PR_KEY_SIZE);
	return true;
}

void
pr_keyring_lock(void)
{
	LOCKTAG		tag;

	SET_LOCKTAG_OBJECT(tag, InvalidOid, ExtensionRelationId, LOCK_OBJECT, 0);
	(void) LockAcquire(&tag, ExclusiveLock, false, false);
}

bool
pr_keyring_exists(void)
{
	return load_keyring();
}

int32
pr_keyring_new_id(int32 floor)
{
	int32		highest = floor;

	for (int i = 0; i < n_entries; i++)
		highest = Max(highest, entries[i].id);
	if (highest == PG_INT32_MAX)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("no key id is left")));
	return highest + 1;
}

int32
pr_keyring_last_version(int32 id)
{
	int32		last = 0;

	for (int i = 0; i < n_entries; i++)
		if (entries[i].id == id)
			last = Max(last, entries[i].version);
	return last;
}

static bool
write_text(int fd, const char *text)
{
	size_t		left = strlen(text);

	while (left > 0)
	{
		ssize_t		n = write(fd, text, left);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
		{
			if (n == 0)
				errno = ENOSPC;
			return false;
		}
		text += n;
		left -= n;
	}
	return true;
}

static bool
write_entries(int fd)
{
	static const char digits[] = "0123456789abcdef";

	if (!write_text(fd,
					"# Keys of the PostgreSQL extension privrelease.  Keep a copy where no dump or backup of the data goes:\n"
					"# who has it can undo pseudonyms and noise, and without it they cannot be made again.\n"))
		return false;
	for (int i = 0; i < n_entries; i++)
	{
		char		line[64 + HEX_SIZE];
		char	   *at;
		bool		ok;

		at = line + snprintf(line, sizeof(line), LINE_FORMAT, entries[i].id, entries[i].version);
		for (int j = 0; j < PR_KEY_SIZE; j++)
		{
			*at++ = digits[entries[i].key[j] >> 4];
			*at++ = digits[entries[i].key[j] & 15];
		}
		*at++ = '\n';
		*at = '\0';
		ok = write_text(fd, line);
		pr_cleanse(line, sizeof(line));
		if (!ok)
			return false;
	}
	return true;
}

/* Write what we know to a new file and rename it over path. */
static void
replace_file(const char *path)
{
	uint64		random;
	char	   *temporary;
	int			fd;

	if (!pg_strong_random(&random, sizeof(random)))
		ereport(ERROR, (errcode(ERRCODE_INTERNAL_ERROR), errmsg("could not generate random bytes")));
	temporary = psprintf("%s.%016llx.tmp", path, (unsigned long long) random);
	fd = OpenTransientFilePerm(temporary, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | PG_BINARY, S_IRUSR | S_IWUSR);
	if (fd < 0)
		ereport(ERROR,
				(errcode_for_file_access(),
				 errmsg("could not create keyring file \"%s\": %m", temporary),
				 errhint("Set privrelease.keyring_file to a directory that the server's user may write to, and restart "
						 "the server.")));
	if (!write_entries(fd) || pg_fsync(fd) != 0 || CloseTransientFile(fd) != 0)
	{
		int			save_errno = errno;

		unlink(temporary);
		errno = save_errno;
		ereport(ERROR,
				(errcode_for_file_access(),
				 errmsg("could not write keyring file \"%s\": %m", temporary)));
	}
	if (durable_rename(temporary, path, LOG) != 0)
	{
		int			save_errno = errno;

		unlink(temporary);
		errno = save_errno;
		ereport(ERROR,
				(errcode_for_file_access(),
				 errmsg("could not rename keyring file \"%s\" to \"%s\": %m", temporary, path)));
	}
	pfree(temporary);
}

/* Base backups copy whatever lies in the data directory. */
static void
warn_if_backed_up(const char *path)
{
	char		real[PATH_MAX]; /* realpath() wants no less */
	char		data[PATH_MAX];

	if (realpath(path, real) == NULL || realpath(DataDir, data) == NULL || !path_is_prefix_of_path(data, real))
		return;
	ereport(WARNING,
			(errcode(ERRCODE_WARNING),
			 errmsg("keyring file \"%s\" lies inside the data directory", path),
			 errdetail("Base backups copy it together with the data that its keys protect."),
			 errhint("Move it, set privrelease.keyring_file, and restart the server.")));
}

void
pr_keyring_add(int32 id, int32 version, const uint8_t key[PR_KEY_SIZE])
{
	char	   *path = pr_keyring_path();

	(void) load_keyring();
	if (n_entries >= MAX_ENTRIES)
		ereport(ERROR,
				(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
				 errmsg("keyring file \"%s\" is full", path)));
	if (find_entry(id, version) != NULL)
		ereport(ERROR,
				(errcode(ERRCODE_INTERNAL_ERROR),
				 errmsg_internal("keyring already has key %d.%d", id, version)));
	entries[n_entries].id = id;
	entries[n_entries].version = version;
	memcpy(entries[n_entries].key, key, PR_KEY_SIZE);
	n_entries++;

	PG_TRY();
	{
		replace_file(path);
	}
	PG_CATCH();
	{
		/* What is not in the file must not be used. */
		pr_keyring_forget();
		PG_RE_THROW();
	}
	PG_END_TRY();
	warn_if_backed_up(path);
	pfree(path);
}
