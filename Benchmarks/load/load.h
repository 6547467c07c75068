// What all kinds of load share.
#ifndef ROOST_LOAD_H
#define ROOST_LOAD_H

#include <stddef.h>
#include <stdint.h>

// The options of the command line; what a kind of load does not use stays as it is.
struct options {
    int port;
    int pid;                  // the server process, whose CPU time is read at the start and the end; 0: none
    const char *path;         // http: what is asked for; fanout, hold, storm: where the WebSocket is
    const char *path_file;    // one path a line; sends: dealt out to the connections in turn; NULL: all use post_path;
                              // http: asked for in turn, and what stands behind a tab is posted there; NULL: all ask for path;
                              // storm: where messages are posted and read
    const char *token_file;   // one bearer token a line, dealt out to the connections in turn; NULL: none
    const char *post_path;    // fanout, sends: where messages are posted; instance: the id of the instance
    const char *post_token;   // fanout: bearer token of the sender; NULL: none
    const char *post_format;  // fanout: the body, with an @ where the text of the message stands
    const char *sync_file;    // sends: where the server counts its fsyncs (Benchmarks/syncs); NULL: it does not
    int connections;          // http, sends: requests under way at any time; storm: of ordinary requests
    double seconds;           // http, sends: length of the measurement; storm: time in which all come back
    int sockets;              // fanout, instance, hold, storm
    int greeting;             // fanout, hold: frames that the server sends to every socket before it is ready
    int messages;             // fanout: rounds of the measurement
    int burst;                // fanout: messages posted at once in each round
    int bytes;                // fanout, sends: length of the text of a message
    int rounds;               // storm: how many
    int events;               // fanout, hold: 1 for event streams in place of WebSockets
    int away;                 // storm: seconds before the first socket comes back
};

int run_http(const struct options *options);
int run_sends(const struct options *options);
int run_fanout(const struct options *options);
int run_storm(const struct options *options);
int run_instance(const struct options *options);
int run_hold(const struct options *options);

// Ends the program with a sentence.
_Noreturn void fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

// Nanoseconds of the monotonic clock.
uint64_t now(void);

// Microseconds of CPU time, user and system, of all threads of a process so far.
uint64_t cpu_microseconds(int pid);

// The same of this program: near the time that has passed, the load itself is what is measured.
uint64_t own_cpu_microseconds(void);

// A connection to 127.0.0.1 with TCP_NODELAY, not blocking after it has been made.
int connect_to(int port);

// Sends all of it; the data are small, so that a full socket buffer means that something is wrong.
void send_whole(int file, const void *bytes, size_t length);

// The length of the HTTP answer at `bytes` (which a NUL follows) with its body, 0 when it has not arrived whole. Sets the status.
size_t answer_length(const char *bytes, size_t length, int *status);

// The lines of a file, each ended by a NUL.
struct lines {
    char **items;
    size_t count;
};
// No lines for no path.
struct lines read_lines(const char *path);
// The line for a connection: dealt out in turn; NULL when there are none.
const char *line_for(const struct lines *lines, int number);

// Times of which the median and other quantiles are wanted.
struct samples {
    uint32_t *values;
    size_t count, room;
};
void add_sample(struct samples *samples, uint64_t nanoseconds);
void sort_samples(struct samples *samples);
// The quantile, for example 0.99, in microseconds.
double quantile(const struct samples *samples, double part);

#endif
