/*
 * pr_progress.c
 *		What long calls are doing, in shared memory.  See pr_progress.h.
 *
 * A slot is written by its backend alone, under a spinlock that a reader takes
 * to copy it.  It holds the name of a release, a phase and two numbers: no value
 * of a source, but counts of it that are finer than what is released, so that
 * the numbers are shown to the owner of the source only.
 */
#include "postgres.h"

#include "fmgr.h"
#include "funcapi.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "portability/instr_time.h"
#include "storage/ipc.h"
#include "storage/lwlock.h"
#include "storage/shmem.h"
#include "storage/spin.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"

#include "common/pr_progress.h"
#include "common/pr_session.h"

PG_FUNCTION_INFO_V1(privrelease_progress);

#define SLOTS 128				/* calls at a time; more are not shown */
#define PHASE 64

typedef struct Slot
{
	slock_t		lock;
	int			pid;			/* 0: free */
	Oid			database;
	Oid			owner;			/* of the source */
	TimestampTz since;
	uint64		done;
	uint64		total;
	char		phase[PHASE];
	char		label[PR_PROGRESS_LABEL];
} Slot;

static Slot *slots = NULL;
static Slot *mine = NULL;
static int	depth = 0;
static bool exit_registered = false;
static const char *current_phase = NULL;
static instr_time phase_began;
static shmem_request_hook_type next_request = NULL;
static shmem_startup_hook_type next_startup = NULL;

static Size
shared_size(void)
{
	return mul_size(SLOTS, sizeof(Slot));
}

static void
request_shared_memory(void)
{
	if (next_request != NULL)
		next_request();
	RequestAddinShmemSpace(shared_size());
}

static void
start_shared_memory(void)
{
	bool		found;

	if (next_startup != NULL)
		next_startup();
	LWLockAcquire(AddinShmemInitLock, LW_EXCLUSIVE);
	slots = ShmemInitStruct("privrelease progress", shared_size(), &found);
	if (!found)
	{
		memset(slots, 0, shared_size());
		for (int i = 0; i < SLOTS; i++)
			SpinLockInit(&slots[i].lock);
	}
	LWLockRelease(AddinShmemInitLock);
}

void
pr_progress_init(void)
{
	if (!pr_preloaded())
		return;
	next_request = shmem_request_hook;
	shmem_request_hook = request_shared_memory;
	next_startup = shmem_startup_hook;
	shmem_startup_hook = start_shared_memory;
}

static void
release_slot(void)
{
	if (mine == NULL)
		return;
	SpinLockAcquire(&mine->lock);
	mine->pid = 0;
	SpinLockRelease(&mine->lock);
	mine = NULL;
}

static void
release_at_exit(int code, Datum arg)
{
	release_slot();
}

/* Takes the first free slot. */
static Slot *
take_slot(void)
{
	for (int i = 0; slots != NULL && i < SLOTS; i++)
	{
		bool		taken = false;

		SpinLockAcquire(&slots[i].lock);
		if (slots[i].pid == 0)
		{
			slots[i].pid = MyProcPid;
			taken = true;
		}
		SpinLockRelease(&slots[i].lock);
		if (taken)
			return &slots[i];
	}
	return NULL;
}

void
pr_progress_begin(const char *label, Oid owner)
{
	TimestampTz now = GetCurrentTimestamp();
	int			clipped = pg_mbcliplen(label, strlen(label), PR_PROGRESS_LABEL - 1);

	if (depth++ > 0)
		return;
	current_phase = NULL;
	if (!exit_registered)
	{
		before_shmem_exit(release_at_exit, (Datum) 0);
		exit_registered = true;
	}
	mine = take_slot();
	if (mine == NULL)
		return;
	SpinLockAcquire(&mine->lock);
	mine->database = MyDatabaseId;
	mine->owner = owner;
	mine->since = now;
	mine->done = mine->total = 0;
	mine->phase[0] = '\0';
	strlcpy(mine->label, label, clipped + 1);
	SpinLockRelease(&mine->lock);
}

void
pr_progress_end(void)
{
	if (depth == 0 || --depth > 0)
		return;
	current_phase = NULL;
	release_slot();
}

/* How long each phase took, for whoever looks for where the time goes: SET client_min_messages = debug1. */
static void
tell_duration(const char *next)
{
	instr_time	now;

	INSTR_TIME_SET_CURRENT(now);
	if (current_phase != NULL)
	{
		instr_time	taken = now;

		INSTR_TIME_SUBTRACT(taken, phase_began);
		ereport(DEBUG1,
				(errmsg_internal("privrelease: %s took %.1f ms", current_phase, INSTR_TIME_GET_MILLISEC(taken))));
	}
	current_phase = next;
	phase_began = now;
}

void
pr_progress_phase(const char *phase, uint64 total)
{
	tell_duration(phase);
	if (mine == NULL)
		return;
	SpinLockAcquire(&mine->lock);
	strlcpy(mine->phase, phase, PHASE);
	mine->done = 0;
	mine->total = total;
	SpinLockRelease(&mine->lock);
}

void
pr_progress_step(uint64 n)
{
	/* Only this backend writes; a reader that sees half a number sees another one the next time. */
	if (mine != NULL)
		mine->done += n;
}

void
pr_progress_at(uint64 done, uint64 total)
{
	if (mine == NULL)
		return;
	mine->done = done;
	mine->total = total;
}

/* ---------- the view ---------- */

static void
put_slot(ReturnSetInfo *rsinfo, const Slot *slot)
{
	Datum		values[5];
	bool		counts = has_privs_of_role(GetUserId(), slot->owner);
	bool		nulls[5] = {false, false, !counts, !counts || slot->total == 0, false};

	values[0] = CStringGetTextDatum(slot->label);
	values[1] = CStringGetTextDatum(slot->phase);
	values[2] = Int64GetDatum((int64) slot->done);
	values[3] = Int64GetDatum((int64) slot->total);
	values[4] = TimestampTzGetDatum(slot->since);
	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
}

Datum
privrelease_progress(PG_FUNCTION_ARGS)
{
	InitMaterializedSRF(fcinfo, 0);
	for (int i = 0; slots != NULL && i < SLOTS; i++)
	{
		Slot		slot;

		SpinLockAcquire(&slots[i].lock);
		slot = slots[i];
		SpinLockRelease(&slots[i].lock);
		if (slot.pid != 0 && slot.database == MyDatabaseId)
			put_slot((ReturnSetInfo *) fcinfo->resultinfo, &slot);
	}
	return (Datum) 0;
}
