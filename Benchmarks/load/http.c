// Closed loop over keep-alive connections: each sends its next request when the answer to the last one has arrived.
#define _GNU_SOURCE
#include "load.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

// Answers of the first second are not counted.
#define WARM_UP 1000000000u

struct client {
    int file;
    uint64_t sent_at;
    size_t length;
    char answer[8192];
};

static char request[4096];
static size_t request_length;

static void ask(struct client *client) {
    client->length = 0;
    client->sent_at = now();
    send_whole(client->file, request, request_length);
}

// True when the answer has arrived whole.
static int read_answer(struct client *client) {
    ssize_t got = recv(client->file, client->answer + client->length, sizeof client->answer - 1 - client->length, 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return 0;
    if (got <= 0) fail("the server has closed a connection");
    client->length += (size_t)got;
    client->answer[client->length] = 0;
    int status = 0;
    size_t length = answer_length(client->answer, client->length, &status);
    if (!length) {
        if (client->length == sizeof client->answer - 1) fail("the answer is longer than %zu bytes", client->length);
        return 0;
    }
    if (status != 200) fail("the answer is %d", status);
    return 1;
}

int run_http(const struct options *options) {
    int count = options->connections;
    struct client *clients = calloc((size_t)count, sizeof *clients);
    if (!clients) fail("out of memory");
    request_length = (size_t)snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n", options->path, options->port);
    if (request_length >= sizeof request) fail("the path is too long");

    int poll = epoll_create1(EPOLL_CLOEXEC);
    for (int i = 0; i < count; i++) {
        clients[i].file = connect_to(options->port);
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = &clients[i]};
        if (epoll_ctl(poll, EPOLL_CTL_ADD, clients[i].file, &event) < 0) fail("epoll_ctl: %s", strerror(errno));
    }
    for (int i = 0; i < count; i++) ask(&clients[i]);

    struct samples samples = {0};
    uint64_t start = 0, end = 0, cpu = 0, warm_at = now() + WARM_UP;
    struct epoll_event events[256];
    for (;;) {
        int ready = epoll_wait(poll, events, 256, 5000);
        if (ready == 0) fail("no answer within 5 s");
        uint64_t time = now();
        if (!start && time >= warm_at) {
            start = time;
            end = start + (uint64_t)(options->seconds * 1e9);
            cpu = cpu_microseconds(options->pid);
        }
        if (start && time >= end) break;
        for (int i = 0; i < ready; i++) {
            struct client *client = events[i].data.ptr;
            if (!read_answer(client)) continue;
            if (start && client->sent_at >= start) add_sample(&samples, now() - client->sent_at);
            ask(client);
        }
    }
    cpu = cpu_microseconds(options->pid) - cpu;
    double seconds = (double)(now() - start) / 1e9;
    sort_samples(&samples);
    printf("{\"requests\": %zu, \"seconds\": %.3f, \"per_second\": %.0f, \"cpu_us\": %llu, \"cpu_us_each\": %.3f, "
           "\"p50_us\": %.1f, \"p99_us\": %.1f, \"worst_us\": %.1f}\n",
           samples.count, seconds, (double)samples.count / seconds, (unsigned long long)cpu,
           samples.count ? (double)cpu / (double)samples.count : 0, quantile(&samples, 0.5), quantile(&samples, 0.99), quantile(&samples, 1));
    return samples.count ? 0 : 1;
}
