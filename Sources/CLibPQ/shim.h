#include <libpq-fe.h>
#include <spawn.h>

// glibc has these (2.29, 2.34) but does not show them to a module built without _GNU_SOURCE.
int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *actions, const char *path);
int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);
