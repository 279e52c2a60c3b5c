/*
 * pr_guc.c
 *		The settings of this extension.
 *
 * No setting ever holds key material: settings are shown to many and written to
 * dumps and logs.
 */
#include "postgres.h"

#include "utils/guc.h"

#include "common/pr_guc.h"
#include "common/pr_session.h"

char	   *pr_guc_keyring_file = NULL;
bool		pr_guc_guard = true;
bool		pr_guc_enable_derived_quals = true;
bool		pr_guc_require_approval = false;
int			pr_guc_joint_risk = PR_JOINT_RISK_WARN;

static const struct config_enum_entry joint_risk_words[] = {
	{"off", PR_JOINT_RISK_OFF, false},
	{"warn", PR_JOINT_RISK_WARN, false},
	{"refuse", PR_JOINT_RISK_REFUSE, false},
	{NULL, 0, false}
};

/* A relative path would mean a file inside the data directory, which base backups copy. */
static bool
check_keyring_file(char **newval, void **extra, GucSource source)
{
	if (**newval == '\0' || is_absolute_path(*newval))
		return true;
	GUC_check_errdetail("The keyring file must be named by an absolute path.");
	return false;
}

void
pr_guc_init(void)
{
	/*
	 * An administrator decides here where the keys live.  Without preloading the
	 * keys are not used at all, but a server that is about to preload the library
	 * must be able to carry the setting.
	 */
	DefineCustomStringVariable("privrelease.keyring_file",
							   "File that holds the keys of pseudonyms and noise.",
							   "Mode 0600, owned by the server's user, outside every dump and backup of the data "
							   "directory. Empty: the name of the data directory followed by \".keyring\".",
							   &pr_guc_keyring_file,
							   "",
							   pr_preloaded() ? PGC_POSTMASTER : PGC_SIGHUP,
							   GUC_SUPERUSER_ONLY,
							   check_keyring_file, NULL, NULL);

	/* Whether what privileges alone cannot refuse is refused: only an administrator decides. */
	DefineCustomBoolVariable("privrelease.guard",
							 "Refuses audiences what privileges alone do not refuse.",
							 "Reads of a source past its releases, EXPLAIN, stale and withdrawn releases. "
							 "Works only where privrelease is in shared_preload_libraries.",
							 &pr_guc_guard,
							 true,
							 PGC_SUSET, 0,
							 NULL, NULL, NULL);

	/* Planner speed only: results are the same. */
	DefineCustomBoolVariable("privrelease.enable_derived_quals",
							 "Enables the planner's use of source indexes for filters on released columns.",
							 NULL,
							 &pr_guc_enable_derived_quals,
							 true,
							 PGC_USERSET, GUC_EXPLAIN,
							 NULL, NULL, NULL);

	/* Whether one person alone can publish is an administrator's decision. */
	DefineCustomBoolVariable("privrelease.require_approval",
							 "Releases are published only after another person has approved them.",
							 "Stewards and approvers are roles with these duties (grant_duty).",
							 &pr_guc_require_approval,
							 false,
							 PGC_SUSET, 0,
							 NULL, NULL, NULL);

	/* A risk that several releases, or versions, have together is the administrator's to take. */
	DefineCustomEnumVariable("privrelease.joint_risk",
							 "What is done about releases that break a model together.",
							 "publish() of releases with one audience, and refresh() of one version after another.",
							 &pr_guc_joint_risk,
							 PR_JOINT_RISK_WARN,
							 joint_risk_words,
							 PGC_SUSET, 0,
							 NULL, NULL, NULL);
	MarkGUCPrefixReserved("privrelease");
}
