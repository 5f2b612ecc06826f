/*
 * Holds a process up just before chosen ones of its writes to the disk; preload it.
 *
 * Every call that changes files below the folders of KIOSK_CUT_UNDER (separated by colons) is held
 * against the next point of the plan. A point is four lines of KIOSK_CUT_FOLDER/plan: a pattern for
 * KIOSK_CUT_UNIT, one for the call, one for the path, and which of the calls that match it is, from
 * the point before on. There the process writes KIOSK_CUT_FOLDER/reached.NUMBER and waits until
 * that file is gone; then it goes on. All processes are at the same point of the plan.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#define MOST 100
#define LINES 4
static char plan[16384], *line[MOST][LINES];
static int number[MOST], points, ready;
static const char *unit, *under;
static char folder[PATH_MAX];
static struct { int point, count; } *now;

static int put(const char *name, int flags)
{
	char path[PATH_MAX + 16];
	snprintf(path, sizeof path, "%s/%s", folder, name);
	return syscall(SYS_openat, AT_FDCWD, path, flags | O_CLOEXEC, 0666);
}

__attribute__((constructor)) static void begin(void)
{
	const char *named = getenv("KIOSK_CUT_FOLDER");
	unit = getenv("KIOSK_CUT_UNIT");
	under = getenv("KIOSK_CUT_UNDER");
	if (!named || !unit || !under)
		return;
	snprintf(folder, sizeof folder, "%s", named);
	int file = put("now", O_RDWR);
	if (file < 0)
		return;
	now = mmap(NULL, sizeof *now, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	syscall(SYS_close, file);
	if (now == MAP_FAILED)
		return;
	file = put("plan", O_RDONLY);
	if (file < 0)
		return;
	syscall(SYS_read, file, plan, sizeof plan - 1);
	syscall(SYS_close, file);
	for (char *at = plan; *at && points < MOST; points++) {
		for (int i = 0; i < LINES; i++) {
			line[points][i] = at;
			at += strcspn(at, "\n");
			if (*at)
				*at++ = 0;
		}
		for (const char *digit = line[points][3]; *digit >= '0' && *digit <= '9'; digit++)
			number[points] = number[points] * 10 + *digit - '0';
	}
	ready = 1;
}

static int is_under(const char *path)
{
	for (const char *at = under; *at;) {
		size_t length = strcspn(at, ":");
		if (length && !strncmp(path, at, length))
			return 1;
		at += length + (at[length] == ':');
	}
	return 0;
}

static void hold_up(int point, const char *name, const char *path)
{
	char said[PATH_MAX + 200], file[32];
	struct timespec moment = {0, 5000000};
	int length = snprintf(said, sizeof said, "%s %s %s\n", unit, name, path);
	snprintf(file, sizeof file, "reached.%d", point);
	int to = put(file, O_WRONLY | O_CREAT);
	syscall(SYS_write, to, said, length);
	for (;;) {
		syscall(SYS_close, to);
		to = put(file, O_RDONLY);
		if (to < 0)
			return;
		nanosleep(&moment, NULL);
	}
}

static void before(const char *name, const char *path)
{
	if (!ready || !is_under(path))
		return;
	int point = __atomic_load_n(&now->point, __ATOMIC_SEQ_CST);
	if (point >= points || fnmatch(line[point][0], unit, 0) ||
	    fnmatch(line[point][1], name, 0) || fnmatch(line[point][2], path, 0) ||
	    __atomic_add_fetch(&now->count, 1, __ATOMIC_SEQ_CST) != number[point])
		return;
	__atomic_store_n(&now->count, 0, __ATOMIC_SEQ_CST);
	__atomic_store_n(&now->point, point + 1, __ATOMIC_SEQ_CST);
	hold_up(point, name, path);
}

static void before_at(const char *name, int descriptor, const char *path)
{
	char whole[2 * PATH_MAX], link[64];
	if (!ready)
		return;
	if (path && (*path == '/' || descriptor == AT_FDCWD)) {
		before(name, path);
		return;
	}
	snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
	ssize_t length = readlink(link, whole, PATH_MAX - 1);
	if (length < 0)
		return;
	whole[length] = 0;
	if (path)
		snprintf(whole + length, sizeof whole - length, "/%s", path);
	before(name, whole);
}

#define REAL(result, name, ...)                                                     \
	static result (*real)(__VA_ARGS__);                                         \
	if (!real)                                                                  \
		real = dlsym(RTLD_NEXT, #name)

#define OPENS (O_CREAT | O_TRUNC)
#define OPEN(name)                                                                  \
	int name(const char *path, int flags, ...)                                  \
	{                                                                           \
		REAL(int, name, const char *, int, ...);                            \
		va_list more;                                                       \
		va_start(more, flags);                                              \
		int mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, int) : 0;   \
		va_end(more);                                                       \
		if (flags & OPENS)                                                  \
			before("open", path);                                       \
		return real(path, flags, mode);                                     \
	}
#define OPENAT(name)                                                                \
	int name(int at, const char *path, int flags, ...)                          \
	{                                                                           \
		REAL(int, name, int, const char *, int, ...);                       \
		va_list more;                                                       \
		va_start(more, flags);                                              \
		int mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, int) : 0;   \
		va_end(more);                                                       \
		if (flags & OPENS)                                                  \
			before_at("open", at, path);                                \
		return real(at, path, flags, mode);                                 \
	}
OPEN(open)
OPEN(open64)
OPENAT(openat)
OPENAT(openat64)

#define BY_PATH(name)                                                               \
	int name(const char *path)                                                  \
	{                                                                           \
		REAL(int, name, const char *);                                      \
		before(#name, path);                                                \
		return real(path);                                                  \
	}
BY_PATH(unlink)
BY_PATH(rmdir)

#define BY_MODE(name)                                                               \
	int name(const char *path, mode_t mode)                                     \
	{                                                                           \
		REAL(int, name, const char *, mode_t);                              \
		before(#name, path);                                                \
		return real(path, mode);                                            \
	}
BY_MODE(mkdir)
BY_MODE(chmod)

#define TO_PATH(name)                                                               \
	int name(const char *from, const char *to)                                  \
	{                                                                           \
		REAL(int, name, const char *, const char *);                        \
		before(#name, to);                                                  \
		return real(from, to);                                              \
	}
TO_PATH(rename)
TO_PATH(link)
TO_PATH(symlink)

#define BY_FILE(name)                                                               \
	int name(int file)                                                          \
	{                                                                           \
		REAL(int, name, int);                                               \
		before_at(#name, file, NULL);                                       \
		return real(file);                                                  \
	}
BY_FILE(fsync)
BY_FILE(fdatasync)

int unlinkat(int at, const char *path, int flags)
{
	REAL(int, unlinkat, int, const char *, int);
	before_at("unlink", at, path);
	return real(at, path, flags);
}

ssize_t write(int file, const void *from, size_t length)
{
	REAL(ssize_t, write, int, const void *, size_t);
	before_at("write", file, NULL);
	return real(file, from, length);
}

#define PWRITE(name, offset_kind)                                                   \
	ssize_t name(int file, const void *from, size_t length, offset_kind offset) \
	{                                                                           \
		REAL(ssize_t, name, int, const void *, size_t, offset_kind);        \
		before_at("write", file, NULL);                                     \
		return real(file, from, length, offset);                            \
	}
PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)

#define SENDFILE(name, offset_kind)                                                 \
	ssize_t name(int to, int from, offset_kind *offset, size_t length)          \
	{                                                                           \
		REAL(ssize_t, name, int, int, offset_kind *, size_t);               \
		before_at("write", to, NULL);                                       \
		return real(to, from, offset, length);                              \
	}
SENDFILE(sendfile, off_t)
SENDFILE(sendfile64, off64_t)

void sync(void)
{
	REAL(void, sync, void);
	before("sync", under);
	real();
}
