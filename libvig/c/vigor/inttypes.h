#pragma once

#include <stdint.h>

/* For formats that are written nowhere. */
#define PRId8 "d"
#define PRIu8 "u"
#define PRIu16 "u"
#define PRId32 "d"
#define PRIu32 "u"
#define PRId64 "lld"
#define PRIu64 "llu"
