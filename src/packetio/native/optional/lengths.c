#include "lengths.h"

#include <errno.h>
#include <linux/if_ether.h>
#include <stdbool.h>

#define TYPE_AT 12

/* One tag of 802.1Q is not counted by the MTU. */
int wrong_length(const uint8_t *bytes, uint32_t length, uint32_t mtu) {
  if (length < ETH_HLEN) return EINVAL;
  if (length <= mtu + ETH_HLEN) return 0;
  bool is_tagged = bytes[TYPE_AT] == ETH_P_8021Q >> 8 && bytes[TYPE_AT + 1] == (ETH_P_8021Q & 255);
  return is_tagged && length <= mtu + ETH_HLEN + TAG_BYTES ? 0 : EMSGSIZE;
}
