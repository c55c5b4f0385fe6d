/*
 * What a network function in C includes (docs/c.md):
 *
 *   int32_t nf_init(void)          once, before any packet: 1 where it is ready. Allocates all that it needs.
 *   int32_t nf_process(...)        each packet, which is changed in place; answers with a port or one of the verdicts.
 *
 * There is no libc and nothing is started before nf_init. State from one packet to the next is kept in libVig.
 */
#ifndef VIGIL_H
#define VIGIL_H

#include "bytes.h"
#include "checksum.h"
#include "debug.h"
#include "libvig.h"
#include "memory.h"
#include "packet.h"

#define NF_EXPORT(name) __attribute__((export_name(#name), visibility("default")))

/* 1: ready. Anything else ends the run before it begins. */
NF_EXPORT(nf_init) int32_t nf_init(void);

/* `packet` holds `length` bytes, from the Ethernet header on; `now` is in nanoseconds and never falls. */
NF_EXPORT(nf_process) int32_t nf_process(int32_t port, void *packet, int32_t length, int64_t now);

/* Verdicts other than a port. */
#define NF_DROP (-1)
#define NF_FLOOD (-2)
/* Out of every port of a set, bit i for port i, below bit 30. */
#define NF_FORWARD_TO_SET(mask) (-(16 + (int32_t)(mask)))

/*
 * A value of nf.yaml, under the name config_NAME:
 *
 *   CONFIG(int32_t, wan, void)           int32_t config_wan(void)
 *   CONFIG(int64_t, deviceMac, int32_t)  int64_t config_deviceMac(int32_t port), with `each: port`, and lists
 *   CONFIG(libvig_handle, routes, void)  a table: map or lpm of libVig
 *
 * Types are those of docs/nf-binary.md: int64_t for u64, mac, duration, bytes and rate, else int32_t.
 */
#define CONFIG(type, name, index) \
  __attribute__((import_module("config"), import_name(#name))) type config_##name(index)

CONFIG(int32_t, portCount, void);

#endif
