// Opens many WebSockets, posts messages and counts their deliveries: the next round begins when every socket has got
// every message of the last one.
#define _GNU_SOURCE
#include "load.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#define WARM_UP_ROUNDS 10
#define OPENING_AT_ONCE 32
#define TIME_LIMIT_MS 20000
// The gateway wants a heartbeat every 30 s.
#define HEARTBEAT_EVERY 20000000000u

enum kind { SOCKET_OPENING, SOCKET_OPEN, SENDER };

struct peer {
    int file;
    enum kind kind;
    int greetings;  // frames that still have to come before it is ready
    char *kept;     // the beginning of a frame or an answer that has not arrived whole
    size_t kept_length;
};

static const struct options *options;
static int poll_file;
static struct peer *sockets, *senders;
static char *tokens;
static size_t token_count;
static char input[1 << 20];
static int ready_sockets, answers;
static long round_number;
static uint64_t deliveries, delivered_bytes, last_heartbeat;

static void watch(struct peer *peer) {
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = peer};
    if (epoll_ctl(poll_file, EPOLL_CTL_ADD, peer->file, &event) < 0) fail("epoll_ctl: %s", strerror(errno));
}

// The tokens, one after the other, each ended by a NUL.
static void read_tokens(void) {
    if (!options->token_file) return;
    FILE *file = fopen(options->token_file, "r");
    if (!file) fail("cannot read %s", options->token_file);
    size_t length = 0, room = 1 << 20;
    tokens = malloc(room);
    if (!tokens) fail("out of memory");
    for (size_t got; (got = fread(tokens + length, 1, room - length - 1, file)) > 0;) {
        length += got;
        if (length + 1 == room && !(tokens = realloc(tokens, room *= 2))) fail("out of memory");
    }
    fclose(file);
    tokens[length] = 0;
    for (char *c = tokens; *c; c++) {
        if (*c == '\n') *c = 0, token_count++;
    }
    if (!token_count) fail("there are no tokens in %s", options->token_file);
}

static const char *token(int number) {
    const char *token = tokens;
    for (size_t i = 0; i < (size_t)number % token_count; i++) token += strlen(token) + 1;
    return token;
}

static void open_socket(int number) {
    struct peer *peer = &sockets[number];
    peer->file = connect_to(options->port);
    peer->greetings = options->greeting;
    watch(peer);
    char head[2048];
    int length = snprintf(head, sizeof head,
        "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n%s%s%s\r\n",
        options->path, options->port, tokens ? "Authorization: Bearer " : "", tokens ? token(number) : "", tokens ? "\r\n" : "");
    if (length >= (int)sizeof head) fail("the token is too long");
    send_whole(peer->file, head, (size_t)length);
}

static void send_heartbeats(int count) {
    // A text frame {"op":1,"d":null}, masked with zeros.
    static const char frame[] = "\x81\x91\0\0\0\0{\"op\":1,\"d\":null}";
    for (int i = 0; i < count; i++) {
        if (sockets[i].kind == SOCKET_OPEN) send_whole(sockets[i].file, frame, sizeof frame - 1);
    }
    last_heartbeat = now();
}

// A frame of the server: a message of this round is known by the mark in its text; heartbeat answers and the like are passed over.
static void frame_arrived(struct peer *peer, unsigned char opcode, const char *payload, size_t length, size_t frame) {
    if (opcode == 8) fail("the server has closed a socket with %d", length > 1 ? ((unsigned char)payload[0] << 8 | (unsigned char)payload[1]) : 0);
    if (peer->greetings > 0) {
        if (--peer->greetings == 0) ready_sockets++;
        return;
    }
    char mark[32];
    int size = snprintf(mark, sizeof mark, "#%ld#", round_number);
    if (!memmem(payload, length, mark, (size_t)size)) return;
    deliveries++;
    delivered_bytes += frame;
}

// Takes whole frames off the bytes; returns how many bytes it has taken.
static size_t take_frames(struct peer *peer, const char *bytes, size_t length) {
    size_t done = 0;
    while (length - done >= 2) {
        const unsigned char *head = (const unsigned char *)bytes + done;
        size_t payload = head[1] & 127, start = 2;
        if (payload == 126) {
            start = 4;
            if (length - done < start) break;
            payload = (size_t)head[2] << 8 | head[3];
        } else if (payload == 127) {
            start = 10;
            if (length - done < start) break;
            payload = 0;
            for (int i = 2; i < 10; i++) payload = payload << 8 | head[i];
        }
        if (start + payload >= sizeof input) fail("a frame has %zu bytes", payload);
        if (length - done < start + payload) break;
        frame_arrived(peer, head[0] & 15, bytes + done + start, payload, start + payload);
        done += start + payload;
    }
    return done;
}

