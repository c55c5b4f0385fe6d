/* How long the frames of a link may be. */
#ifndef VIGIL_LENGTHS_H
#define VIGIL_LENGTHS_H

#include <stdint.h>

#define TAG_BYTES 4u

/* Whether a link of this MTU carries a frame, where no kernel says so: 0, or EMSGSIZE or EINVAL. */
int wrong_length(const uint8_t *bytes, uint32_t length, uint32_t mtu);

#endif
