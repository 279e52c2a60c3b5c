# privrelease: PostgreSQL extension, built with PGXS.

EXTENSION = privrelease
srcdir_ := $(dir $(lastword $(MAKEFILE_LIST)))
EXTVERSION := $(shell sed -n "s/^default_version *= *'\(.*\)'/\1/p" $(srcdir_)privrelease.control)

MODULE_big = privrelease
SOURCES = $(sort $(wildcard $(srcdir_)src/*.c $(srcdir_)src/*/*.c))
OBJS = $(patsubst $(srcdir_)%.c,%.o,$(SOURCES))

SQL_PARTS = $(sort $(wildcard $(srcdir_)sql/[0-9]*.sql))
DATA_built = sql/privrelease--$(EXTVERSION).sql

PG_CPPFLAGS = -I$(srcdir_)src
PG_CFLAGS = -std=gnu11 -Wextra -Wno-unused-parameter -Wno-sign-compare -Wno-missing-field-initializers $(if $(WERROR),-Werror)
SHLIB_LINK = -lcrypto -Wl,--version-script=$(srcdir_)src/exports.map

EXTRA_CLEAN = sql/privrelease--$(EXTVERSION).sql

PG_CONFIG ?= pg_config
PGXS := $(shell $(PG_CONFIG) --pgxs)
include $(PGXS)

# Debian's PGXS tracks no headers.
$(OBJS): $(wildcard $(srcdir_)src/*/*.h)

sql/privrelease--$(EXTVERSION).sql: $(SQL_PARTS)
	@mkdir -p sql
	cat $^ > $@
