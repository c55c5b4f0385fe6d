/* A condition that does not hold traps, which proofs show not to happen. */
#pragma once

#define assert(condition) ((condition) ? (void)0 : __builtin_trap())
#define static_assert _Static_assert
