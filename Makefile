# privrelease: PostgreSQL extension, built with PGXS.
#
#	make, make install, make installcheck	as every PGXS extension
#	make demo [CSV=FILE]	the story on a private server; installs what is missing
#	make test		every test, on private servers
#	make test-matrix	the same on PostgreSQL 15, 17 and 18; as root or with sudo
#	make bench		speed, as a table with targets
#	make unit, lint, fuzz-core	parts of the tests that need no server
#	make fuzz		the fuzzers, for long; fuzz-quals is the one with a server
#
# PG_CONFIG=... chooses the server, WERROR=1 makes warnings errors.

.DEFAULT_GOAL := all

EXTENSION = privrelease
MODULE_big = privrelease

# Trailing slash, or empty in the source tree: a VPATH build runs "make -f DIR/Makefile".
top := $(filter-out ./,$(dir $(firstword $(MAKEFILE_LIST))))
EXTVERSION := $(shell sed -n "s/^default_version *= *'\(.*\)'/\1/p" $(top)privrelease.control)

SOURCES := $(sort $(wildcard $(top)src/*.c $(top)src/*/*.c))
PR_HEADERS := $(sort $(wildcard $(top)src/*.h $(top)src/*/*.h))
OBJS = $(patsubst $(top)%.c,%.o,$(SOURCES))

SQL_PARTS := $(sort $(wildcard $(top)sql/[0-9]*.sql))
DATA_built = sql/privrelease--$(EXTVERSION).sql $(UPDATES)

# From each version that was given away straight to this one: what is special about it stands in sql/update, the rest are the
# parts of the install script once more.  The install scripts of those versions are there for dumps made with them.
UPDATES := $(patsubst $(top)sql/update/from_%_before.sql,sql/privrelease--%--$(EXTVERSION).sql,$(wildcard $(top)sql/update/from_*_before.sql))
RENEWED_PARTS := $(filter-out $(top)sql/00_%,$(SQL_PARTS))
TYPES_0.1.0 = capability
DATA := $(patsubst $(top)%,%,$(wildcard $(top)sql/update/privrelease--*.sql))

PG_CPPFLAGS = -I$(top)src -DPR_VERSION=\"$(EXTVERSION)\"
# No fused arithmetic: sums and distances must be the same on every machine.
PG_CFLAGS = -std=gnu11 -ffp-contract=off -Wextra -Wno-unused-parameter -Wno-sign-compare -Wno-missing-field-initializers $(if $(WERROR),-Werror)
SHLIB_LINK = -lcrypto -Wl,--version-script=$(top)src/exports.map

EXTRA_CLEAN = sql/privrelease--$(EXTVERSION).sql $(UPDATES)

# Tests are the files that exist; answers lie in expected/ beside the Makefile.
# PGXS finds that directory in the source tree, a VPATH build gets a link to it.
REGRESS := $(patsubst $(top)test/sql/%.sql,%,$(sort $(wildcard $(top)test/sql/*.sql)))
REGRESS_OPTS = --inputdir=$(top)test
ISOLATION := $(patsubst $(top)test/specs/%.spec,%,$(sort $(wildcard $(top)test/specs/*.spec)))
ISOLATION_OPTS = --inputdir=$(top)test --outputdir=.
REGRESS_PREP = $(if $(top),expected)
ifeq ($(REGRESS),)
undefine REGRESS
endif
ifeq ($(ISOLATION),)
undefine ISOLATION
endif

# The TAP tests start servers, which root may not, and need perl modules.
ifneq ($(filter installcheck,$(MAKECMDGOALS)),)
ifneq ($(wildcard $(top)test/t/*.pl),)
ifeq ($(shell test "$$(id -u)" != 0 && perl -MIPC::Run -MTest::More -e 'print 1' 2>/dev/null),1)
TAP_TESTS = 1
PROVE_TESTS = test/t/*.pl
endif
endif
endif

# A machine without PostgreSQL can still "make demo" and "make test": they
# install it.  Those goals need nothing of PGXS.
OWN_GOALS = demo test test-matrix bench unit lint fuzz fuzz-core fuzz-quals
PG_CONFIG ?= pg_config
ifneq ($(filter-out $(OWN_GOALS),$(or $(MAKECMDGOALS),all)),)
PGXS := $(shell $(PG_CONFIG) --pgxs 2>/dev/null)
ifneq ($(wildcard $(PGXS)),)
include $(PGXS)

# Debian's PGXS tracks no headers, and makes no directories for a VPATH build.
$(OBJS) $(OBJS:.o=.bc): $(PR_HEADERS)
ifneq ($(top),)
$(shell mkdir -p sql $(sort $(dir $(OBJS))))
endif

# These hold the version (on PostgreSQL 18 the module's magic block does).
src/privrelease.o src/common/pr_installed.o src/planner/pr_status.o: $(top)privrelease.control

$(MODULE_big).so: $(top)src/exports.map

sql/privrelease--$(EXTVERSION).sql: $(SQL_PARTS) $(top)privrelease.control
	cat $(SQL_PARTS) > $@

$(UPDATES): sql/privrelease--%--$(EXTVERSION).sql: $(top)sql/update/from_%_before.sql $(top)sql/update/from_%_after.sql \
		$(top)sql/update/renew.awk $(SQL_PARTS) $(top)privrelease.control
	awk -v types=" $(TYPES_$*)" -f $(top)sql/update/renew.awk $(RENEWED_PARTS) > $@.parts
	cat $(top)sql/update/from_$*_before.sql $@.parts $(top)sql/update/from_$*_after.sql > $@
	rm $@.parts

ifneq ($(top),)
expected:
	ln -sfn $(top)expected expected
.PHONY: expected
endif
else
$(filter-out $(OWN_GOALS),$(or $(MAKECMDGOALS),all)):
	@echo "$(PG_CONFIG) gives no server development files (PGXS)." >&2
	@echo "Install them (Debian: apt-get install postgresql-server-dev-15 libssl-dev gcc)" >&2
	@echo "or name the server: make PG_CONFIG=/usr/lib/postgresql/15/bin/pg_config" >&2
	@echo "\"make demo\" and \"make test\" install what they need themselves." >&2
	@exit 1
endif
endif

.PHONY: $(OWN_GOALS)

demo:
	@exec bash "$(top)test/demo/run.sh"

test:
	@exec bash "$(top)test/run.sh"

test-matrix:
	@exec bash "$(top)test/matrix/run.sh"

bench:
	@exec bash "$(top)test/bench/run.sh"

unit:
	@exec bash "$(top)test/unit/run.sh"

fuzz: fuzz-core fuzz-quals

fuzz-core:
	@exec bash "$(top)test/fuzz/run.sh"

fuzz-quals:
	@exec bash "$(top)test/fuzz/derived_run.sh"

lint:
	@exec bash "$(top)test/lint/run.sh"
