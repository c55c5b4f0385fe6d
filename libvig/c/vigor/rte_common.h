/* What Vigor's network functions use of DPDK's. */
#pragma once

#include <stdlib.h>

#define rte_exit(code, ...) exit(code)
