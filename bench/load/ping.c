/* ping SIZE MS: sends SIZE bytes, waits until they have come back, and again, for MS milliseconds. */
#include "job.h"
#include "now.h"
#include "pattern.h"
#include "samples.h"
#include <inttypes.h>
#include <stdio.h>

/* A chain that has lost a byte never answers. */
static const uint64_t patienceNs = 10000000000u;

struct ping {
  struct job job;
  size_t size;
  uint64_t untilNs;
  uint64_t offset;
  size_t received;
  uint64_t sentNs;
  uint64_t wrong;
  struct samples samples;
};

static void sendNext(struct ping *ping) {
  ping->sentNs = nowNs();
  ping->received = 0;
  ping->job.dueNs = ping->sentNs + patienceNs;
  size_t sent = writeSome(&ping->job, patternAt(1, ping->offset), ping->size);
  if (sent != ping->size && !ping->job.isDone) fail(&ping->job, "an idle port took only part of a ping");
}

static void start(struct job *job, const uint64_t arguments[]) {
  struct ping *ping = (struct ping *)job;
  ping->size = arguments[0];
  ping->untilNs = job->startedNs + arguments[1] * 1000000;
  job->wantsRead = true;
  sendNext(ping);
}

static void readable(struct job *job) {
  struct ping *ping = (struct ping *)job;
  uint8_t bytes[4096];
  /* Room for one byte more than is expected, so that a doubled one is seen. */
  size_t count = readSome(job, bytes, ping->size - ping->received + 1);
  if (ping->received + count > ping->size) return fail(job, "more bytes came back than were sent");
  ping->wrong += countWrong(bytes, count, 1, ping->offset + ping->received);
  ping->received += count;
  if (ping->received < ping->size) return;
  uint64_t now = nowNs();
  addSample(&ping->samples, now - ping->sentNs);
  ping->offset += ping->size;
  if (now >= ping->untilNs) finish(job);
  else sendNext(ping);
}

static void due(struct job *job) {
  fail(job, "a ping did not come back within 10 s");
}

static void report(const struct job *job) {
  const struct ping *ping = (const struct ping *)job;
  printf(",\"bytes\":%" PRIu64 ",\"wrong\":%" PRIu64, ping->offset, ping->wrong);
  printSamples(&ping->samples);
}

static void discard(struct job *job) {
  freeSamples(&((struct ping *)job)->samples);
}

const struct jobKind pingJob = {
    .name = "ping", .size = sizeof(struct ping), .start = start, .readable = readable, .due = due, .report = report,
    .discard = discard};
