/* One end of a chain. `endpoint device COUNT` makes devices and prints their paths; `endpoint application PATH...` opens
   ports. Then it does what the lines on standard input say, and prints a JSON object for each job that has ended:

     ID JOB PORT [ARGUMENT...]   starts a job (ping, echo, send, receive, burst, collect; see their files)
     ID expect BYTES             tells the running job ID that it is done after BYTES
     ID stop                     ends the job ID
     ID flush PORT               tcflush(TCOFLUSH), what an application does to discard what it wrote
     ID empty PORT               reads whatever is there now, unchecked, and says how much */
#include "job.h"
#include "now.h"
#include "ports.h"
#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

enum { maxPorts = 1024, maxJobs = 2 * maxPorts };

static const struct jobKind *const kinds[] = {&pingJob, &echoJob, &sendJob, &receiveJob, &burstJob, &collectJob};
static int ports[maxPorts];
static size_t portCount;
static struct job *jobs;

static void startJob(const struct jobKind *kind, uint64_t id, int fd, const uint64_t arguments[]) {
  struct job *job = calloc(1, kind->size);
  if (job == NULL) err(1, "%s", kind->name);
  *job = (struct job){.kind = kind, .id = id, .fd = fd, .startedNs = nowNs(), .next = jobs};
  jobs = job;
  kind->start(job, arguments);
}

static void endJob(struct job *job) {
  printf("{\"id\":%" PRIu64 ",\"startedNs\":%" PRIu64 ",\"endedNs\":%" PRIu64, job->id, job->startedNs, job->endedNs);
  if (job->error != NULL) printf(",\"error\":\"%s\"", job->error);
  if (job->kind->report != NULL) job->kind->report(job);
  printf("}\n");
  if (job->kind->discard != NULL) job->kind->discard(job);
  free(job);
}

static void endDoneJobs(void) {
  for (struct job **link = &jobs; *link != NULL;) {
    struct job *job = *link;
    if (job->isDone) {
      *link = job->next;
      endJob(job);
    } else {
      link = &job->next;
    }
  }
  fflush(stdout);
}

static struct job *jobWithId(uint64_t id) {
  for (struct job *job = jobs; job != NULL; job = job->next)
    if (job->id == id) return job;
  return NULL;
}

static void emptyPort(uint64_t id, int fd) {
  static uint8_t bytes[65536];
  uint64_t total = 0;
  for (ssize_t count; (count = read(fd, bytes, sizeof bytes)) > 0;) total += (uint64_t)count;
  printf("{\"id\":%" PRIu64 ",\"bytes\":%" PRIu64 "}\n", id, total);
}

static void flushPort(uint64_t id, int fd) {
  if (tcflush(fd, TCOFLUSH) < 0) err(1, "tcflush");
  printf("{\"id\":%" PRIu64 "}\n", id);
}

static void obey(const char *line) {
  char name[16];
  uint64_t id, first = 0, arguments[maxArguments] = {0};
  int count = sscanf(line, "%" SCNu64 " %15s %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64, &id, name, &first,
                     &arguments[0], &arguments[1], &arguments[2]);
  if (count < 2) errx(1, "not understood: %s", line);
  struct job *job = jobWithId(id);
  /* One that has ended meanwhile has told so. */
  if (strcmp(name, "stop") == 0) return job == NULL ? (void)0 : finish(job);
  if (strcmp(name, "expect") == 0) return job == NULL ? (void)0 : job->kind->expect(job, first);
  if (first >= portCount) errx(1, "no such port: %s", line);
  if (strcmp(name, "flush") == 0) return flushPort(id, ports[first]);
  if (strcmp(name, "empty") == 0) return emptyPort(id, ports[first]);
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
    if (strcmp(name, kinds[i]->name) == 0) return startJob(kinds[i], id, ports[first], arguments);
  errx(1, "no such job: %s", line);
}

/* Commands may come in pieces, and several at once. */
static void readCommands(void) {
  static char text[8192];
  static size_t length;
  ssize_t count = read(STDIN_FILENO, text + length, sizeof text - length);
  if (count <= 0) exit(0);
  length += (size_t)count;
  for (char *end; (end = memchr(text, '\n', length)) != NULL;) {
    *end = '\0';
    obey(text);
    length -= (size_t)(end + 1 - text);
    memmove(text, end + 1, length);
  }
  if (length == sizeof text) errx(1, "a command is too long");
}

static void runJob(struct job *job, short events) {
  if ((events & POLLIN) != 0 && job->kind->readable != NULL) job->kind->readable(job);
  if ((events & POLLOUT) != 0 && !job->isDone && job->kind->writable != NULL) job->kind->writable(job);
  if ((events & (POLLHUP | POLLERR)) != 0 && (events & POLLIN) == 0 && !job->isDone) fail(job, "the port was hung up");
  if (job->dueNs != 0 && !job->isDone && job->dueNs <= nowNs()) job->kind->due(job);
}

static void waitAndRun(void) {
  static struct pollfd polled[1 + maxJobs];
  static struct job *running[maxJobs];
  nfds_t count = 0;
  uint64_t dueNs = UINT64_MAX;
  polled[0] = (struct pollfd){.fd = STDIN_FILENO, .events = POLLIN};
  for (struct job *job = jobs; job != NULL && count < maxJobs; job = job->next) {
    short events = (short)((job->wantsRead ? POLLIN : 0) | (job->wantsWrite ? POLLOUT : 0));
    running[count] = job;
    polled[++count] = (struct pollfd){.fd = job->fd, .events = events};
    if (job->dueNs != 0 && job->dueNs < dueNs) dueNs = job->dueNs;
  }
  uint64_t now = nowNs(), waitNs = dueNs <= now ? 0 : dueNs - now;
  struct timespec wait = {.tv_sec = (time_t)(waitNs / 1000000000u), .tv_nsec = (long)(waitNs % 1000000000u)};
  if (ppoll(polled, count + 1, dueNs == UINT64_MAX ? NULL : &wait, NULL) < 0 && errno != EINTR) err(1, "ppoll");
  for (nfds_t i = 0; i < count; i++) runJob(running[i], polled[i + 1].revents);
  if (polled[0].revents != 0) readCommands();
  endDoneJobs();
}

int main(int argumentCount, char *arguments[]) {
  bool isDevice = argumentCount == 3 && strcmp(arguments[1], "device") == 0;
  if (!isDevice && (argumentCount < 3 || strcmp(arguments[1], "application") != 0))
    errx(2, "usage: endpoint device COUNT | endpoint application PATH...");
  portCount = isDevice ? strtoul(arguments[2], NULL, 10) : (size_t)argumentCount - 2;
  if (portCount > maxPorts) errx(2, "at most %d ports", maxPorts);
  for (size_t i = 0; i < portCount; i++) ports[i] = isDevice ? makeDevice() : openPort(arguments[i + 2]);
  printf("{\"ready\":%zu}\n", portCount);
  fflush(stdout);
  for (;;) waitAndRun();
}
