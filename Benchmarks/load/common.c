#define _GNU_SOURCE
#include "load.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

_Noreturn void fail(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fputs("load: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(1);
}

uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

uint64_t cpu_microseconds(int pid) {
    if (!pid) return 0;
    char path[64], text[1024];
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    FILE *file = fopen(path, "r");
    if (!file) fail("the server process %d is gone", pid);
    size_t length = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    text[length] = 0;
    // The name of the program stands in brackets and may hold anything; the fields after it are numbers.
    char *rest = strrchr(text, ')');
    unsigned long user, system;
    if (!rest || sscanf(rest + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system) != 2) {
        fail("cannot read %s", path);
    }
    return (user + system) * (1000000u / (unsigned long)sysconf(_SC_CLK_TCK));
}

uint64_t own_cpu_microseconds(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (uint64_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000u + (uint64_t)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

int connect_to(int port) {
    int file = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (file < 0) fail("socket: %s", strerror(errno));
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (connect(file, (struct sockaddr *)&address, sizeof address) < 0) fail("connect: %s", strerror(errno));
    int on = 1;
    setsockopt(file, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (fcntl(file, F_SETFL, O_NONBLOCK) < 0) fail("fcntl: %s", strerror(errno));
    return file;
}

void send_whole(int file, const void *bytes, size_t length) {
    ssize_t sent = send(file, bytes, length, MSG_NOSIGNAL);
    if (sent != (ssize_t)length) fail("the server does not read: %s", sent < 0 ? strerror(errno) : "its buffer is full");
}

size_t answer_length(const char *bytes, size_t length, int *status) {
    const char *end = memmem(bytes, length, "\r\n\r\n", 4);
    if (!end) return 0;
    if (length < 12 || memcmp(bytes, "HTTP/1.1 ", 9) != 0) fail("this is no HTTP answer: %.40s", bytes);
    *status = atoi(bytes + 9);
    size_t head = (size_t)(end - bytes) + 4, body = 0;
    const char *field = strcasestr(bytes, "\r\ncontent-length:");
    if (field && field < end) body = strtoul(field + 17, NULL, 10);
    return length >= head + body ? head + body : 0;
}

struct lines read_lines(const char *path) {
    struct lines lines = {0};
    if (!path) return lines;
    FILE *file = fopen(path, "r");
    if (!file) fail("cannot read %s", path);
    char *line = NULL;
    size_t room = 0;
    for (ssize_t length; (length = getline(&line, &room, file)) > 0;) {
        if (line[length - 1] == '\n') line[length - 1] = 0;
        lines.items = realloc(lines.items, (lines.count + 1) * sizeof *lines.items);
        if (!lines.items || !(lines.items[lines.count++] = strdup(line))) fail("out of memory");
    }
    free(line);
    fclose(file);
    if (!lines.count) fail("there is nothing in %s", path);
    return lines;
}

const char *line_for(const struct lines *lines, int number) {
    return lines->count ? lines->items[(size_t)number % lines->count] : NULL;
}

void add_sample(struct samples *samples, uint64_t nanoseconds) {
    if (samples->count == samples->room) {
        samples->room = samples->room ? samples->room * 2 : 65536;
        samples->values = realloc(samples->values, samples->room * sizeof *samples->values);
        if (!samples->values) fail("out of memory");
    }
    samples->values[samples->count++] = nanoseconds > UINT32_MAX ? UINT32_MAX : (uint32_t)nanoseconds;
}

static int compare(const void *a, const void *b) {
    uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
    return (left > right) - (left < right);
}

void sort_samples(struct samples *samples) { qsort(samples->values, samples->count, sizeof *samples->values, compare); }

double quantile(const struct samples *samples, double part) {
    if (!samples->count) return 0;
    size_t place = (size_t)(part * (double)samples->count);
    if (place >= samples->count) place = samples->count - 1;
    return samples->values[place] / 1000.0;
}
