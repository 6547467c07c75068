// The least a server can do: one epoll loop that answers every request with fixed bytes, and sends the body of every POST
// to all WebSockets. What Roost costs is told as a ratio to this, measured in the same run.
//
// It trusts its client (Benchmarks/load): requests are well-formed, and the WebSocket handshake is answered without the
// proof that a browser would check. Prints its port on standard output.
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define LARGEST_REQUEST 65536
#define EVENTS_AT_ONCE 512

struct connection {
    int file;
    int is_socket;      // a WebSocket, after its handshake
    size_t place;       // among the WebSockets
    char *kept;         // the beginning of a request that has not arrived whole
    size_t kept_length;
};

static struct connection **sockets;
static size_t socket_count, socket_room;
static char input[LARGEST_REQUEST];

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static void send_whole(int file, const char *bytes, size_t length) {
    ssize_t sent = send(file, bytes, length, MSG_NOSIGNAL);
    if (sent < 0 && (errno == EPIPE || errno == ECONNRESET)) return;
    if (sent != (ssize_t)length) {
        fprintf(stderr, "baseline: a client is too slow, the measurement is worthless\n");
        exit(1);
    }
}

static void answer(struct connection *c, const char *text) { send_whole(c->file, text, strlen(text)); }

static void become_socket(struct connection *c) {
    if (socket_count == socket_room) {
        socket_room = socket_room ? socket_room * 2 : 1024;
        sockets = realloc(sockets, socket_room * sizeof *sockets);
        if (!sockets) fail("realloc");
    }
    c->is_socket = 1;
    c->place = socket_count;
    sockets[socket_count++] = c;
    answer(c, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
              "Sec-WebSocket-Accept: unchecked\r\n\r\n");
}

// One frame, encoded once, sent to every socket.
static void send_to_all(const char *text, size_t length) {
    static char frame[LARGEST_REQUEST + 4];
    size_t head = 2;
    frame[0] = (char)0x81;
    if (length < 126) {
        frame[1] = (char)length;
    } else {
        frame[1] = 126;
        frame[2] = (char)(length >> 8);
        frame[3] = (char)length;
        head = 4;
    }
    memcpy(frame + head, text, length);
    for (size_t i = 0; i < socket_count; i++) send_whole(sockets[i]->file, frame, head + length);
}

static size_t body_length(const char *head) {
    const char *field = strcasestr(head, "\r\ncontent-length:");
    return field ? strtoul(field + 17, NULL, 10) : 0;
}

// Handles one request at `bytes`, which a NUL follows; returns its length, or 0 when it has not arrived whole.
static size_t handle(struct connection *c, const char *bytes, size_t length) {
    const char *end = memmem(bytes, length, "\r\n\r\n", 4);
    if (!end) return 0;
    size_t head = (size_t)(end - bytes) + 4;
    if (memcmp(bytes, "POST", 4) == 0) {
        size_t body = body_length(bytes);
        if (length < head + body) return 0;
        send_to_all(bytes + head, body);
        answer(c, "HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n");
        return head + body;
    }
    if (strcasestr(bytes, "\r\nupgrade: websocket")) {
        become_socket(c);
    } else {
        answer(c, "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 3\r\n\r\nok\n");
    }
    return head;
}

static void forget(struct connection *c) {
    close(c->file);
    if (c->is_socket) {
        sockets[c->place] = sockets[--socket_count];
        sockets[c->place]->place = c->place;
    }
    free(c->kept);
    free(c);
}

static void readable(struct connection *c) {
    if (c->kept_length) memcpy(input, c->kept, c->kept_length);
    ssize_t got = recv(c->file, input + c->kept_length, sizeof input - 1 - c->kept_length, 0);
    if (got <= 0) {
        if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
        forget(c);
        return;
    }
    if (c->is_socket) return;  // heartbeats: nothing to do
    size_t length = c->kept_length + (size_t)got, done = 0;
    input[length] = 0;
    while (done < length && !c->is_socket) {
        size_t used = handle(c, input + done, length - done);
        if (!used) break;
        done += used;
    }
    c->kept_length = c->is_socket ? 0 : length - done;
    if (c->kept_length) {
        c->kept = realloc(c->kept, c->kept_length);
        if (!c->kept) fail("realloc");
        memcpy(c->kept, input + done, c->kept_length);
    }
}

static void accept_all(int listener, int poll) {
    for (;;) {
        int file = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (file < 0) {
            if (errno == EAGAIN || errno == EINTR || errno == ECONNABORTED) return;
            fail("accept");
        }
        int on = 1;
        setsockopt(file, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        struct connection *c = calloc(1, sizeof *c);
        if (!c) fail("calloc");
        c->file = file;
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
        if (epoll_ctl(poll, EPOLL_CTL_ADD, file, &event) < 0) fail("epoll_ctl");
    }
}

int main(void) {
    signal(SIGPIPE, SIG_IGN);
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    if (listener < 0 || bind(listener, (struct sockaddr *)&address, size) < 0) fail("bind");
    if (listen(listener, 4096) < 0) fail("listen");
    if (getsockname(listener, (struct sockaddr *)&address, &size) < 0) fail("getsockname");
    int poll = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
    if (poll < 0 || epoll_ctl(poll, EPOLL_CTL_ADD, listener, &event) < 0) fail("epoll");
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);

    struct epoll_event events[EVENTS_AT_ONCE];
    for (;;) {
        int count = epoll_wait(poll, events, EVENTS_AT_ONCE, -1);
        if (count < 0 && errno != EINTR) fail("epoll_wait");
        for (int i = 0; i < count; i++) {
            if (events[i].data.ptr) {
                readable(events[i].data.ptr);
            } else {
                accept_all(listener, poll);
            }
        }
    }
}
