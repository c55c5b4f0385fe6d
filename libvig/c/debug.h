/*
 * What a network function says while it is written: `vigil replay --debug-build` and `vigil run --debug-build` print it,
 * a line for each call, with the name, the packet and the port. In every other build nothing of it is in the module, and
 * arguments are checked but not evaluated, as those of assert. A debug build is never proved.
 *
 *   vigil_debug("no such flow");
 *   vigil_debug_ipv4("from", ip->source);
 */
#ifndef VIGIL_DEBUG_H
#define VIGIL_DEBUG_H

#include <stdint.h>

#define DEBUG_IMPORT(name) __attribute__((import_module("debug"), import_name(#name))) void debug_##name

DEBUG_IMPORT(text)(const char *text);
DEBUG_IMPORT(signed)(const char *text, int64_t value);
DEBUG_IMPORT(unsigned)(const char *text, uint64_t value);
DEBUG_IMPORT(ipv4)(const char *text, uint32_t address);
DEBUG_IMPORT(ipv6)(const char *text, const void *address);
DEBUG_IMPORT(mac)(const char *text, const void *address);
DEBUG_IMPORT(bytes)(const char *text, const void *start, int32_t length);

#ifdef VIGIL_DEBUG_BUILD
#define DEBUG_SAY(call) (call)
#else
/* Checked like the other, and nothing of it is left. */
#define DEBUG_SAY(call) ((void)sizeof((call), 0))
#endif

#define vigil_debug(text) DEBUG_SAY(debug_text(text))
/* Any integer, in the order of this side: ntohs(tcp->source_port). */
#define vigil_debug_number(text, value) \
  DEBUG_SAY(_Generic((value), uint64_t: debug_unsigned, default: debug_signed)(text, value))
/* As it stands in the packet. */
#define vigil_debug_ipv4(text, address) DEBUG_SAY(debug_ipv4(text, address))
/* Where 16, 6 and `length` bytes lie. */
#define vigil_debug_ipv6(text, address) DEBUG_SAY(debug_ipv6(text, address))
#define vigil_debug_mac(text, address) DEBUG_SAY(debug_mac(text, address))
#define vigil_debug_bytes(text, start, length) DEBUG_SAY(debug_bytes(text, start, length))

#endif
