// Many WebSockets or event streams, and connections that post to them, in one epoll set.
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
    // Called for each frame after the greeting, with the number of its socket. NULL: frames are passed over.
    void (*frame_arrived)(int number, const char *payload, size_t length, size_t frame_length);
    // Answers to posts so far.
    int answers;
    // Nanoseconds in which spin_for_input found nothing.
    uint64_t idle;
};

extern struct sockets all;

void prepare_sockets(const struct options *options);
// Connects a socket and asks for the upgrade, or for the events.
void open_socket(int number);
// Ends a socket as a line that breaks does: with a reset and no close frame. Never from within frame_arrived.
void break_socket(int number);
// Sends a text frame of at most 65535 bytes.
void send_text(int number, const char *text, size_t length);
// Opens sockets until there are so many, and waits until all are ready.
void open_sockets_up_to(int count);
// A connection for posts; returns its file.
int open_sender(void);
// Handles what has arrived; ends the program when nothing arrives for long.
void wait_for_input(const char *what);
// Handles what has arrived on so many sockets at most, after waiting so long at most; returns on how many.
int take_input(int at_most, int milliseconds);
// The same as wait_for_input without ever sleeping: then no sender has to wake this process, which would cost it more than the sending.
void spin_for_input(const char *what);
// Handles what has arrived for so long, and keeps the sockets alive.
void stay_for(double seconds);
// Sends heartbeats where it is time: the sockets take turns, so that no moment has all of theirs.
void keep_alive(void);

#endif