static size_t take(struct peer *peer, const char *bytes, size_t length) {
    if (peer->kind == SOCKET_OPEN) return take_frames(peer, bytes, length);
    int status = 0;
    size_t used = answer_length(bytes, length, &status);
    if (!used) return 0;
    if (peer->kind == SENDER) {
        if (status != 200 && status != 201) fail("a message is answered %d: %.300s", status, bytes);
        answers++;
        return used;
    }
    if (status != 101) fail("a WebSocket is answered %d: %.300s", status, bytes);
    peer->kind = SOCKET_OPEN;
    if (!peer->greetings) ready_sockets++;
    return used + take_frames(peer, bytes + used, length - used);
}

static void readable(struct peer *peer) {
    if (peer->kept_length) memcpy(input, peer->kept, peer->kept_length);
    ssize_t got = recv(peer->file, input + peer->kept_length, sizeof input - 1 - peer->kept_length, 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0) fail("the server has closed a connection");
    size_t length = peer->kept_length + (size_t)got;
    input[length] = 0;
    size_t done = take(peer, input, length);
    peer->kept_length = length - done;
    if (peer->kept_length) {
        peer->kept = realloc(peer->kept, peer->kept_length);
        if (!peer->kept) fail("out of memory");
        memcpy(peer->kept, input + done, peer->kept_length);
    }
}

static void wait_for_input(const char *what) {
    struct epoll_event events[512];
    int ready = epoll_wait(poll_file, events, 512, TIME_LIMIT_MS);
    if (ready == 0) fail("nothing arrived for %d s while %s (%d sockets ready, %llu deliveries)", TIME_LIMIT_MS / 1000, what, ready_sockets, (unsigned long long)deliveries);
    for (int i = 0; i < ready; i++) readable(events[i].data.ptr);
}

static void open_all(void) {
    int opened = 0;
    while (ready_sockets < options->sockets) {
        while (opened < options->sockets && opened - ready_sockets < OPENING_AT_ONCE) open_socket(opened++);
        wait_for_input("opening sockets");
        if (now() - last_heartbeat > HEARTBEAT_EVERY) send_heartbeats(opened);
    }
    for (int i = 0; i < options->burst; i++) {
        senders[i].kind = SENDER;
        senders[i].file = connect_to(options->port);
        watch(&senders[i]);
    }
    send_heartbeats(options->sockets);
}

// Posts the messages of one round and returns the nanoseconds until the last delivery.
static uint64_t one_round(void) {
    char text[8192], body[8300], request[12288];
    round_number++;
    int length = snprintf(text, sizeof text, "#%ld#", round_number);
    while (length < options->bytes && length < (int)sizeof text - 1) text[length++] = 'x';
    text[length] = 0;
    int size = snprintf(body, sizeof body, strcmp(options->post_format, "json") ? "%s" : "{\"content\":\"%s\"}", text);
    int whole = snprintf(request, sizeof request,
        "POST %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Type: application/json\r\nContent-Length: %d\r\n%s%s%s\r\n%s",
        options->post_path, options->port, size, options->post_token ? "Authorization: Bearer " : "",
        options->post_token ? options->post_token : "", options->post_token ? "\r\n" : "", body);
    if (whole >= (int)sizeof request) fail("the message is too long");

    answers = 0;
    uint64_t before = deliveries, due = (uint64_t)options->sockets * (uint64_t)options->burst, start = now();
    for (int i = 0; i < options->burst; i++) send_whole(senders[i].file, request, (size_t)whole);
    while (answers < options->burst || deliveries - before < due) wait_for_input("messages are delivered");
    uint64_t time = now() - start;
    if (now() - last_heartbeat > HEARTBEAT_EVERY) send_heartbeats(options->sockets);
    return time;
}

int run_fanout(const struct options *given) {
    options = given;
    sockets = calloc((size_t)options->sockets, sizeof *sockets);
    senders = calloc((size_t)options->burst, sizeof *senders);
    poll_file = epoll_create1(EPOLL_CLOEXEC);
    if (!sockets || !senders || poll_file < 0) fail("out of memory");
    read_tokens();
    last_heartbeat = now();
    uint64_t opening = now();
    open_all();
    opening = now() - opening;
    for (int i = 0; i < WARM_UP_ROUNDS; i++) one_round();

    struct samples samples = {0};
    deliveries = delivered_bytes = 0;
    uint64_t start = now(), cpu = cpu_microseconds(options->pid);
    for (int i = 0; i < options->messages; i++) add_sample(&samples, one_round());
    cpu = cpu_microseconds(options->pid) - cpu;
    double seconds = (double)(now() - start) / 1e9;
    sort_samples(&samples);
    printf("{\"deliveries\": %llu, \"seconds\": %.3f, \"per_second\": %.0f, \"cpu_us\": %llu, \"cpu_us_each\": %.4f, "
           "\"frame_bytes\": %llu, \"p50_us\": %.1f, \"p99_us\": %.1f, \"worst_us\": %.1f, \"opening_seconds\": %.2f}\n",
           (unsigned long long)deliveries, seconds, (double)deliveries / seconds, (unsigned long long)cpu, (double)cpu / (double)deliveries,
           (unsigned long long)(delivered_bytes / deliveries), quantile(&samples, 0.5), quantile(&samples, 0.99), quantile(&samples, 1),
           (double)opening / 1e9);
    return 0;
}
