/* How many bytes may have moved by now on a line with a rate. */
#pragma once
#include <stdint.h>

struct pace {
  uint64_t bytesPerSecond;
  uint64_t beganNs;
};

/* How often what keeps a pace looks at the clock. */
static const uint64_t paceTickNs = 1000000;

static inline uint64_t allowedBytes(const struct pace *pace, uint64_t nowNs) {
  return (uint64_t)((double)(nowNs - pace->beganNs) * (double)pace->bytesPerSecond / 1e9);
}
