// Closed loop over keep-alive connections: each sends its next request when the answer to the last one has arrived.
// `http` asks for one path, or makes the requests of a file in turn; `sends` posts messages, each with a text of its own.
#define _GNU_SOURCE
#include "load.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

// Answers of the first second are not counted.
#define WARM_UP 1000000000u
// The number at the beginning of a message's text makes it differ from all others.
#define NUMBER_DIGITS 12

struct client {
    int file;
    uint64_t sent_at;
    char *request;
    size_t request_length;
    char *number;  // the place of the number in the request of a message
    char *bearer;  // the authorization field, with its line end
    size_t length;
    char answer[65536];
};

// http: what is asked for, in turn.
static struct lines paths_in_turn;

// `line` is a path, or a path and the JSON that is posted there, with a tab in between.
static void write_request(struct client *client, const char *line, int port) {
    free(client->request);
    const char *body = strchr(line, '\t');
    int length = body
        ? asprintf(&client->request,
            "POST %.*s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n%s\r\n%s",
            (int)(body - line), line, port, strlen(body + 1), client->bearer, body + 1)
        : asprintf(&client->request, "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n%s\r\n", line, port, client->bearer);
    if (length < 0) fail("out of memory");
    client->request_length = (size_t)length;
}

static void ask(struct client *client, int port) {
    static uint64_t messages;
    static int turns;
    if (paths_in_turn.count) write_request(client, line_for(&paths_in_turn, turns++), port);
    if (client->number) {
        uint64_t number = ++messages;
        for (int i = NUMBER_DIGITS - 1; i >= 0; i--, number /= 10) client->number[i] = (char)('0' + number % 10);
    }
    client->length = 0;
    client->sent_at = now();
    send_whole(client->file, client->request, client->request_length);
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
    if (status != 200 && status != 201) fail("the answer is %d: %.300s", status, client->answer);
    return 1;
}

static void prepare_request(struct client *client, const struct options *options, const char *token, const char *post_path) {
    if (asprintf(&client->bearer, token ? "Authorization: Bearer %s\r\n" : "", token) < 0) fail("out of memory");
    if (!post_path) return write_request(client, options->path, options->port);
    char text[8192], body[8300];
    int bytes = options->bytes < NUMBER_DIGITS ? NUMBER_DIGITS : options->bytes;
    if (bytes >= (int)sizeof text) fail("the message is too long");
    memset(text, 'x', (size_t)bytes);
    text[bytes] = 0;
    int size = snprintf(body, sizeof body, "{\"content\":\"%s\"}", text);
    int length = asprintf(&client->request,
        "POST %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Type: application/json\r\nContent-Length: %d\r\n%s\r\n%s",
        post_path, options->port, size, client->bearer, body);
    if (length < 0) fail("out of memory");
    client->number = client->request + length - bytes - 2;
    client->request_length = (size_t)length;
}

static uint64_t syncs(const struct options *options) {
    if (!options->sync_file) return 0;
    uint64_t count = 0;
    int file = open(options->sync_file, O_RDONLY | O_CLOEXEC);
    if (file < 0 || read(file, &count, sizeof count) != (ssize_t)sizeof count) fail("cannot read %s", options->sync_file);
    close(file);
    return count;
}

static int run(const struct options *options, int posts) {
    int count = options->connections;
    struct client *clients = calloc((size_t)count, sizeof *clients);
    if (!clients) fail("out of memory");
    struct lines tokens = read_lines(options->token_file), paths = read_lines(options->path_file);
    if (!posts) paths_in_turn = paths;
    int poll = epoll_create1(EPOLL_CLOEXEC);
    for (int i = 0; i < count; i++) {
        const char *post_path = paths.count ? line_for(&paths, i) : options->post_path;
        prepare_request(&clients[i], options, line_for(&tokens, i), posts ? post_path : NULL);
        clients[i].file = connect_to(options->port);
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = &clients[i]};
        if (epoll_ctl(poll, EPOLL_CTL_ADD, clients[i].file, &event) < 0) fail("epoll_ctl: %s", strerror(errno));
    }
    for (int i = 0; i < count; i++) ask(&clients[i], options->port);

    struct samples samples = {0};
    uint64_t start = 0, end = 0, cpu = 0, own = 0, synced = 0, answers = 0, warm_at = now() + WARM_UP;
    struct epoll_event events[256];
    for (;;) {
        int ready = epoll_wait(poll, events, 256, 5000);
        if (ready == 0) fail("no answer within 5 s");
        uint64_t time = now();
        if (!start && time >= warm_at) {
            start = time;
            end = start + (uint64_t)(options->seconds * 1e9);
            cpu = cpu_microseconds(options->pid);
            own = own_cpu_microseconds();
            synced = syncs(options);
        }
        if (start && time >= end) break;
        for (int i = 0; i < ready; i++) {
            struct client *client = events[i].data.ptr;
            if (!read_answer(client)) continue;
            if (start) answers++;
            if (start && client->sent_at >= start) add_sample(&samples, now() - client->sent_at);
            ask(client, options->port);
        }
    }
    cpu = cpu_microseconds(options->pid) - cpu;
    own = own_cpu_microseconds() - own;
    synced = syncs(options) - synced;
    double seconds = (double)(now() - start) / 1e9;
    sort_samples(&samples);
    printf("{\"requests\": %llu, \"seconds\": %.3f, \"per_second\": %.0f, \"cpu_us\": %llu, \"cpu_us_each\": %.3f, \"server_cores\": %.3f, "
           "\"load_cores\": %.3f, \"p50_us\": %.1f, \"p99_us\": %.1f, \"worst_us\": %.1f",
           (unsigned long long)answers, seconds, (double)answers / seconds, (unsigned long long)cpu, answers ? (double)cpu / (double)answers : 0,
           (double)cpu / 1e6 / seconds, (double)own / 1e6 / seconds, quantile(&samples, 0.5), quantile(&samples, 0.99), quantile(&samples, 1));
    if (options->sync_file) printf(", \"syncs_per_second\": %.0f", (double)synced / seconds);
    puts("}");
    return samples.count ? 0 : 1;
}

int run_http(const struct options *options) { return run(options, 0); }

int run_sends(const struct options *options) { return run(options, 1); }
