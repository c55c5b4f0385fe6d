/*
 * The XDP program that hands frames to an AF_XDP socket. It is ours and is held by a link, which the kernel frees with this
 * process: nothing stays on the interface.
 */
#define _GNU_SOURCE
#include "af_xdp.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <linux/if_link.h>
#include <stddef.h>
#include <unistd.h>

/* return bpf_redirect_map(map, context->rx_queue_index, XDP_PASS) */
static int load_program(int map) {
  const struct bpf_insn code[] = {
      {.code = BPF_LDX | BPF_MEM | BPF_W, .dst_reg = BPF_REG_2, .src_reg = BPF_REG_1,
       .off = offsetof(struct xdp_md, rx_queue_index)},
      {.code = BPF_LD | BPF_IMM | BPF_DW, .dst_reg = BPF_REG_1, .src_reg = BPF_PSEUDO_MAP_FD, .imm = map},
      {.code = 0}, /* the upper half of it */
      {.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_3, .imm = XDP_PASS},
      {.code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_redirect_map},
      {.code = BPF_JMP | BPF_EXIT},
  };
  return bpf_prog_load(BPF_PROG_TYPE_XDP, "vigil", "Apache-2.0", code, sizeof code / sizeof code[0], NULL);
}

/* In the driver, or, where it does not do so, on the packets that it makes (generic XDP). */
int attach_program(struct xdp_program *this, int index, const char *name, struct failure *failure) {
  this->map = bpf_map_create(BPF_MAP_TYPE_XSKMAP, "vigil", sizeof(uint32_t), sizeof(int), 1, NULL);
  if (this->map < 0) return failed(failure, "making a map of AF_XDP sockets", -this->map);
  int program = load_program(this->map);
  if (program < 0) return failed(failure, "loading an XDP program", -program);
  LIBBPF_OPTS(bpf_link_create_opts, how, .flags = XDP_FLAGS_DRV_MODE);
  this->link = bpf_link_create(program, index, BPF_XDP, &how);
  this->is_native = this->link >= 0;
  /* Another program is in the way of both. */
  if (this->link < 0 && this->link != -EBUSY && this->link != -EEXIST) {
    how.flags = XDP_FLAGS_SKB_MODE;
    this->link = bpf_link_create(program, index, BPF_XDP, &how);
  }
  close(program);
  return this->link >= 0 ? 0 : failed_with(failure, "attaching an XDP program to", -this->link, "%s", name);
}
