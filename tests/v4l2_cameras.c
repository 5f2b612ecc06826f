/* USB cameras that are not there: preloaded, answers what V4L2 programs ask of /dev/video*.
 *
 * V4L2_TEST_TREE names a folder. Each regular file <tree>/dev/videoN is a camera while it exists:
 * deleting the file unplugs it, also for whoever has it open. Beside it stand
 *
 *   videoN.camera   what it is, one word and its values a line:
 *                     card NAME                     make and model
 *                     size WIDTH HEIGHT RATE        a size it offers; the first is its default
 *                     control ID MIN MAX STEP DEFAULT
 *                     metadata                      it gives no pictures
 *                     yuyv                          its pictures are not Motion JPEG but YUYV
 *   videoN.jpegs/   0.jpg, 1.jpg, ...: the bytes it sends in turn, whatever they are
 *   videoN.busy     while it exists another program streams
 *   videoN.broken   while it exists every format is refused
 *   videoN.silent   while it exists no picture comes
 *   videoN.hang     removed by the next wait for a picture, which never returns
 *   videoN.crash    removed by the next wait for a picture, which takes its process down
 *   videoN.stuck    while it exists no control that is set takes its value
 *   videoN.forgets  while it exists a stream's start sets all controls back
 *   videoN.set      written here: each control that was set, "ID VALUE" a line
 *
 * Buffers lie in the device file itself, so mmap needs no help.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { BUFFER_BYTES = 4 << 20, MOST_BUFFERS = 8, MOST_SIZES = 8, MOST_CONTROLS = 16, MOST_OPEN = 1024 };

struct size { unsigned width, height, rate; };
struct control { unsigned id; int minimum, maximum, step, standard, value; };

struct camera {
    char path[512];
    char card[32];
    int metadata;
    unsigned format;
    struct size sizes[MOST_SIZES];
    int size_count, size;
    struct control controls[MOST_CONTROLS];
    int control_count;
    int buffers, streaming;
    int queue[MOST_BUFFERS], queued;
    double queued_at[MOST_BUFFERS]; /* of each buffer, by its index */
    unsigned sequence;
    double next_at;
};

static struct camera *opened[MOST_OPEN];

static void *real(const char *name) { return dlsym(RTLD_NEXT, name); }

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static void pause_until(double at)
{
    double left = at - now();
    if (left > 0) usleep((useconds_t)(left * 1e6));
}

static int fail(int error)
{
    errno = error;
    return -1;
}

static struct camera *camera_of(int fd) { return fd >= 0 && fd < MOST_OPEN ? opened[fd] : NULL; }

static FILE *beside(const struct camera *camera, const char *ending, const char *mode)
{
    char path[600];
    snprintf(path, sizeof path, "%s%s", camera->path, ending);
    return fopen(path, mode);
}

static int is_told(const struct camera *camera, const char *ending)
{
    FILE *file = beside(camera, ending, "r");
    if (file) fclose(file);
    return file != NULL;
}

static int is_told_once(const struct camera *camera, const char *ending)
{
    char path[600];
    snprintf(path, sizeof path, "%s%s", camera->path, ending);
    return unlink(path) == 0;
}

static int unplugged(int fd)
{
    struct stat status;
    return fstat(fd, &status) != 0 || status.st_nlink == 0;
}

static int is_camera_path(const char *path)
{
    const char *tree = getenv("V4L2_TEST_TREE"), *name = path ? strrchr(path, '/') : NULL;
    return tree && name && !strncmp(path, tree, strlen(tree)) && !strncmp(name, "/video", 6) &&
           !strchr(name, '.');
}

static struct camera *read_camera(const char *path)
{
    struct camera *camera = calloc(1, sizeof *camera);
    snprintf(camera->path, sizeof camera->path, "%s", path);
    camera->format = V4L2_PIX_FMT_MJPEG;
    FILE *file = beside(camera, ".camera", "r");
    char line[200];
    while (file && fgets(line, sizeof line, file)) {
        struct size size;
        struct control control;
        sscanf(line, "card %31[^\n]", camera->card);
        camera->metadata |= !strncmp(line, "metadata", 8);
        if (!strncmp(line, "yuyv", 4)) camera->format = V4L2_PIX_FMT_YUYV;
        if (sscanf(line, "size %u %u %u", &size.width, &size.height, &size.rate) == 3)
            camera->sizes[camera->size_count++] = size;
        if (sscanf(line, "control %x %d %d %d %d", &control.id, &control.minimum, &control.maximum,
                   &control.step, &control.standard) == 5) {
            control.value = control.standard;
            camera->controls[camera->control_count++] = control;
        }
    }
    if (file) fclose(file);
    return camera;
}

