/* What a UART with a FIFO hands on at once, with the moment at which it did. */
#pragma once
#include <stdint.h>

struct burst {
  uint64_t sentNs;
  uint32_t number;
  uint32_t check;
};

static inline uint32_t checkOf(const struct burst *burst) {
  return (uint32_t)(burst->sentNs * 2654435761u) ^ (uint32_t)(burst->sentNs >> 32) ^ ~burst->number;
}
