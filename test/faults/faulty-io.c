/*
 * Preloaded into a process, makes the nth operation that changes a file below one directory fail. What to do stands in a
 * file that is mapped into memory, so that the process can set a new fault without being started anew.
 *
 * EGIDE_FAULT_DIRECTORY: the directory, absolute and without links. EGIDE_FAULT_CONTROL: the file, 6 native int64.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

struct control {
  _Atomic int64_t countdown; /* the fault is when it gets to 0; what starts at 0 or below gets no fault */
  int64_t error;             /* errno */
  int64_t lasts;             /* 1: every later operation fails too */
  int64_t torn;              /* 1: half of a write is made before it fails */
  int64_t kinds;             /* 1: writes and truncations neither count nor fail; 2: syncs neither count nor fail */
  _Atomic int64_t fired;     /* how many operations failed */
};

static struct control *control;
static const char *directory;

__attribute__((constructor)) static void start(void) {
  const char *path = getenv("EGIDE_FAULT_CONTROL"), *below = getenv("EGIDE_FAULT_DIRECTORY");
  if (path == NULL || below == NULL) return;
  directory = strdup(below); /* PostgreSQL writes its title where its environment was */
  int fd = open(path, O_RDWR);
  if (fd < 0) return;
  void *mapped = mmap(NULL, sizeof(struct control), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  close(fd);
  if (mapped != MAP_FAILED) control = mapped;
}

static int is_below(int fd) {
  char link[64], path[PATH_MAX];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = 0;
  size_t prefix = strlen(directory);
  return strncmp(path, directory, prefix) == 0 && path[prefix] == '/';
}

static int fails(int fd, int is_sync) {
  if (control == NULL || !is_below(fd)) return 0;
  if (control->kinds == (is_sync ? 2 : 1)) return 0;
  int64_t left = atomic_fetch_sub(&control->countdown, 1) - 1;
  if (left > 0 || (left < 0 && !control->lasts)) return 0;
  atomic_fetch_add(&control->fired, 1);
  return 1;
}

static int fail(void) {
  errno = (int)control->error;
  return -1;
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define HALF(call) \
  do { \
    if (control->torn && count > 1) (void)!(call); \
  } while (0)

ssize_t write(int fd, const void *bytes, size_t count) {
  static __typeof__(&write) next;
  if (next == NULL) next = NEXT(write);
  if (!fails(fd, 0)) return next(fd, bytes, count);
  HALF(next(fd, bytes, count / 2));
  return fail();
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t at) {
  static __typeof__(&pwrite) next;
  if (next == NULL) next = NEXT(pwrite);
  if (!fails(fd, 0)) return next(fd, bytes, count, at);
  HALF(next(fd, bytes, count / 2, at));
  return fail();
}

int fsync(int fd) {
  static __typeof__(&fsync) next;
  if (next == NULL) next = NEXT(fsync);
  return fails(fd, 1) ? fail() : next(fd);
}

int fdatasync(int fd) {
  static __typeof__(&fdatasync) next;
  if (next == NULL) next = NEXT(fdatasync);
  return fails(fd, 1) ? fail() : next(fd);
}

int ftruncate(int fd, off_t length) {
  static __typeof__(&ftruncate) next;
  if (next == NULL) next = NEXT(ftruncate);
  return fails(fd, 0) ? fail() : next(fd, length);
}

int posix_fallocate(int fd, off_t at, off_t length) {
  static __typeof__(&posix_fallocate) next;
  if (next == NULL) next = NEXT(posix_fallocate);
  return fails(fd, 0) ? (int)control->error : next(fd, at, length);
}

#ifdef __linux__
ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t at) {
  static __typeof__(&pwrite64) next;
  if (next == NULL) next = NEXT(pwrite64);
  if (!fails(fd, 0)) return next(fd, bytes, count, at);
  HALF(next(fd, bytes, count / 2, at));
  return fail();
}

ssize_t pwritev64(int fd, const struct iovec *parts, int count, off64_t at) {
  static __typeof__(&pwritev64) next;
  if (next == NULL) next = NEXT(pwritev64);
  return fails(fd, 0) ? fail() : next(fd, parts, count, at);
}

int posix_fallocate64(int fd, off64_t at, off64_t length) {
  static __typeof__(&posix_fallocate64) next;
  if (next == NULL) next = NEXT(posix_fallocate64);
  return fails(fd, 0) ? (int)control->error : next(fd, at, length);
}

int ftruncate64(int fd, off64_t length) {
  static __typeof__(&ftruncate64) next;
  if (next == NULL) next = NEXT(ftruncate64);
  return fails(fd, 0) ? fail() : next(fd, length);
}
#endif
