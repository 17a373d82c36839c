/*
 * A disk that fails on command, for one process: gcc -shared -fPIC -o failing-disk.so failing-disk.c
 *
 *   LD_PRELOAD            the built library
 *   FAILING_DISK_FOLDER   only files below it are concerned
 *   FAILING_DISK_CONTROL  a file; what it holds decides, at every call:
 *                           sync   fsync and fdatasync fail with EIO
 *                           space  writes and growing truncates fail with ENOSPC
 *                         absent, empty, anything else: all is well
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* By system calls: the functions below would call themselves. */
static int commanded(const char *fault) {
  const char *path = getenv("FAILING_DISK_CONTROL");
  char text[16] = {0};
  if (path == NULL) return 0;
  int fd = syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  syscall(SYS_read, fd, text, sizeof text - 1);
  syscall(SYS_close, fd);
  return strncmp(text, fault, strlen(fault)) == 0;
}

static int concerned(int fd) {
  const char *folder = getenv("FAILING_DISK_FOLDER");
  char link[32], path[PATH_MAX];
  if (folder == NULL) return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length <= 0) return 0;
  path[length] = '\0';
  return strncmp(path, folder, strlen(folder)) == 0;
}

/* Leaves errno alone unless the call is to fail. */
static int fails(int fd, const char *fault, int error) {
  int before = errno;
  int yes = commanded(fault) && concerned(fd);
  errno = yes ? error : before;
  return yes;
}

#define REAL(result, name, ...) \
  static result (*real)(__VA_ARGS__); \
  if (real == NULL) real = (result (*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name)

#define SYNC(name) \
  int name(int fd) { \
    REAL(int, name, int); \
    return fails(fd, "sync", EIO) ? -1 : real(fd); \
  }
SYNC(fsync)
SYNC(fdatasync)

ssize_t write(int fd, const void *bytes, size_t count) {
  REAL(ssize_t, write, int, const void *, size_t);
  return fails(fd, "space", ENOSPC) ? -1 : real(fd, bytes, count);
}

#define WRITE_AT(name) \
  ssize_t name(int fd, const void *bytes, size_t count, off64_t at) { \
    REAL(ssize_t, name, int, const void *, size_t, off64_t); \
    return fails(fd, "space", ENOSPC) ? -1 : real(fd, bytes, count, at); \
  }
WRITE_AT(pwrite)
WRITE_AT(pwrite64)

#define TRUNCATE(name) \
  int name(int fd, off64_t size) { \
    REAL(int, name, int, off64_t); \
    struct stat now; \
    int grows = fstat(fd, &now) == 0 && size > now.st_size; \
    return grows && fails(fd, "space", ENOSPC) ? -1 : real(fd, size); \
  }
TRUNCATE(ftruncate)
TRUNCATE(ftruncate64)
