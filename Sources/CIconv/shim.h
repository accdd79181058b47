#include <iconv.h>
#include <errno.h>

/// What `iconv_open` returns where it does not know a name.
static inline _Bool ciconv_is_open(iconv_t converter) { return converter != (iconv_t)-1; }

/// Why the last call failed; the macro `errno` is not imported.
static inline int ciconv_error(void) { return errno; }
