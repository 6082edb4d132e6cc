/* What the bytes of a stream have to be: any that is lost, doubled, changed or out of order shows. */
#pragma once
#include <stddef.h>
#include <stdint.h>

/* At most this many bytes at once. */
enum { maxPattern = 65536 };

/* The bytes of a stream from `offset` on. */
const uint8_t *patternAt(uint64_t seed, uint64_t offset);
/* How many of the bytes differ from the pattern. */
size_t countWrong(const uint8_t *bytes, size_t length, uint64_t seed, uint64_t offset);
