/* The interface of Vigor's network functions (SOSP 2019, nf.h). entry.c calls it. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "libvig/verified/vigor-time.h"

/* Out of every device but the one it came in by. */
#define FLOOD_FRAME ((uint16_t)-1)

struct nf_config;

bool nf_init(void);

/* The device to send the packet out of; the one it came in by drops it. */
int nf_process(uint16_t device, uint8_t *buffer, uint16_t packet_length, vigor_time_t now);

extern struct nf_config config;

/* Fills `config` from nf.yaml. There are no arguments here: 0 and NULL. */
void nf_config_init(int argc, char **argv);
void nf_config_usage(void);
void nf_config_print(void);
