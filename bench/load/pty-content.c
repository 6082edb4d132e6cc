/* pty-content PID PATH: what an application has written to the pseudo terminal PATH and the process PID, which has its
   other end, has not read yet. Takes it away: the process, which has to be stopped, is of no use afterwards. The kernel
   tells nobody how much that is, and reading is exact (pidfd_getfd(2)). Prints the number of bytes, or nothing when the
   process does not have the other end. */
#include <dirent.h>
#include <err.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* What one read may leave in the kernel's buffers comes up within this time. */
enum { settleMs = 100 };

static unsigned numberOf(const char *path) {
  char resolved[4096];
  unsigned number;
  if (realpath(path, resolved) == NULL) err(1, "%s", path);
  if (sscanf(resolved, "/dev/pts/%u", &number) != 1) errx(1, "%s is no pseudo terminal", resolved);
  return number;
}

/* A descriptor of our own for the process's descriptor, or -1 when that is not the pseudo terminal's other end. */
static int takeOtherEnd(int process, int theirs, unsigned wanted) {
  int fd = (int)syscall(SYS_pidfd_getfd, process, theirs, 0);
  if (fd < 0) err(1, "pidfd_getfd");
  unsigned number;
  if (ioctl(fd, TIOCGPTN, &number) == 0 && number == wanted) return fd;
  close(fd);
  return -1;
}

static int otherEnd(const char *pid, unsigned number) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%s/fd", pid);
  int process = (int)syscall(SYS_pidfd_open, atoi(pid), 0);
  DIR *directory = opendir(path);
  if (process < 0 || directory == NULL) err(1, "%s", path);
  int fd = -1;
  for (struct dirent *entry; fd < 0 && (entry = readdir(directory)) != NULL;)
    if (entry->d_name[0] != '.') fd = takeOtherEnd(process, atoi(entry->d_name), number);
  closedir(directory);
  return fd;
}

int main(int count, char *arguments[]) {
  if (count != 3) errx(2, "usage: pty-content PID PATH");
  int fd = otherEnd(arguments[1], numberOf(arguments[2]));
  if (fd < 0) return 0;
  int isPacketMode = 0;
  ioctl(fd, TIOCGPKT, &isPacketMode);
  uint64_t total = 0;
  struct pollfd polled = {.fd = fd, .events = POLLIN};
  while (poll(&polled, 1, settleMs) == 1) {
    static char bytes[65536];
    ssize_t length = read(fd, bytes, sizeof bytes);
    if (length <= 0) break;
    /* In packet mode (tty_ioctl(4), TIOCPKT) a byte of status stands before what came. */
    total += (uint64_t)length - (isPacketMode != 0);
  }
  printf("%ju\n", (uintmax_t)total);
}
