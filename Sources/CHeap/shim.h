// The C library's heap, whose header the toolchain's own module leaves out.

#ifndef INFLOW_CHEAP_SHIM_H
#define INFLOW_CHEAP_SHIM_H

#include <malloc.h>

/// Sets how many heaps the threads of the process share; 1 where that worked.
static inline int shim_set_heaps(int most) { return mallopt(M_ARENA_MAX, most); }

/// Gives blocks above so many bytes, and free memory above as many at a heap's end, back to the system at once; 1 where
/// that worked.
static inline int shim_give_back(int above) {
  return mallopt(M_MMAP_THRESHOLD, above) & mallopt(M_TRIM_THRESHOLD, above);
}

#endif
