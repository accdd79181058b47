// The day on which the tests run: a library that scripts/test preloads into `swift test`, so that the tests, the
// sandbox, every `inflow` process and PostgreSQL agree on one moment that is not now.
//
// It moves the wall clock by a constant number of seconds, TEST_CLOCK_OFFSET, fixed when it is compiled. Time flows as
// usual; the monotonic clock and the times of files stay as they are. A deadline that a caller computes from the moved
// wall clock is moved back before the kernel sees it. Where a call does not say which clock its deadline belongs to, one
// after September 2001 (a billion seconds) is taken for wall time: no machine is up for that long.
//
// A process that is started with an environment of its own gets the library all the same: tests start `inflow` with
// nothing in its environment, and Inflow starts PostgreSQL so.
//
// Debian's libfaketime 0.9.10 does not serve: with the monotonic clock left alone, an absolute deadline on it (the
// timerfd of libdispatch, under every `Task.sleep` and timeout) comes after minutes, or at once.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <semaphore.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <time.h>

#define OFFSET ((time_t)(TEST_CLOCK_OFFSET))
#define EXPORT __attribute__((visibility("default")))

// The C library's own function. Conditions have an ancient version on x86-64, which a plain look-up may find.
static void *original(const char *name) {
    void *found = dlvsym(RTLD_NEXT, name, "GLIBC_2.3.2");
    return found ? found : dlsym(RTLD_NEXT, name);
}

#define ORIGINAL(result, name, ...)                                 \
    static result (*next)(__VA_ARGS__);                             \
    if (!next) next = (result (*)(__VA_ARGS__))original(#name)

// MARK: what time it is

static int is_wall(clockid_t clock) {
    return clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE || clock == CLOCK_TAI;
}

EXPORT int clock_gettime(clockid_t clock, struct timespec *now) {
    ORIGINAL(int, clock_gettime, clockid_t, struct timespec *);
    int result = next(clock, now);
    if (result == 0 && is_wall(clock)) now->tv_sec += OFFSET;
    return result;
}

EXPORT int gettimeofday(struct timeval *now, void *zone) {
    ORIGINAL(int, gettimeofday, struct timeval *, void *);
    int result = next(now, zone);
    if (result == 0) now->tv_sec += OFFSET;
    return result;
}

EXPORT time_t time(time_t *into) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (into) *into = now.tv_sec;
    return now.tv_sec;
}

EXPORT int timespec_get(struct timespec *now, int base) {
    ORIGINAL(int, timespec_get, struct timespec *, int);
    int result = next(now, base);
    if (result == TIME_UTC) now->tv_sec += OFFSET;
    return result;
}

// MARK: until when to wait

static const struct timespec *moved_back(const struct timespec *deadline, struct timespec *room) {
    if (!deadline || deadline->tv_sec < 1000000000) return deadline;
    *room = *deadline;
    room->tv_sec -= OFFSET;
    return room;
}

EXPORT int pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *mutex, const struct timespec *deadline) {
    ORIGINAL(int, pthread_cond_timedwait, pthread_cond_t *, pthread_mutex_t *, const struct timespec *);
    struct timespec room;
    return next(condition, mutex, moved_back(deadline, &room));
}

EXPORT int pthread_cond_clockwait(
    pthread_cond_t *condition, pthread_mutex_t *mutex, clockid_t clock, const struct timespec *deadline) {
    ORIGINAL(int, pthread_cond_clockwait, pthread_cond_t *, pthread_mutex_t *, clockid_t, const struct timespec *);
    struct timespec room;
    return next(condition, mutex, clock, moved_back(deadline, &room));
}

EXPORT int pthread_mutex_timedlock(pthread_mutex_t *mutex, const struct timespec *deadline) {
    ORIGINAL(int, pthread_mutex_timedlock, pthread_mutex_t *, const struct timespec *);
    struct timespec room;
    return next(mutex, moved_back(deadline, &room));
}

EXPORT int sem_timedwait(sem_t *semaphore, const struct timespec *deadline) {
    ORIGINAL(int, sem_timedwait, sem_t *, const struct timespec *);
    struct timespec room;
    return next(semaphore, moved_back(deadline, &room));
}

EXPORT int clock_nanosleep(clockid_t clock, int flags, const struct timespec *deadline, struct timespec *left) {
    ORIGINAL(int, clock_nanosleep, clockid_t, int, const struct timespec *, struct timespec *);
    struct timespec room;
    return next(clock, flags, flags & TIMER_ABSTIME ? moved_back(deadline, &room) : deadline, left);
}

EXPORT int timerfd_settime(int timer, int flags, const struct itimerspec *when, struct itimerspec *before) {
    ORIGINAL(int, timerfd_settime, int, int, const struct itimerspec *, struct itimerspec *);
    struct itimerspec moved = *when;
    if (flags & TFD_TIMER_ABSTIME) moved_back(&when->it_value, &moved.it_value);
    return next(timer, flags, &moved, before);
}

// MARK: processes that are started

typedef int spawner(
    pid_t *, const char *, const posix_spawn_file_actions_t *, const posix_spawnattr_t *, char *const[], char *const[]);

// Calls `spawn` with this library added to the environment, unless something is preloaded there already.
static int spawn_preloaded(
    spawner *spawn, pid_t *process, const char *path, const posix_spawn_file_actions_t *actions,
    const posix_spawnattr_t *attributes, char *const arguments[], char *const environment[]) {
    Dl_info self;
    size_t count = 0;
    for (; environment && environment[count]; count++)
        if (strncmp(environment[count], "LD_PRELOAD=", 11) == 0)
            return spawn(process, path, actions, attributes, arguments, environment);
    char **more = malloc((count + 2) * sizeof *more);
    char *preload = NULL;
    if (more && dladdr((void *)spawn_preloaded, &self) && (preload = malloc(strlen(self.dli_fname) + 12))) {
        strcpy(preload, "LD_PRELOAD=");
        strcat(preload, self.dli_fname);
        if (count) memcpy(more, environment, count * sizeof *more);
        more[count] = preload;
        more[count + 1] = NULL;
    }
    int result = spawn(process, path, actions, attributes, arguments, preload ? more : environment);
    free(preload);
    free(more);
    return result;
}

EXPORT int posix_spawn(
    pid_t *process, const char *path, const posix_spawn_file_actions_t *actions, const posix_spawnattr_t *attributes,
    char *const arguments[], char *const environment[]) {
    return spawn_preloaded(
        (spawner *)dlsym(RTLD_NEXT, "posix_spawn"), process, path, actions, attributes, arguments, environment);
}

EXPORT int posix_spawnp(
    pid_t *process, const char *path, const posix_spawn_file_actions_t *actions, const posix_spawnattr_t *attributes,
    char *const arguments[], char *const environment[]) {
    return spawn_preloaded(
        (spawner *)dlsym(RTLD_NEXT, "posix_spawnp"), process, path, actions, attributes, arguments, environment);
}