static int open_camera(const char *path, int fd)
{
    if (fd >= 0 && fd < MOST_OPEN) {
        opened[fd] = read_camera(path);
        if (ftruncate(fd, (off_t)BUFFER_BYTES * MOST_BUFFERS) != 0) return fail(EIO);
    }
    return fd;
}

static int open_with(const char *function, const char *path, int flags, mode_t mode)
{
    int (*open_file)(const char *, int, ...) = real(function);
    /* A device is opened, never made. */
    int fd = open_file(path, is_camera_path(path) ? flags & ~O_CREAT : flags, mode);
    return is_camera_path(path) ? open_camera(path, fd) : fd;
}

#define MODE_OF(flags, mode)                                                                       \
    mode_t mode = 0;                                                                               \
    if ((flags) & (O_CREAT | O_TMPFILE)) {                                                         \
        va_list rest;                                                                              \
        va_start(rest, flags);                                                                     \
        mode = va_arg(rest, mode_t);                                                               \
        va_end(rest);                                                                              \
    }

int open(const char *path, int flags, ...)
{
    MODE_OF(flags, mode)
    return open_with("open", path, flags, mode);
}

int open64(const char *path, int flags, ...)
{
    MODE_OF(flags, mode)
    return open_with("open64", path, flags, mode);
}

int close(int fd)
{
    struct camera *camera = camera_of(fd);
    if (camera) {
        opened[fd] = NULL;
        free(camera);
    }
    return ((int (*)(int))real("close"))(fd);
}

static int another_streams(const struct camera *camera)
{
    for (int fd = 0; fd < MOST_OPEN; fd++)
        if (opened[fd] && opened[fd] != camera && opened[fd]->buffers &&
            !strcmp(opened[fd]->path, camera->path))
            return 1;
    return is_told(camera, ".busy");
}

static int describe(const struct camera *camera, struct v4l2_capability *answer)
{
    memset(answer, 0, sizeof *answer);
    strcpy((char *)answer->driver, "uvcvideo");
    memcpy(answer->card, camera->card, sizeof answer->card);
    answer->device_caps = V4L2_CAP_STREAMING | (camera->metadata ? V4L2_CAP_META_CAPTURE
                                                                 : V4L2_CAP_VIDEO_CAPTURE);
    answer->capabilities = V4L2_CAP_STREAMING | V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_META_CAPTURE |
                           V4L2_CAP_DEVICE_CAPS;
    return 0;
}

static int list_size(const struct camera *camera, struct v4l2_frmsizeenum *answer)
{
    if (answer->pixel_format != camera->format || (int)answer->index >= camera->size_count)
        return fail(EINVAL);
    answer->type = V4L2_FRMSIZE_TYPE_DISCRETE;
    answer->discrete.width = camera->sizes[answer->index].width;
    answer->discrete.height = camera->sizes[answer->index].height;
    return 0;
}

static int list_rate(const struct camera *camera, struct v4l2_frmivalenum *answer)
{
    for (int i = 0; i < camera->size_count && answer->index == 0; i++)
        if (camera->sizes[i].width == answer->width && camera->sizes[i].height == answer->height) {
            answer->type = V4L2_FRMIVAL_TYPE_DISCRETE;
            answer->discrete.numerator = 1;
            answer->discrete.denominator = camera->sizes[i].rate;
            return 0;
        }
    return fail(EINVAL);
}

static int take_format(struct camera *camera, struct v4l2_format *format, int set)
{
    if (set && another_streams(camera)) return fail(EBUSY);
    if (is_told(camera, ".broken")) return fail(EIO);
    for (int i = 0; set && i < camera->size_count; i++)
        if (camera->sizes[i].width == format->fmt.pix.width &&
            camera->sizes[i].height == format->fmt.pix.height)
            camera->size = i;
    format->fmt.pix.pixelformat = camera->format;
    format->fmt.pix.width = camera->sizes[camera->size].width;
    format->fmt.pix.height = camera->sizes[camera->size].height;
    format->fmt.pix.field = V4L2_FIELD_NONE;
    format->fmt.pix.bytesperline = 0;
    format->fmt.pix.sizeimage = BUFFER_BYTES;
    return 0;
}

