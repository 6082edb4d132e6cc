/* send SEED RATE BYTES: sends the pattern, at RATE bytes per second or as fast as it can (0), until BYTES are sent or,
   with 0, until it is stopped. */
#include "job.h"
#include "now.h"
#include "pace.h"
#include "pattern.h"
#include <inttypes.h>
#include <stdio.h>

enum { chunkBytes = 16384 };

struct sender {
  struct job job;
  uint64_t seed;
  struct pace pace;
  uint64_t total;
  uint64_t sent;
};

static void sendUpTo(struct sender *sender, uint64_t length) {
  if (sender->total > 0 && length > sender->total - sender->sent) length = sender->total - sender->sent;
  if (length > chunkBytes) length = chunkBytes;
  sender->sent += writeSome(&sender->job, patternAt(sender->seed, sender->sent), length);
  if (sender->total > 0 && sender->sent == sender->total) finish(&sender->job);
}

static void writable(struct job *job) {
  sendUpTo((struct sender *)job, chunkBytes);
}

static void due(struct job *job) {
  struct sender *sender = (struct sender *)job;
  uint64_t now = nowNs();
  job->dueNs = now + paceTickNs;
  uint64_t allowed = allowedBytes(&sender->pace, now);
  if (allowed > sender->sent) sendUpTo(sender, allowed - sender->sent);
}

static void start(struct job *job, const uint64_t arguments[]) {
  struct sender *sender = (struct sender *)job;
  sender->seed = arguments[0];
  sender->pace = (struct pace){.bytesPerSecond = arguments[1], .beganNs = job->startedNs};
  sender->total = arguments[2];
  if (arguments[1] == 0) job->wantsWrite = true;
  else job->dueNs = job->startedNs;
}

static void report(const struct job *job) {
  printf(",\"bytes\":%" PRIu64, ((const struct sender *)job)->sent);
}

const struct jobKind sendJob = {
    .name = "send", .size = sizeof(struct sender), .start = start, .writable = writable, .due = due, .report = report};
