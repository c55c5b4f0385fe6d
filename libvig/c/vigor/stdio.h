/* There is nothing to read from or to write to. */
#pragma once

#include <stddef.h>
