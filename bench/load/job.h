/* A job is something that an endpoint does on one of its ports, until it is done or told to stop. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { maxArguments = 4 };

struct job;

/* What the jobs of one name have in common. A function that a kind does not need is NULL. */
struct jobKind {
  const char *name;
  size_t size;
  void (*start)(struct job *job, const uint64_t arguments[maxArguments]);
  void (*readable)(struct job *job);
  void (*writable)(struct job *job);
  /* It is dueNs or later. */
  void (*due)(struct job *job);
  /* While the job runs: the number of bytes after which it is done. */
  void (*expect)(struct job *job, uint64_t bytes);
  /* Prints what the job found, as members of a JSON object, each with a comma before it. */
  void (*report)(const struct job *job);
  void (*discard)(struct job *job);
};

/* The first member of every job. Times are CLOCK_MONOTONIC, which all processes of the machine share. */
struct job {
  const struct jobKind *kind;
  uint64_t id;
  int fd;
  bool wantsRead;
  bool wantsWrite;
  bool isDone;
  const char *error;
  /* 0: never. */
  uint64_t dueNs;
  uint64_t startedNs;
  uint64_t endedNs;
  struct job *next;
};

extern const struct jobKind pingJob, echoJob, sendJob, receiveJob, burstJob, collectJob;

void finish(struct job *job);
void fail(struct job *job, const char *error);
/* As read(2) and write(2); 0 when the port has nothing or takes nothing now, and then or on any error the job knows. */
size_t readSome(struct job *job, void *bytes, size_t length);
size_t writeSome(struct job *job, const void *bytes, size_t length);