static struct control *control_of(struct camera *camera, unsigned id)
{
    for (int i = 0; i < camera->control_count; i++)
        if (camera->controls[i].id == id) return &camera->controls[i];
    return NULL;
}

static int query_control(struct camera *camera, struct v4l2_queryctrl *answer)
{
    const struct control *control = control_of(camera, answer->id);
    if (!control) return fail(EINVAL);
    answer->minimum = control->minimum;
    answer->maximum = control->maximum;
    answer->step = control->step;
    answer->default_value = control->standard;
    answer->flags = 0;
    return 0;
}

static int use_control(struct camera *camera, struct v4l2_control *asked, int set)
{
    struct control *control = control_of(camera, asked->id);
    if (!control) return fail(EINVAL);
    if (set && !is_told(camera, ".stuck")) {
        int value = asked->value < control->minimum ? control->minimum : asked->value;
        control->value = value > control->maximum ? control->maximum : value;
        FILE *log = beside(camera, ".set", "a");
        if (log) {
            fprintf(log, "%08x %d\n", control->id, control->value);
            fclose(log);
        }
    }
    asked->value = control->value;
    return 0;
}

/* Some firmware sets its controls back when pictures begin to flow; all that opened it see it. */
static void forget_controls(const struct camera *camera)
{
    FILE *log = is_told(camera, ".forgets") ? beside(camera, ".set", "a") : NULL;
    for (int fd = 0; log && fd < MOST_OPEN; fd++)
        for (int i = 0; opened[fd] && !strcmp(opened[fd]->path, camera->path) &&
                        i < opened[fd]->control_count; i++) {
            struct control *control = &opened[fd]->controls[i];
            control->value = control->standard;
            fprintf(log, "%08x %d\n", control->id, control->value);
        }
    if (log) fclose(log);
}

static int take_buffers(struct camera *camera, struct v4l2_requestbuffers *asked)
{
    if (another_streams(camera)) return fail(EBUSY);
    if (asked->memory != V4L2_MEMORY_MMAP) return fail(EINVAL);
    if (asked->count > MOST_BUFFERS) asked->count = MOST_BUFFERS;
    camera->buffers = (int)asked->count;
    camera->queued = 0;
    return 0;
}

static void place(struct v4l2_buffer *buffer)
{
    buffer->length = BUFFER_BYTES;
    buffer->m.offset = buffer->index * BUFFER_BYTES;
}

static double period(const struct camera *camera)
{
    return 1.0 / camera->sizes[camera->size].rate;
}

/* When the first buffer in the queue is filled: pictures come at a steady pace, and those that
 * find no buffer are lost. So what lies ready for a slow reader is old. */
static double filled_at(const struct camera *camera)
{
    double at = camera->next_at;
    while (at < camera->queued_at[camera->queue[0]]) at += period(camera);
    return at;
}

static int due(const struct camera *camera)
{
    return camera->streaming && camera->queued && !is_told(camera, ".silent") &&
           now() >= filled_at(camera);
}

static long fill(const struct camera *camera, int fd, off_t offset)
{
    char name[40];
    FILE *jpeg = NULL;
    for (int tried = 0; !jpeg && tried < 2; tried++) { /* after the last comes the first again */
        static unsigned turn;
        snprintf(name, sizeof name, ".jpegs/%u.jpg", tried ? (turn = 0) : turn);
        turn++;
        jpeg = beside(camera, name, "rb");
    }
    if (!jpeg) return 0;
    static char bytes[BUFFER_BYTES];
    size_t length = fread(bytes, 1, sizeof bytes, jpeg);
    fclose(jpeg);
    return pwrite(fd, bytes, length, offset);
}

static int take_picture(struct camera *camera, int fd, struct v4l2_buffer *buffer)
{
    if (!due(camera)) return fail(EAGAIN);
    double at = filled_at(camera);
    buffer->index = (unsigned)camera->queue[0];
    memmove(camera->queue, camera->queue + 1, sizeof *camera->queue * (size_t)--camera->queued);
    place(buffer);
    buffer->bytesused = (unsigned)fill(camera, fd, (off_t)buffer->m.offset);
    buffer->flags = V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC;
    buffer->sequence = camera->sequence++;
    buffer->timestamp.tv_sec = (time_t)at;
    buffer->timestamp.tv_usec = (suseconds_t)((at - (double)(time_t)at) * 1e6);
    camera->next_at = at + period(camera);
    return 0;
}

