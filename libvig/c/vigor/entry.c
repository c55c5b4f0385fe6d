/*
 * The entry points of a network function written for Vigor: what Vigor's main loop does with nf_init, nf_process and the
 * device that this answers.
 */
#include "nf-util.h"
#include "nf.h"
#include "vigor.h"

#define NF_DROP (-1)
#define NF_FLOOD (-2)

__attribute__((export_name("nf_init"), visibility("default"))) int32_t vigor_nf_init(void) {
  nf_config_init(0, NULL);
  return nf_init() ? 1 : 0;
}

__attribute__((noinline)) static void a_borrowed_cell_is_not_returned(void) { __builtin_trap(); }

__attribute__((export_name("nf_process"), visibility("default"))) int32_t
vigor_nf_process(int32_t port, uint8_t *packet, int32_t length, int64_t now) {
  vigor_packet.length = (uint32_t)length;
  vigor_packet.read = 0;
  const uint16_t device = (uint16_t)port;
  const uint16_t to = (uint16_t)nf_process(device, packet, (uint16_t)length, now);
  if (vigor_has_lent()) a_borrowed_cell_is_not_returned();
  /* Vigor's drivers hand on no frame without an Ethernet header. */
  if (to == device || length < (int32_t)sizeof(struct rte_ether_hdr)) return NF_DROP;
  return to == FLOOD_FRAME ? NF_FLOOD : to;
}
