#include "samples.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

void addSample(struct samples *samples, uint64_t ns) {
  if (samples->count == samples->room) {
    samples->room = samples->room == 0 ? 4096 : 2 * samples->room;
    samples->ns = realloc(samples->ns, samples->room * sizeof *samples->ns);
    if (samples->ns == NULL) abort();
  }
  samples->ns[samples->count++] = ns;
}

void printSamples(const struct samples *samples) {
  printf(",\"latenciesNs\":[");
  for (size_t i = 0; i < samples->count; i++) printf("%s%" PRIu64, i == 0 ? "" : ",", samples->ns[i]);
  printf("]");
}

void freeSamples(struct samples *samples) {
  free(samples->ns);
}
