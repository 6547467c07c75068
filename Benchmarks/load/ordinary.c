// Each connection asks at fixed times, and later when its last answer has not come: a time counts from when the request was
// due, so that a server that stands still does not hide what it keeps waiting.
#define _GNU_SOURCE
#include "ordinary.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>

#define REQUESTS_PER_SECOND 100
// A message costs the server a delivery to everybody: most requests read.
#define POST_EVERY 50
#define TIME_LIMIT_SECONDS 30u

struct asker {
    int file;
    int is_waiting;
    int turn;  // the number of its next request among those of all connections
    uint64_t due;
    const char *token;
    size_t length;
    char answer[65536];
};

static const struct options *options;
static struct asker *askers;
static struct lines paths;
static struct samples times;
static int answers;

void start_ordinary(const struct options *given, const struct lines *tokens) {
    options = given;
    paths = read_lines(options->path_file);
    askers = calloc((size_t)options->connections, sizeof *askers);
    answers = epoll_create1(EPOLL_CLOEXEC);
    if (!askers || answers < 0) fail("out of memory");
    uint64_t start = now();
    for (int i = 0; i < options->connections; i++) {
        askers[i] = (struct asker){
            .file = connect_to(options->port), .turn = i, .token = line_for(tokens, i),
            .due = start + (uint64_t)i * 1000000000u / REQUESTS_PER_SECOND};
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = &askers[i]};
        if (epoll_ctl(answers, EPOLL_CTL_ADD, askers[i].file, &event) < 0) fail("epoll_ctl: %s", strerror(errno));
    }
}

static void ask(struct asker *asker) {
    const char *path = line_for(&paths, asker->turn / POST_EVERY);
    char request[4096], content[64] = "";
    int posts = asker->turn % POST_EVERY == 0, reads_page = !posts && asker->turn % 2 == 0;
    if (posts) snprintf(content, sizeof content, "{\"content\":\"storm %d\"}", asker->turn);
    int length = snprintf(request, sizeof request,
        "%s %s%s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
        posts ? "POST" : "GET", posts || reads_page ? path : "/api/rest/auth/me", reads_page ? "?limit=50" : "", options->port, asker->token,
        strlen(content), content);
    if (length >= (int)sizeof request) fail("the token is too long");
    asker->turn += options->connections;
    asker->is_waiting = 1;
    send_whole(asker->file, request, (size_t)length);
}

static void read_answer(struct asker *asker) {
    ssize_t got = recv(asker->file, asker->answer + asker->length, sizeof asker->answer - 1 - asker->length, 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0) fail("the server has closed the connection of an ordinary request");
    asker->length += (size_t)got;
    asker->answer[asker->length] = 0;
    int status = 0;
    if (!answer_length(asker->answer, asker->length, &status)) {
        if (asker->length == sizeof asker->answer - 1) fail("the answer is longer than %zu bytes", asker->length);
        return;
    }
    if (status != 200 && status != 201) fail("an ordinary request is answered %d: %.300s", status, asker->answer);
    add_sample(&times, now() - asker->due);
    asker->due += (uint64_t)options->connections * 1000000000u / REQUESTS_PER_SECOND;
    asker->is_waiting = 0;
    asker->length = 0;
}

void wait_for_ordinary(int other) {
    uint64_t time = now(), until = time + 1000000;
    for (int i = 0; i < options->connections; i++) {
        if (!askers[i].is_waiting && askers[i].due < until) until = askers[i].due;
    }
    struct pollfd files[] = {{.fd = answers, .events = POLLIN}, {.fd = other, .events = POLLIN}};
    struct timespec length = {.tv_nsec = until > time ? (long)(until - time) : 0};
    ppoll(files, 2, &length, NULL);
}

void go_on_ordinary(void) {
    struct epoll_event events[64];
    int ready = epoll_wait(answers, events, 64, 0);
    for (int i = 0; i < ready; i++) read_answer(events[i].data.ptr);
    uint64_t time = now();
    for (int i = 0; i < options->connections; i++) {
        if (!askers[i].is_waiting && time >= askers[i].due) ask(&askers[i]);
        if (askers[i].is_waiting && time > askers[i].due + TIME_LIMIT_SECONDS * 1000000000ull) fail("no answer within %u s", TIME_LIMIT_SECONDS);
    }
}

struct samples take_ordinary(void) {
    struct samples taken = times;
    times = (struct samples){0};
    sort_samples(&taken);
    return taken;
}
