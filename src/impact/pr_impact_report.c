/*
 * pr_impact_report.c
 *		impact_report(): the impact assessment of a release as a page.
 */
#include "postgres.h"

#include "fmgr.h"
#include "utils/builtins.h"

#include "impact/pr_page.h"
#include "release/pr_impact.h"
#include "release/pr_lifecycle.h"

PG_FUNCTION_INFO_V1(privrelease_impact_report);
PG_FUNCTION_INFO_V1(privrelease_impact_page);

/* The page of any document, for those that were recorded with a decision. */
Datum
privrelease_impact_page(PG_FUNCTION_ARGS)
{
	PG_RETURN_TEXT_P(cstring_to_text(pr_page(pr_node_of(PG_GETARG_JSONB_P(0)))));
}

Datum
privrelease_impact_report(PG_FUNCTION_ARGS)
{
	PrRelease  *release;
	Datum		document;

	pr_begin();
	release = pr_release_to_inspect(text_to_cstring(PG_GETARG_TEXT_PP(0)));
	document = pr_impact_document(release);
	return pr_end_text(pr_page(pr_node_of(DatumGetJsonbP(document))));
}
