/* Measured durations, all of them. */
#pragma once
#include <stddef.h>
#include <stdint.h>

struct samples {
  uint64_t *ns;
  size_t count;
  size_t room;
};

void addSample(struct samples *samples, uint64_t ns);
/* As the member "latenciesNs" of a JSON object, with a comma before it. */
void printSamples(const struct samples *samples);
void freeSamples(struct samples *samples);
