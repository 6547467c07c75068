#define _GNU_SOURCE
#include "CPlatform.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
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

static int spawn_actions(posix_spawn_file_actions_t *actions, int output) {
    int error = posix_spawn_file_actions_addopen(actions, 0, "/dev/null", O_RDONLY, 0);
    if (!error) error = posix_spawn_file_actions_adddup2(actions, output, 1);
    if (!error) error = posix_spawn_file_actions_addopen(actions, 2, "/dev/null", O_WRONLY, 0);
#ifndef __APPLE__
    if (!error) error = posix_spawn_file_actions_addclosefrom_np(actions, 3);
#endif
    return error;
}

static int spawn_attributes(posix_spawnattr_t *attributes) {
    short flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP;
#ifdef __APPLE__
    flags |= POSIX_SPAWN_CLOEXEC_DEFAULT;
#endif
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    int error = posix_spawnattr_setflags(attributes, flags);
    if (!error) error = posix_spawnattr_setpgroup(attributes, 0);
    if (!error) error = posix_spawnattr_setsigmask(attributes, &none);
    if (!error) error = posix_spawnattr_setsigdefault(attributes, &all);
    return error;
}

int roost_spawn(char *const *arguments, char *const *environment, int output, pid_t *process) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int error = posix_spawn_file_actions_init(&actions);
    if (error) return error;
    error = posix_spawnattr_init(&attributes);
    if (!error) {
        error = spawn_actions(&actions, output);
        if (!error) error = spawn_attributes(&attributes);
        if (!error) error = posix_spawn(process, arguments[0], &actions, &attributes, arguments, environment);
        posix_spawnattr_destroy(&attributes);
    }
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

int roost_has_ended(pid_t process) {
    siginfo_t information = {0};
    // One that is not there has ended too: then the system reaps for itself.
    return waitid(P_PID, (id_t)process, &information, WEXITED | WNOHANG | WNOWAIT) != 0 ? errno != EINTR : information.si_pid == process;
}

int roost_reap(pid_t process) {
    // Before it is reaped: until then the number of the group is nobody else's.
    kill(-process, SIGKILL);
    int status = 0;
    pid_t reaped;
    do reaped = waitpid(process, &status, 0);
    while (reaped < 0 && errno == EINTR);
    return reaped == process && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
