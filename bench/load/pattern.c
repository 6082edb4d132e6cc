#include "pattern.h"
#include <string.h>

/* A prime, so that no buffer's size is a multiple of it: a lost buffer never leaves the right bytes behind. */
enum { period = 65521 };
static uint8_t table[period + maxPattern];

__attribute__((constructor)) static void fill(void) {
  uint32_t state = 2463534242u;
  for (size_t i = 0; i < period; i++) {
    /* xorshift32 (Marsaglia, Xorshift RNGs, 2003) */
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    table[i] = (uint8_t)(state >> 24);
  }
  for (size_t i = 0; i < maxPattern; i++) table[period + i] = table[i % period];
}

const uint8_t *patternAt(uint64_t seed, uint64_t offset) {
  return table + (seed * 7919 + offset) % period;
}

size_t countWrong(const uint8_t *bytes, size_t length, uint64_t seed, uint64_t offset) {
  const uint8_t *expected = patternAt(seed, offset);
  if (memcmp(bytes, expected, length) == 0) return 0;
  size_t wrong = 0;
  for (size_t i = 0; i < length; i++) wrong += bytes[i] != expected[i];
  return wrong;
}
