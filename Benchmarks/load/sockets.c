#define _GNU_SOURCE
#include "sockets.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define EVENTS_AT_ONCE 512
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

struct sockets all;
static char input[1 << 20];

void prepare_sockets(const struct options *options) {
    all.options = options;
    all.tokens = read_lines(options->token_file);
    all.peers = calloc((size_t)options->sockets, sizeof *all.peers);
    all.poll = epoll_create1(EPOLL_CLOEXEC);
    if (!all.peers || all.poll < 0) fail("out of memory");
    all.last_heartbeat = now();
}

static void watch(struct peer *peer) {
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = peer};
    if (epoll_ctl(all.poll, EPOLL_CTL_ADD, peer->file, &event) < 0) fail("epoll_ctl: %s", strerror(errno));
}

void open_socket(int number) {
    struct peer *peer = &all.peers[number];
    peer->file = connect_to(all.options->port);
    peer->greetings = all.options->greeting;
    watch(peer);
    char head[2048];
    const char *token = line_for(&all.tokens, number);
    int length = snprintf(head, sizeof head, "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n%s%s%s%s\r\n", all.options->path, all.options->port,
        all.options->events ? "" : "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n", token ? "Authorization: Bearer " : "", token ? token : "", token ? "\r\n" : "");
    if (length >= (int)sizeof head) fail("the token is too long");
    send_whole(peer->file, head, (size_t)length);
}

void break_socket(int number) {
    struct peer *peer = &all.peers[number];
    // Without lingering, closing resets the connection, and leaves no port waiting.
    struct linger linger = {.l_onoff = 1};
    setsockopt(peer->file, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
    close(peer->file);
    free(peer->kept);
    *peer = (struct peer){.file = -1};
}

void send_text(int number, const char *text, size_t length) {
    char frame[8 + 65535] = {(char)0x81};
    size_t head = 2;
    if (length > 65535) fail("a frame has %zu bytes", length);
    if (length < 126) {
        frame[1] = (char)(0x80 | length);
    } else {
        frame[1] = (char)(0x80 | 126);
        frame[2] = (char)(length >> 8);
        frame[3] = (char)length;
        head = 4;
    }
    // The mask is four zeros.
    memcpy(frame + head + 4, text, length);
    send_whole(all.peers[number].file, frame, head + 4 + length);
}

int open_sender(void) {
    struct peer *sender = calloc(1, sizeof *sender);
    if (!sender) fail("out of memory");
    sender->kind = SENDER;
    sender->file = connect_to(all.options->port);
    watch(sender);
    return sender->file;
}

void keep_alive(void) {
    static const char heartbeat[] = "{\"op\":1,\"d\":null}";
    static int next;
    // An event stream is kept alive by the server.
    if (!all.opened || all.options->events) return;
    uint64_t due = (now() - all.last_heartbeat) * (uint64_t)all.opened / HEARTBEAT_EVERY;
    all.last_heartbeat += due * HEARTBEAT_EVERY / (uint64_t)all.opened;
    for (; due; due--) {
        next = (next + 1) % all.opened;
        if (all.peers[next].kind == SOCKET_OPEN) send_text(next, heartbeat, sizeof heartbeat - 1);
    }
}

static void take_frame(struct peer *peer, unsigned char opcode, const char *payload, size_t length, size_t frame) {
    if (opcode == 8) fail("the server has closed a socket with %d", length > 1 ? ((unsigned char)payload[0] << 8 | (unsigned char)payload[1]) : 0);
    if (peer->greetings > 0) {
        if (--peer->greetings == 0) all.ready++;
    } else if (all.frame_arrived) {
        all.frame_arrived((int)(peer - all.peers), payload, length, frame);
    }
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
        take_frame(peer, head[0] & 15, bytes + done + start, payload, start + payload);
        done += start + payload;
    }
    return done;
}

// The same for an event stream: an event, or a comment, ends with a blank line.
static size_t take_events(struct peer *peer, const char *bytes, size_t length) {
    size_t done = 0;
    for (const char *end; (end = memmem(bytes + done, length - done, "\n\n", 2));) {
        size_t event = (size_t)(end - bytes) + 2 - done;
        take_frame(peer, 1, bytes + done, event, event);
        done += event;
    }
    return done;
}

static size_t take_parts(struct peer *peer, const char *bytes, size_t length) {
    return all.options->events ? take_events(peer, bytes, length) : take_frames(peer, bytes, length);
}

static size_t take(struct peer *peer, const char *bytes, size_t length) {
    if (peer->kind == SOCKET_OPEN) return take_parts(peer, bytes, length);
    int status = 0;
    size_t used = answer_length(bytes, length, &status);
    if (!used) return 0;
    if (peer->kind == SENDER) {
        if (status != 200 && status != 201) fail("a message is answered %d: %.300s", status, bytes);
        all.answers++;
        return used;
    }
    if (status != (all.options->events ? 200 : 101)) fail("a socket is answered %d: %.300s", status, bytes);
    peer->kind = SOCKET_OPEN;
    if (!peer->greetings) all.ready++;
    return used + take_parts(peer, bytes + used, length - used);
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

int take_input(int at_most, int milliseconds) {
    struct epoll_event events[EVENTS_AT_ONCE];
    int ready = epoll_wait(all.poll, events, at_most < EVENTS_AT_ONCE ? at_most : EVENTS_AT_ONCE, milliseconds);
    for (int i = 0; i < ready; i++) readable(events[i].data.ptr);
    return ready;
}

void wait_for_input(const char *what) {
    if (take_input(EVENTS_AT_ONCE, TIME_LIMIT_MS) == 0) fail("nothing arrived for %d s while %s (%d sockets ready)", TIME_LIMIT_MS / 1000, what, all.ready);
}

void spin_for_input(const char *what) {
    uint64_t start = now(), last = start;
    while (take_input(EVENTS_AT_ONCE, 0) == 0) {
        last = now();
        if (last - start > TIME_LIMIT_MS * 1000000ull) fail("nothing arrived for %d s while %s (%d sockets ready)", TIME_LIMIT_MS / 1000, what, all.ready);
    }
    all.idle += last - start;
}

void stay_for(double seconds) {
    uint64_t end = now() + (uint64_t)(seconds * 1e9);
    while (now() < end) {
        take_input(EVENTS_AT_ONCE, 20);
        keep_alive();
    }
}

void open_sockets_up_to(int count) {
    while (all.ready < count) {
        while (all.opened < count && all.opened - all.ready < OPENING_AT_ONCE) open_socket(all.opened++);
        wait_for_input("opening sockets");
        keep_alive();
    }
}
