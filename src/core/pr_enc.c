/*
 * pr_enc.c
 *		Length-prefixed encoding of field lists; see pr_enc.h.
 */
#include "core/pr_enc.h"

#include <string.h>

uint8_t *
pr_enc_start(uint8_t *out)
{
	memcpy(out, PR_ENC_TAG, PR_ENC_TAG_SIZE);
	return out + PR_ENC_TAG_SIZE;
}

uint8_t *
pr_enc_length(uint8_t *out, uint32_t length)
{
	out[0] = (uint8_t) (length >> 24);
	out[1] = (uint8_t) (length >> 16);
	out[2] = (uint8_t) (length >> 8);
	out[3] = (uint8_t) length;
	return out + PR_ENC_LENGTH_SIZE;
}

uint8_t *
pr_enc_field(uint8_t *out, const void *field, uint32_t length)
{
	out = pr_enc_length(out, length);
	if (length > 0)
		memcpy(out, field, length);
	return out + length;
}
