/* How long a program takes from exec until it is of use: prints microseconds, and ends the program.

     started exit COMMAND...        until it has ended
     started tcp PORT COMMAND...    until PORT of the loopback interface can be connected to
     started link PATH COMMAND...   until a byte written to the serial port PATH has come back */
#include "now.h"
#include "ports.h"
#include <arpa/inet.h>
#include <err.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static const uint64_t patienceNs = 20000000000u;
static const struct timespec step = {.tv_nsec = 300000};

static pid_t startProgram(char *command[]) {
  pid_t pid = fork();
  if (pid < 0) err(1, "fork");
  if (pid > 0) return pid;
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  int null = open("/dev/null", O_RDWR);
  dup2(null, STDIN_FILENO);
  dup2(null, STDOUT_FILENO);
  dup2(null, STDERR_FILENO);
  execvp(command[0], command);
  _exit(127);
}

static bool canConnect(const char *tcpPort) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(tcpPort))};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  bool connected = connect(fd, (struct sockaddr *)&address, sizeof address) == 0;
  close(fd);
  return connected;
}

static bool comesBack(const char *path) {
  if (access(path, R_OK | W_OK) < 0) return false;
  int fd = openPort(path);
  char byte = 'x';
  if (write(fd, &byte, 1) != 1) err(1, "write %s", path);
  struct pollfd polled = {.fd = fd, .events = POLLIN};
  bool came = poll(&polled, 1, (int)(patienceNs / 1000000)) == 1 && read(fd, &byte, 1) == 1 && byte == 'x';
  close(fd);
  return came;
}

static bool isOfUse(const char *what, const char *where) {
  return strcmp(what, "tcp") == 0 ? canConnect(where) : comesBack(where);
}

static void waitUntilOfUse(pid_t pid, const char *what, const char *where) {
  uint64_t deadline = nowNs() + patienceNs;
  while (!isOfUse(what, where)) {
    if (waitpid(pid, NULL, WNOHANG) != 0) errx(1, "the program ended before it was of use");
    if (nowNs() > deadline) errx(1, "the program is not of use after 20 s");
    nanosleep(&step, NULL);
  }
}

int main(int count, char *arguments[]) {
  bool isExit = count > 2 && strcmp(arguments[1], "exit") == 0;
  if (!isExit && count < 4) errx(2, "usage: started exit|tcp PORT|link PATH COMMAND...");
  uint64_t startedNs = nowNs();
  pid_t pid = startProgram(arguments + (isExit ? 2 : 3));
  if (isExit) waitpid(pid, NULL, 0);
  else waitUntilOfUse(pid, arguments[1], arguments[2]);
  printf("%.0f\n", (double)(nowNs() - startedNs) / 1000);
  fflush(stdout);
  if (isExit) return 0;
  kill(pid, SIGTERM);
  waitpid(pid, NULL, 0);
}
