/* echo: sends back what comes, until it is stopped. */
#include "job.h"
#include <stdio.h>
#include <string.h>

struct echo {
  struct job job;
  uint8_t bytes[4096];
  size_t length;
};

/* Reads only when all that came has been sent back. */
static void arm(struct echo *echo) {
  echo->job.wantsWrite = echo->length > 0;
  echo->job.wantsRead = echo->length == 0;
}

static void writable(struct job *job) {
  struct echo *echo = (struct echo *)job;
  size_t sent = writeSome(job, echo->bytes, echo->length);
  echo->length -= sent;
  memmove(echo->bytes, echo->bytes + sent, echo->length);
  arm(echo);
}

static void readable(struct job *job) {
  struct echo *echo = (struct echo *)job;
  echo->length = readSome(job, echo->bytes, sizeof echo->bytes);
  if (echo->length > 0) writable(job);
}

static void start(struct job *job, const uint64_t arguments[]) {
  (void)arguments;
  arm((struct echo *)job);
}

const struct jobKind echoJob = {
    .name = "echo", .size = sizeof(struct echo), .start = start, .readable = readable, .writable = writable};
