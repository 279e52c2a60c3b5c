/*
 * pr_discover.c
 *		discover(): what the columns of a source seem to be.
 *
 * For the owner of the source alone: a proposal says what is in it.  It writes
 * nothing, so it works on a standby, and for a relation that no release was
 * declared for.
 */
#include "postgres.h"

#include "access/table.h"
#include "fmgr.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/rel.h"
#include "utils/tuplestore.h"

#include "common/pr_session.h"
#include "discover/pr_facts.h"
#include "release/pr_release.h"

PG_FUNCTION_INFO_V1(privrelease_discover);

#define MOST_SAMPLE_ROWS 1000000

static Datum
text_or_null(const char *value, bool *isnull)
{
	*isnull = value == NULL;
	return value == NULL ? (Datum) 0 : CStringGetTextDatum(value);
}

static void
put_proposal(ReturnSetInfo *rsinfo, const PrFacts *facts)
{
	PrProposal	proposal = pr_judge_column(facts);
	Datum		values[6];
	bool		nulls[6] = {0};
	NameData	name;

	namestrcpy(&name, facts->name);
	values[0] = NameGetDatum(&name);
	values[1] = text_or_null(proposal.kind, &nulls[1]);
	values[2] = text_or_null(proposal.category, &nulls[2]);
	values[3] = text_or_null(proposal.detector, &nulls[3]);
	values[4] = Float8GetDatum(proposal.matched);
	nulls[4] = proposal.matched < 0;
	nulls[5] = !facts->read || facts->filled == 0;
	values[5] = Float8GetDatum(nulls[5] ? 0 : (double) facts->distinct / facts->filled);
	tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
}

Datum
privrelease_discover(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	Oid			source = PG_GETARG_OID(0);
	int			sample_rows = PG_GETARG_INT32(1);
	PrIdentity	saved;
	Relation	rel;
	PrFacts    *facts;
	int			n;

	if (sample_rows < 1 || sample_rows > MOST_SAMPLE_ROWS)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("sample_rows must be from 1 to %d", MOST_SAMPLE_ROWS)));
	InitMaterializedSRF(fcinfo, 0);
	pr_begin();
	rel = pr_open_source(source);
	pr_require_owner(source);
	pr_check_source_kind(rel);
	pr_read_as_owner(source, &saved);
	facts = pr_sample_columns(rel, sample_rows, &n);
	pr_restore_identity(&saved);
	for (int i = 0; i < n; i++)
		put_proposal(rsinfo, &facts[i]);
	table_close(rel, NoLock);
	pr_end();
	return (Datum) 0;
}
