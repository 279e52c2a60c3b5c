/*
 * pr_canonical.h
 *		The bytes that stand for a value in a keyed function.
 *
 * Equal values give equal bytes in every database, encoding, locale, time zone
 * and version; the form begins with a tag of the kind of type:
 *
 *		n	numbers of any type: plain decimal, no trailing zeros, no exponent;
 *			0 for -0; NaN, Infinity, -Infinity
 *		t	text, varchar, bpchar (without trailing blanks), name, "char" and the
 *			like: UTF-8 in normal form C
 *		r	text that is not valid in the database's encoding, or longer than
 *			PR_CANON_MAX_NFC bytes: as stored
 *		x	bytea		b	bool: 0 or 1		u	uuid
 *		d	date: number of the day from 2000-01-01, or (-)Infinity
 *		s	timestamp, z timestamptz: microseconds from 2000-01-01 (UTC), or (-)Infinity
 *		i	inet, cidr: address/bits
 *		e	enum: its label, as text
 *		j	json, jsonb, xml and other types whose binary form depends on the
 *			client's encoding: their text in UTF-8, preceded by be32(type OID)
 *		a	array: dimensions, then the elements, each with its length
 *		o	other built-in types: be32(type OID) and the binary form
 *
 * A domain counts as its base type.  No value makes it raise.
 */
#ifndef PR_CANONICAL_H
#define PR_CANONICAL_H

#include "postgres.h"

#include "fmgr.h"
#include "port/pg_bswap.h"

#include "core/pr_enc.h"

#define PR_CANON_MAX_NFC (16 * 1024 * 1024)

/* A growing string of bytes that is kept from row to row. */
typedef struct PrBuffer
{
	uint8	   *data;
	Size		length;
	Size		capacity;
	MemoryContext context;
} PrBuffer;

/* What is to be known of a type. */
typedef struct PrCanonical PrCanonical;
struct PrCanonical
{
	void		(*append) (PrCanonical *canonical, Datum value, PrBuffer *buffer);
	Oid			type;			/* base type */
	PrCanonical *element;		/* of an array */
	int16		length;			/* of the element */
	bool		by_value;
	char		align;
	FmgrInfo	function;		/* send or output, where one is used */
};

extern void pr_buffer_init(PrBuffer *buffer, MemoryContext context);
extern void pr_buffer_append(PrBuffer *buffer, const void *bytes, Size length);

extern void pr_buffer_enlarge(PrBuffer *buffer, Size length);

/* Room for length more bytes; returns where they begin. */
static inline uint8 *
pr_buffer_reserve(PrBuffer *buffer, Size length)
{
	if (unlikely(buffer->capacity - buffer->length < length))
		pr_buffer_enlarge(buffer, length);
	return buffer->data + buffer->length;
}

/* Has the type a canonical form? */
extern bool pr_canonical_supports(Oid type);

/* What is to be known of a type, kept in context; an error if it has no canonical form. */
extern PrCanonical *pr_canonical_make(Oid type, MemoryContext context);

/* Append the canonical form of a value that is not NULL. */
static inline void
pr_canonical_append(PrCanonical *canonical, Datum value, PrBuffer *buffer)
{
	canonical->append(canonical, value, buffer);
}

/* Append be32(length) and the canonical form: a field of enc(). */
static inline void
pr_canonical_append_field(PrCanonical *canonical, Datum value, PrBuffer *buffer)
{
	Size		start = buffer->length;
	uint32		length;

	(void) pr_buffer_reserve(buffer, PR_ENC_LENGTH_SIZE);
	buffer->length += PR_ENC_LENGTH_SIZE;
	canonical->append(canonical, value, buffer);
	length = pg_hton32((uint32) (buffer->length - start - PR_ENC_LENGTH_SIZE));
	memcpy(buffer->data + start, &length, sizeof(length));
}

/* Append text as the canonical form does, without its tag; false if it stands there as stored. */
extern bool pr_canonical_append_text(const char *bytes, Size length, PrBuffer *buffer);

/*
 * Append text in UTF-8 but not in a normal form, or the byte 0xFF and what is
 * stored where UTF-8 does not say all: different text gives different bytes.
 */
extern void pr_canonical_append_exact(const char *bytes, Size length, PrBuffer *buffer);

#endif							/* PR_CANONICAL_H */
