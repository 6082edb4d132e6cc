#include "job.h"
#include "now.h"
#include <errno.h>
#include <string.h>
#include <unistd.h>

void finish(struct job *job) {
  job->isDone = true;
  job->endedNs = nowNs();
}

void fail(struct job *job, const char *error) {
  job->error = error;
  finish(job);
}

static size_t moved(struct job *job, ssize_t count) {
  if (count >= 0) return (size_t)count;
  if (errno != EAGAIN && errno != EINTR) fail(job, strerror(errno));
  return 0;
}

size_t readSome(struct job *job, void *bytes, size_t length) {
  return moved(job, read(job->fd, bytes, length));
}

size_t writeSome(struct job *job, const void *bytes, size_t length) {
  return moved(job, write(job->fd, bytes, length));
}
