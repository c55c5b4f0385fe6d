/* A thread that sends frames when they are due, whatever else the process does. */
#ifndef VIGIL_PACER_H
#define VIGIL_PACER_H

#include "port.h"

/* What the thread is told, and tells, of a frame besides `struct frame`; src/packetio/pacer.ts has the same layout. */
struct paced {
  int64_t sent;  /* when it was handed over: nanoseconds since the origin */
  uint32_t port; /* which of the ports */
  int32_t error; /* 0: sent; errno of what its port said; ECANCELED: the pacer was stopped before */
};
_Static_assert(sizeof(struct paced) == 16 && offsetof(struct paced, port) == 8, "layout of pacer.ts");

struct pacer;

/*
 * A ring of `slots` frames. Frame n of all lies in slot n modulo `slots`; its `time` is when it is due: nanoseconds since the
 * origin, which is one of CLOCK_MONOTONIC. All of this stays where it is until the pacer was stopped.
 */
struct pacer_options {
  struct port *const *ports;
  uint8_t *arena;
  struct frame *frames;
  struct paced *paced;
  uint32_t slots;
  int64_t origin;
  int64_t spin; /* nanoseconds before a frame is due during which the thread does not sleep */
};

struct pacer *start_pacer(const struct pacer_options *options, struct failure *failure);
/* All frames before the `head`th may be sent. */
void publish_frames(struct pacer *pacer, uint64_t head);
/* How many frames were handed to their ports, or are just being; those after them are sent later than this is asked. */
uint64_t begun_frames(struct pacer *pacer);
/* How many frames are done with, one way or the other; their slots are free. */
uint64_t finished_frames(struct pacer *pacer);
/* How many of the published frames were not sent for it. The ports are free after that. */
uint64_t stop_pacer(struct pacer *pacer);

#endif
