/* Nothing is logged here. */
#pragma once

#include <inttypes.h>

#define NF_INFO(...)
#define NF_DEBUG(...)
