/* A libc between a program and its disk, for LD_PRELOAD: the N-th call of a kind fails. strace can make a call fail
 * without doing it; only this can do it and then say that it failed.
 *
 * Set by the environment or by shim_arm: which call ("pwrite", "fdatasync", "fsync", "rename", "ftruncate", "unlink",
 * "any"), the N-th of them counted from 1 on files whose path holds a text, and the fault: */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

enum { NONE, LOST_EIO, LOST_ENOSPC, KEPT_EIO, KILL_BEFORE, KILL_AFTER, SHORT, HANG };
static const char *const faults[] = {"none", "lost-eio", "lost-enospc", "kept-eio", "kill-before", "kill-after", "short",
                                     "hang"};

static char wanted_call[16], wanted_path[256];
static int fault, wanted, seen, hang_s;

void shim_arm(const char *call, int when, const char *name, const char *path, int seconds) {
    snprintf(wanted_call, sizeof wanted_call, "%s", call);
    snprintf(wanted_path, sizeof wanted_path, "%s", path);
    wanted = when;
    hang_s = seconds;
    __atomic_store_n(&seen, 0, __ATOMIC_SEQ_CST);
    fault = NONE;
    for (int i = 0; i < (int)(sizeof faults / sizeof *faults); i++)
        if (strcmp(faults[i], name) == 0) fault = i;
}

int shim_seen(void) { return __atomic_load_n(&seen, __ATOMIC_SEQ_CST); }

__attribute__((constructor)) static void from_environment(void) {
    const char *call = getenv("SHIM_CALL"), *when = getenv("SHIM_WHEN"), *name = getenv("SHIM_FAULT");
    const char *path = getenv("SHIM_PATH"), *seconds = getenv("SHIM_SECONDS");
    if (call && when && name) shim_arm(call, atoi(when), name, path ? path : "", seconds ? atoi(seconds) : 0);
}

/* The fault for this call. HANG is for the N-th and all that follow it. */
static int due(const char *call, int fd, const char *path) {
    char link[64], found[4096];
    if (!*wanted_call || (strcmp(wanted_call, call) && strcmp(wanted_call, "any"))) return NONE;
    if (!path) {
        snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
        ssize_t length = readlink(link, found, sizeof found - 1);
        found[length < 0 ? 0 : length] = 0;
        path = found;
    }
    if (!strstr(path, wanted_path)) return NONE;
    int number = __atomic_add_fetch(&seen, 1, __ATOMIC_SEQ_CST);
    int now = number == wanted || (fault == HANG && number > wanted) ? fault : NONE;
    if (now == KILL_BEFORE) kill(getpid(), SIGKILL);
    if (now == HANG) sleep(hang_s);
    return now;
}

static long failed(int error) {
    errno = error;
    return -1;
}

/* The real call where the fault lets it happen, and what the program is told of it. */
#define PASS(now, real)                                \
    do {                                               \
        int fault_now = (now);                         \
        if (fault_now == LOST_EIO) return failed(EIO); \
        if (fault_now == LOST_ENOSPC) return failed(ENOSPC); \
        long result = (real);                          \
        if (fault_now == KILL_AFTER) kill(getpid(), SIGKILL); \
        if (fault_now == KEPT_EIO) return failed(EIO); \
        return result;                                 \
    } while (0)

#define REAL(type, name) ((type)dlsym(RTLD_NEXT, name))

ssize_t pwrite64(int fd, const void *data, size_t length, off64_t offset) {
    int now = due("pwrite", fd, NULL);
    if (now == SHORT && length > 1) length /= 2;
    PASS(now, REAL(ssize_t(*)(int, const void *, size_t, off64_t), "pwrite64")(fd, data, length, offset));
}
ssize_t pwrite(int fd, const void *data, size_t length, off_t offset) { return pwrite64(fd, data, length, offset); }

int fdatasync(int fd) { PASS(due("fdatasync", fd, NULL), REAL(int (*)(int), "fdatasync")(fd)); }
int fsync(int fd) { PASS(due("fsync", fd, NULL), REAL(int (*)(int), "fsync")(fd)); }

int ftruncate64(int fd, off64_t length) {
    PASS(due("ftruncate", fd, NULL), REAL(int (*)(int, off64_t), "ftruncate64")(fd, length));
}
int ftruncate(int fd, off_t length) { return ftruncate64(fd, length); }

int rename(const char *from, const char *to) {
    PASS(due("rename", -1, to), REAL(int (*)(const char *, const char *), "rename")(from, to));
}
int unlink(const char *path) { PASS(due("unlink", -1, path), REAL(int (*)(const char *), "unlink")(path)); }
