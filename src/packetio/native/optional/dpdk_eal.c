/*
 * EAL, in a thread of its own: it pins the thread that starts it, and what that thread starts, to processors. What it
 * logs is kept from stderr.
 */
#define _GNU_SOURCE
#include "dpdk.h"

#include <errno.h>
#include <pthread.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_lcore.h>
#include <rte_log.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static FILE *log_stream;
static bool is_heard;
static char first[160];

/* `is_log` is NULL for what DPDK prints besides. */
static ssize_t hear(void *is_log, const char *text, size_t length) {
  if (is_heard && write(STDERR_FILENO, text, length) < 0) is_heard = false;
  if (is_log == NULL || first[0] != '\0' || rte_log_cur_msg_loglevel() > (int)RTE_LOG_ERR) return (ssize_t)length;
  const char *end = memchr(text, '\n', length);
  snprintf(first, sizeof first, "%.*s", end == NULL ? (int)length : (int)(end - text), text);
  return (ssize_t)length;
}

void forget_complaint(void) {
  if (log_stream == NULL) return;
  flockfile(log_stream);
  first[0] = '\0';
  funlockfile(log_stream);
}

const char *complaint(void) { return first; }

struct start {
  int argc;
  char **argv;
  int error;
};

static void *start(void *given) {
  struct start *this = given;
  this->error = rte_eal_init(this->argc, this->argv) < 0 ? rte_errno : 0;
  return NULL;
}

int start_eal(int argc, char **argv, bool is_loud, struct failure *failure) {
  is_heard = is_loud;
  cookie_io_functions_t functions = {.write = hear};
  if (log_stream == NULL) log_stream = fopencookie(&log_stream, "w", functions);
  FILE *rest = fopencookie(NULL, "w", functions);
  if (log_stream == NULL || rest == NULL) return failed(failure, "keeping the log of DPDK", ENOMEM);
  forget_complaint();
  rte_openlog_stream(log_stream);
  /* It prints some of its errors. These are variables of glibc; Node does not write by them. */
  FILE *out = stdout, *err = stderr;
  stdout = stderr = rest;
  struct start given = {.argc = argc, .argv = argv};
  pthread_t thread;
  int error = pthread_create(&thread, NULL, start, &given);
  if (error == 0) error = pthread_join(thread, NULL);
  stdout = out;
  stderr = err;
  fclose(rest);
  /* No other process shares anything with this one. */
  rmdir(rte_eal_get_runtime_dir());
  if (error == 0) error = given.error;
  if (error != 0) return failed(failure, "starting DPDK", error);
  /* Known to DPDK, this thread has a cache of buffers. */
  return rte_thread_register() == 0 ? 0 : failed(failure, "making a thread known to DPDK", rte_errno);
}

void stop_eal(void) {
  rte_thread_unregister();
  rte_eal_cleanup();
}
