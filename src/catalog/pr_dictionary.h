/*
 * pr_dictionary.h
 *		Dictionaries of fake(): copies of a list of texts, never the table itself.
 */
#ifndef PR_DICTIONARY_H
#define PR_DICTIONARY_H

#include "postgres.h"

#define PR_DICTIONARY_MAX_ENTRIES 1000000

typedef struct PrDictionary
{
	int32		id;
	uint32		n;
	text	  **entries;
} PrDictionary;

/*
 * Copy the first text column of a table (its name as a user writes it) into the
 * catalogue and return the copy's id; equal contents have one id.  The table is
 * read with the caller's rights, or as its owner if the caller is superuser.
 * Works inside and outside an SPI connection of the caller.
 */
extern int32 pr_dictionary_load(const char *table_name);

/* The entries of a dictionary, cached in this backend; valid until the next call.  An error if there is none. */
extern const PrDictionary *pr_dictionary_get(int32 id);

#endif							/* PR_DICTIONARY_H */
