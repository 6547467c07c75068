// A steady stream of ordinary requests, to see what something else does to them.
#ifndef ROOST_LOAD_ORDINARY_H
#define ROOST_LOAD_ORDINARY_H

#include "load.h"

// Connects, and begins to ask: every connection at a fixed rate.
void start_ordinary(const struct options *options, const struct lines *tokens);
// Sleeps until an answer has arrived, a request is due, something can be read from `other`, or a millisecond has passed.
void wait_for_ordinary(int other);
// Takes the answers that have arrived, and asks what is due.
void go_on_ordinary(void);
// The times of the answers since the last call, sorted; the caller frees them.
struct samples take_ordinary(void);

#endif
