/* receive SEED RATE BYTES: reads and checks the pattern, at RATE bytes per second (as a line does) or as it comes (0),
   until BYTES have come or, with 0, until it is stopped or told what to expect. */
#include "job.h"
#include "now.h"
#include "pace.h"
#include "pattern.h"
#include <inttypes.h>
#include <stdio.h>

struct receiver {
  struct job job;
  uint64_t seed;
  struct pace pace;
  /* UINT64_MAX: not known. */
  uint64_t total;
  uint64_t received;
  uint64_t wrong;
  uint8_t bytes[maxPattern];
};

static void receiveUpTo(struct receiver *receiver, uint64_t length) {
  if (length > sizeof receiver->bytes) length = sizeof receiver->bytes;
  size_t count = readSome(&receiver->job, receiver->bytes, length);
  receiver->wrong += countWrong(receiver->bytes, count, receiver->seed, receiver->received);
  receiver->received += count;
  if (receiver->received > receiver->total) fail(&receiver->job, "more bytes came than were sent");
  else if (receiver->received == receiver->total) finish(&receiver->job);
}

static void readable(struct job *job) {
  receiveUpTo((struct receiver *)job, maxPattern);
}

static void due(struct job *job) {
  struct receiver *receiver = (struct receiver *)job;
  uint64_t now = nowNs();
  job->dueNs = now + paceTickNs;
  uint64_t allowed = allowedBytes(&receiver->pace, now);
  if (allowed > receiver->received) receiveUpTo(receiver, allowed - receiver->received);
}

static void expect(struct job *job, uint64_t bytes) {
  struct receiver *receiver = (struct receiver *)job;
  receiver->total = bytes;
  if (receiver->received == bytes) finish(job);
  if (receiver->received > bytes) fail(job, "more bytes came than were sent");
}

static void start(struct job *job, const uint64_t arguments[]) {
  struct receiver *receiver = (struct receiver *)job;
  receiver->seed = arguments[0];
  receiver->pace = (struct pace){.bytesPerSecond = arguments[1], .beganNs = job->startedNs};
  receiver->total = arguments[2] == 0 ? UINT64_MAX : arguments[2];
  if (arguments[1] == 0) job->wantsRead = true;
  else job->dueNs = job->startedNs;
}

static void report(const struct job *job) {
  const struct receiver *receiver = (const struct receiver *)job;
  printf(",\"bytes\":%" PRIu64 ",\"wrong\":%" PRIu64, receiver->received, receiver->wrong);
}

const struct jobKind receiveJob = {
    .name = "receive", .size = sizeof(struct receiver), .start = start, .readable = readable, .due = due,
    .expect = expect, .report = report};
