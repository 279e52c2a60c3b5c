/*
 * pr_log_head.h
 *		A head of the log that somebody kept.
 */
#ifndef PR_LOG_HEAD_H
#define PR_LOG_HEAD_H

#include "postgres.h"

#include "utils/jsonb.h"

#include "audit/pr_log.h"

typedef struct PrLogHead
{
	int64		entry;			/* 0: the log was empty */
	char	   *digest;
	bool		has_key;		/* it was signed: */
	int32		key_version;
	uint8_t		public_key[PR_PUBLIC_KEY_SIZE];
} PrLogHead;

/* What log_head() gave once; an error if it is not that, or was damaged.  Between SPI_connect() and SPI_finish(). */
extern PrLogHead *pr_log_head_parse(Jsonb *document);

#endif							/* PR_LOG_HEAD_H */
