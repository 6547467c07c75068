#define _GNU_SOURCE
#include "CPlatform.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#ifndef __APPLE__
#include <linux/sockios.h>
#endif

static _Thread_local void *current_loop;

void *roost_current_loop(void) { return current_loop; }

void roost_set_current_loop(void *loop) { current_loop = loop; }

int roost_set_reuse_port(int descriptor) {
    int on = 1;
    return setsockopt(descriptor, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) == 0 ? 0 : errno;
}

long roost_unacknowledged_bytes(int descriptor) {
#ifdef __APPLE__
    int count = 0;
    socklen_t size = sizeof count;
    return getsockopt(descriptor, SOL_SOCKET, SO_NWRITE, &count, &size) == 0 ? count : 0;
#else
    int count = 0;
    return ioctl(descriptor, SIOCOUTQ, &count) == 0 ? count : 0;
#endif
}

int roost_set_acknowledgement_limit(int descriptor, int milliseconds) {
#if defined(TCP_USER_TIMEOUT)
    unsigned int limit = (unsigned int)milliseconds;
    return setsockopt(descriptor, IPPROTO_TCP, TCP_USER_TIMEOUT, &limit, sizeof limit) == 0 ? 0 : errno;
#elif defined(TCP_RXT_CONNDROPTIME)
    // In seconds there.
    int limit = (milliseconds + 999) / 1000;
    return setsockopt(descriptor, IPPROTO_TCP, TCP_RXT_CONNDROPTIME, &limit, sizeof limit) == 0 ? 0 : errno;
#else
    (void)descriptor;
    (void)milliseconds;
    return 0;
#endif
}

ssize_t roost_send(int descriptor, const void *bytes, size_t count) {
    // macOS has no such flag; libuv has set SO_NOSIGPIPE there.
#ifdef MSG_NOSIGNAL
    const int flags = MSG_DONTWAIT | MSG_NOSIGNAL;
#else
    const int flags = MSG_DONTWAIT;
#endif
    for (;;) {
        ssize_t sent = send(descriptor, bytes, count, flags);
        if (sent >= 0) return sent;
        switch (errno) {
        case EINTR: continue;
#ifdef __APPLE__
        // While the peer shuts down its side; the next try tells what it is.
        case EPROTOTYPE: continue;
#endif
        case EAGAIN:
        case ENOBUFS: return 0;
        default: return -errno;
        }
    }
}

void roost_name_thread(const char *name) {
#ifdef __APPLE__
    pthread_setname_np(name);
#else
    pthread_setname_np(pthread_self(), name);
#endif
}
