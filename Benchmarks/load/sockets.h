// Many WebSockets, and connections that post to them, in one epoll set.
#ifndef ROOST_LOAD_SOCKETS_H
#define ROOST_LOAD_SOCKETS_H

#include "load.h"

struct sockets {
    const struct options *options;
    struct lines tokens;
    int poll;
    struct peer *peers;
    int opened, ready;
    uint64_t last_heartbeat;
    // Called for each frame after the greeting. NULL: frames are passed over.
    void (*frame_arrived)(const char *payload, size_t length, size_t frame_length);
    // Answers to posts so far.
    int answers;
    // Nanoseconds in which spin_for_input found nothing.
    uint64_t idle;
};

extern struct sockets all;

void prepare_sockets(const struct options *options);
// Opens sockets until there are so many, and waits until all are ready.
void open_sockets_up_to(int count);
// A connection for posts; returns its file.
int open_sender(void);
// Handles what has arrived; ends the program when nothing arrives for long.
void wait_for_input(const char *what);
// The same without ever sleeping: then no sender has to wake this process, which would cost it more than the sending.
void spin_for_input(const char *what);
// Handles what has arrived for so long, and keeps the sockets alive.
void stay_for(double seconds);
// Sends a heartbeat on every open socket, when it is time.
void keep_alive(void);

#endif
