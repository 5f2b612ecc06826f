/*
 * What libcamera's virtual pipeline needs and this machine does not have; preload it.
 *
 * Picture memory: /dev/udmabuf and /dev/dma_heap/... can be opened, and what is asked of them is
 * answered with a memfd; on such a buffer "synchronise" and "name" succeed.
 *
 * Memory that is zero: the virtual pipeline of libcamera 0.4 completes a picture without setting
 * its status, so that whatever lay there before is taken for it.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/dma-buf.h>
#include <linux/dma-heap.h>
#include <linux/udmabuf.h>

void *malloc(size_t size)
{
	return calloc(1, size);
}

static int played(const char *path)
{
	return !strcmp(path, "/dev/udmabuf") || !strncmp(path, "/dev/dma_heap/", 14);
}

static int open_played(void)
{
	return memfd_create("played-device", MFD_CLOEXEC);
}

#define OPEN(name)                                                                  \
	int name(const char *path, int flags, ...)                                  \
	{                                                                           \
		static int (*real)(const char *, int, ...);                         \
		va_list more;                                                       \
		va_start(more, flags);                                              \
		int mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, int) : 0;   \
		va_end(more);                                                       \
		if (played(path))                                                   \
			return open_played();                                       \
		if (!real)                                                          \
			real = dlsym(RTLD_NEXT, #name);                             \
		return real(path, flags, mode);                                     \
	}

OPEN(open)
OPEN(open64)

static int buffer_of(size_t length)
{
	int buffer = memfd_create("played-buffer", MFD_CLOEXEC);
	if (buffer >= 0 && ftruncate(buffer, (off_t)length) < 0) {
		close(buffer);
		return -1;
	}
	return buffer;
}

int ioctl(int descriptor, unsigned long request, ...)
{
	static int (*real)(int, unsigned long, ...);
	va_list more;
	va_start(more, request);
	void *argument = va_arg(more, void *);
	va_end(more);

	if (request == UDMABUF_CREATE)
		return dup(((struct udmabuf_create *)argument)->memfd);
	if (request == DMA_HEAP_IOCTL_ALLOC) {
		struct dma_heap_allocation_data *wanted = argument;
		int buffer = buffer_of(wanted->len);
		if (buffer < 0)
			return -1;
		wanted->fd = (unsigned int)buffer;
		return 0;
	}
	if (request == DMA_BUF_IOCTL_SYNC || request == DMA_BUF_SET_NAME_A ||
	    request == DMA_BUF_SET_NAME_B)
		return 0;
	if (!real)
		real = dlsym(RTLD_NEXT, "ioctl");
	return real(descriptor, request, argument);
}