static int answer(struct camera *camera, int fd, unsigned request, void *argument)
{
    struct v4l2_buffer *buffer = argument;
    struct v4l2_fract *interval;
    switch (request) {
    case (unsigned)VIDIOC_QUERYCAP: return describe(camera, argument);
    case (unsigned)VIDIOC_ENUM_FRAMESIZES: return list_size(camera, argument);
    case (unsigned)VIDIOC_ENUM_FRAMEINTERVALS: return list_rate(camera, argument);
    case (unsigned)VIDIOC_G_FMT: return take_format(camera, argument, 0);
    case (unsigned)VIDIOC_S_FMT:
        if (((struct v4l2_format *)argument)->fmt.pix.pixelformat != camera->format) {
            take_format(camera, argument, 0);
            return 0; /* another format is answered with the one there is */
        }
        return take_format(camera, argument, 1);
    case (unsigned)VIDIOC_G_PARM:
    case (unsigned)VIDIOC_S_PARM:
        interval = &((struct v4l2_streamparm *)argument)->parm.capture.timeperframe;
        interval->numerator = 1;
        interval->denominator = camera->sizes[camera->size].rate;
        return 0;
    case (unsigned)VIDIOC_QUERYCTRL: return query_control(camera, argument);
    case (unsigned)VIDIOC_G_CTRL: return use_control(camera, argument, 0);
    case (unsigned)VIDIOC_S_CTRL: return use_control(camera, argument, 1);
    case (unsigned)VIDIOC_REQBUFS: return take_buffers(camera, argument);
    case (unsigned)VIDIOC_QUERYBUF: place(buffer); return 0;
    case (unsigned)VIDIOC_QBUF:
        if (camera->queued < MOST_BUFFERS) camera->queue[camera->queued++] = (int)buffer->index;
        camera->queued_at[buffer->index] = now();
        return 0;
    case (unsigned)VIDIOC_DQBUF: return take_picture(camera, fd, buffer);
    case (unsigned)VIDIOC_STREAMON:
        camera->streaming = 1;
        forget_controls(camera);
        camera->next_at = now() + period(camera);
        return 0;
    case (unsigned)VIDIOC_STREAMOFF: camera->streaming = camera->queued = 0; return 0;
    default: return fail(ENOTTY);
    }
}

int ioctl(int fd, unsigned long request, ...)
{
    va_list rest;
    va_start(rest, request);
    void *argument = va_arg(rest, void *);
    va_end(rest);
    struct camera *camera = camera_of(fd);
    if (!camera) return ((int (*)(int, unsigned long, ...))real("ioctl"))(fd, request, argument);
    return unplugged(fd) ? fail(ENODEV) : answer(camera, fd, (unsigned)request, argument);
}

/* Wait until a picture is due or the camera is pulled out: 1, 0 in vain, -1 gone. */
static int wait_for_picture(struct camera *camera, int fd, double until)
{
    if (is_told_once(camera, ".crash")) raise(SIGSEGV);
    if (is_told_once(camera, ".hang"))
        for (;;) pause();
    for (;;) {
        if (unplugged(fd)) return -1;
        if (due(camera)) return 1;
        if (now() >= until) return 0;
        double next = now() + 0.005;
        pause_until(next < until ? next : until);
    }
}

int poll(struct pollfd *fds, nfds_t count, int timeout_ms)
{
    struct camera *camera = count == 1 ? camera_of(fds[0].fd) : NULL;
    if (!camera) return ((int (*)(struct pollfd *, nfds_t, int))real("poll"))(fds, count, timeout_ms);
    int got = wait_for_picture(camera, fds[0].fd, timeout_ms < 0 ? 1e18 : now() + timeout_ms / 1e3);
    fds[0].revents = (short)(got > 0 ? POLLIN | POLLRDNORM : got < 0 ? POLLERR : 0);
    return got != 0;
}

int select(int count, fd_set *reading, fd_set *writing, fd_set *failing, struct timeval *timeout)
{
    struct camera *camera = count > 0 && reading && FD_ISSET(count - 1, reading)
                                ? camera_of(count - 1) : NULL;
    if (!camera)
        return ((int (*)(int, fd_set *, fd_set *, fd_set *, struct timeval *))real("select"))(
            count, reading, writing, failing, timeout);
    double until = timeout ? now() + timeout->tv_sec + timeout->tv_usec / 1e6 : 1e18;
    return wait_for_picture(camera, count - 1, until) != 0;
}
