/*
 * pr_enc.h
 *		The one encoding of what goes into a keyed function.
 *
 *	enc(f1..fk) = "privrelease/v1" || be32(len f1) || f1 || ... || be32(len fk) || fk
 *
 * It is injective on lists of byte strings, so that ("ab", "c"), ("a", "bc")
 * and ("abc") differ: an attacker who chooses one field cannot imitate another
 * list.  Nothing of this extension is put under a key without it.
 *
 * The caller provides the room: PR_ENC_TAG_SIZE, and PR_ENC_FIELD_SIZE(len) for
 * each field.  The functions return the first byte after what they wrote.
 */
#ifndef PR_ENC_H
#define PR_ENC_H

#include <stddef.h>
#include <stdint.h>

#define PR_ENC_TAG "privrelease/v1"
#define PR_ENC_TAG_SIZE 14
#define PR_ENC_LENGTH_SIZE 4
#define PR_ENC_FIELD_SIZE(len) (PR_ENC_LENGTH_SIZE + (size_t) (len))

extern uint8_t *pr_enc_start(uint8_t *out);
extern uint8_t *pr_enc_length(uint8_t *out, uint32_t length);
extern uint8_t *pr_enc_field(uint8_t *out, const void *field, uint32_t length);

#endif							/* PR_ENC_H */
