/* burst RATE MS PHASE: what comes over a line with RATE bytes per second in bursts of 16, for MS milliseconds. PHASE
   (nanoseconds) keeps the ports of an agent out of step, as lines are. A burst that the port does not take whole is lost,
   as in a UART: the device never waits. */
#include "burst.h"
#include "job.h"
#include "now.h"
#include <inttypes.h>
#include <stdio.h>

struct bursts {
  struct job job;
  uint64_t intervalNs;
  uint64_t untilNs;
  uint32_t sent;
  uint64_t overruns;
};

static void due(struct job *job) {
  struct bursts *bursts = (struct bursts *)job;
  uint64_t now = nowNs();
  if (now >= bursts->untilNs) return finish(job);
  job->dueNs += bursts->intervalNs;
  struct burst burst = {.sentNs = now, .number = bursts->sent};
  burst.check = checkOf(&burst);
  size_t count = writeSome(job, &burst, sizeof burst);
  if (count == sizeof burst) bursts->sent++;
  else if (count == 0) bursts->overruns++;
  else fail(job, "the port took part of a burst");
}

static void start(struct job *job, const uint64_t arguments[]) {
  struct bursts *bursts = (struct bursts *)job;
  bursts->intervalNs = sizeof(struct burst) * 1000000000u / arguments[0];
  bursts->untilNs = job->startedNs + arguments[1] * 1000000;
  job->dueNs = job->startedNs + arguments[2];
}

static void report(const struct job *job) {
  const struct bursts *bursts = (const struct bursts *)job;
  uint64_t bytes = bursts->sent * sizeof(struct burst);
  printf(",\"bytes\":%" PRIu64 ",\"overruns\":%" PRIu64, bytes, bursts->overruns);
}

const struct jobKind burstJob = {
    .name = "burst", .size = sizeof(struct bursts), .start = start, .due = due, .report = report};
