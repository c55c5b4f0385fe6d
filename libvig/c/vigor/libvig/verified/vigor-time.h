/* Time in nanoseconds. */
#pragma once

#include <inttypes.h>

typedef int64_t vigor_time_t;

#define PRVIGT PRId64
#define VIGOR_TIME_SECONDS_MULTIPLIER (1000000000ul)

/* Both are the time of the packet. */
vigor_time_t current_time(void);
vigor_time_t recent_time(void);
