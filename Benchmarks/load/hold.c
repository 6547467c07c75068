// Opens WebSockets or event streams in steps and leaves them idle: for each number on standard input it opens so many in all, lets the
// server come to rest, and prints {"open": N}.
#include "sockets.h"

#include <stdio.h>

#define REST_SECONDS 1.0

int run_hold(const struct options *options) {
    prepare_sockets(options);
    for (int count; scanf("%d", &count) == 1;) {
        if (count > options->sockets) fail("%d sockets are more than %d", count, options->sockets);
        open_sockets_up_to(count);
        stay_for(REST_SECONDS);
        printf("{\"open\": %d}\n", all.ready);
        fflush(stdout);
    }
    return 0;
}
