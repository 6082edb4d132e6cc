#include "ports.h"
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <termios.h>

int openPort(const char *path) {
  int fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) err(1, "open %s", path);
  struct termios settings;
  if (tcgetattr(fd, &settings) < 0) err(1, "tcgetattr %s", path);
  cfmakeraw(&settings);
  cfsetspeed(&settings, B115200);
  if (tcsetattr(fd, TCSANOW, &settings) < 0) err(1, "tcsetattr %s", path);
  return fd;
}

int makeDevice(void) {
  int fd = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0 || grantpt(fd) < 0 || unlockpt(fd) < 0) err(1, "/dev/ptmx");
  const char *path = ptsname(fd);
  /* Kept open: a device does not hang up when the program that uses it leaves. */
  openPort(path);
  printf("{\"path\":\"%s\"}\n", path);
  return fd;
}
