#include "postgres.h"
#include "release/pr_derivation.h"
#include "release/pr_derive.h"
void
pr_derive_quantiles(PrRelease *release, List *rules)
{
}
void
pr_derive_keep(const PrRelease *release, List *rules)
{
}
