/* Network namespaces: held by a file descriptor, so that they go with the process that holds it, however that ends. */
#define _GNU_SOURCE
#include "port.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const OWN = "/proc/thread-self/ns/net";

int create_namespace(struct failure *failure) {
  int back = open(OWN, O_RDONLY | O_CLOEXEC);
  if (back < 0) return failed(failure, "opening the present network namespace", errno);
  if (unshare(CLONE_NEWNET) != 0) {
    int error = errno;
    close(back);
    return failed(failure, "making a network namespace", error);
  }
  int made = open(OWN, O_RDONLY | O_CLOEXEC);
  int error = errno;
  leave_namespace(back);
  return made < 0 ? failed(failure, "opening the new network namespace", error) : made;
}

int enter_namespace(int fd, int *back, struct failure *failure) {
  *back = -1;
  if (fd < 0) return 0;
  int own = open(OWN, O_RDONLY | O_CLOEXEC);
  if (own < 0) return failed(failure, "opening the present network namespace", errno);
  if (setns(fd, CLONE_NEWNET) != 0) {
    int error = errno;
    close(own);
    return failed(failure, "entering a network namespace", error);
  }
  *back = own;
  return 0;
}

void leave_namespace(int back) {
  if (back < 0) return;
  /* A thread left in a foreign namespace would open its next sockets there: there is no going on. */
  if (setns(back, CLONE_NEWNET) != 0) {
    perror("vigil: cannot return to the network namespace");
    abort();
  }
  close(back);
}

int write_in_namespace(int fd, const char *path, const char *text, struct failure *failure) {
  int back;
  if (enter_namespace(fd, &back, failure) != 0) return -1;
  int file = open(path, O_WRONLY | O_CLOEXEC);
  int error = errno;
  if (file >= 0 && write(file, text, strlen(text)) < 0) error = errno;
  else if (file >= 0) error = 0;
  if (file >= 0) close(file);
  leave_namespace(back);
  return error == 0 ? 0 : failed_with(failure, "writing a setting of the network", error, "%s", path);
}
