#include "port.h"

#include <stdarg.h>
#include <stdio.h>

int failed(struct failure *failure, const char *operation, int error) {
  failure->operation = operation;
  failure->error = error;
  failure->detail[0] = '\0';
  return -1;
}

int failed_with(struct failure *failure, const char *operation, int error, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(failure->detail, sizeof failure->detail, format, arguments);
  va_end(arguments);
  failure->operation = operation;
  failure->error = error;
  return -1;
}
