/* collect: reads bursts and how long each was under way, until it is stopped or told how many bytes to expect. */
#include "burst.h"
#include "job.h"
#include "now.h"
#include "samples.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct collector {
  struct job job;
  uint64_t total;
  uint64_t received;
  uint64_t wrong;
  uint32_t number;
  uint8_t bytes[4096 + sizeof(struct burst)];
  size_t length;
  struct samples samples;
};

static void take(struct collector *collector, const uint8_t *bytes, uint64_t now) {
  struct burst burst;
  memcpy(&burst, bytes, sizeof burst);
  if (burst.check != checkOf(&burst) || burst.number != collector->number) collector->wrong += sizeof burst;
  else addSample(&collector->samples, now - burst.sentNs);
  collector->number++;
}

static void endWhenComplete(struct collector *collector) {
  if (collector->received > collector->total) fail(&collector->job, "more bytes came than were sent");
  else if (collector->received == collector->total) finish(&collector->job);
}

static void readable(struct job *job) {
  struct collector *collector = (struct collector *)job;
  size_t count = readSome(job, collector->bytes + collector->length, 4096);
  uint64_t now = nowNs();
  collector->received += count;
  collector->length += count;
  size_t taken = 0;
  for (; collector->length - taken >= sizeof(struct burst); taken += sizeof(struct burst))
    take(collector, collector->bytes + taken, now);
  collector->length -= taken;
  memmove(collector->bytes, collector->bytes + taken, collector->length);
  if (!job->isDone) endWhenComplete(collector);
}

static void expect(struct job *job, uint64_t bytes) {
  struct collector *collector = (struct collector *)job;
  collector->total = bytes;
  endWhenComplete(collector);
}

static void start(struct job *job, const uint64_t arguments[]) {
  (void)arguments;
  ((struct collector *)job)->total = UINT64_MAX;
  job->wantsRead = true;
}

static void report(const struct job *job) {
  const struct collector *collector = (const struct collector *)job;
  printf(",\"bytes\":%" PRIu64 ",\"wrong\":%" PRIu64, collector->received, collector->wrong);
  printSamples(&collector->samples);
}

static void discard(struct job *job) {
  freeSamples(&((struct collector *)job)->samples);
}

const struct jobKind collectJob = {
    .name = "collect", .size = sizeof(struct collector), .start = start, .readable = readable, .expect = expect,
    .report = report, .discard = discard};
