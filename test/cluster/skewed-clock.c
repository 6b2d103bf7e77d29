/*
 * Preloaded into a process, sets its wall clock off by EGIDE_TEST_CLOCK_SKEW seconds. Clocks that only count on are left
 * as they are.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

static time_t skew;

__attribute__((constructor)) static void read_skew(void) {
  const char *text = getenv("EGIDE_TEST_CLOCK_SKEW");
  skew = text == NULL ? 0 : strtol(text, NULL, 10);
}

int clock_gettime(clockid_t clock, struct timespec *now) {
  static int (*real)(clockid_t, struct timespec *);
  if (real == NULL) real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
  int result = real(clock, now);
  if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) now->tv_sec += skew;
  return result;
}

int gettimeofday(struct timeval *now, void *zone) {
  static int (*real)(struct timeval *, void *);
  if (real == NULL) real = (int (*)(struct timeval *, void *))dlsym(RTLD_NEXT, "gettimeofday");
  int result = real(now, zone);
  if (result == 0) now->tv_sec += skew;
  return result;
}

time_t time(time_t *result) {
  static time_t (*real)(time_t *);
  if (real == NULL) real = (time_t(*)(time_t *))dlsym(RTLD_NEXT, "time");
  time_t now = real(NULL) + skew;
  if (result != NULL) *result = now;
  return now;
}
