#pragma once
// Declarations that Swift's Glibc overlay leaves out, and the one thread-local variable the reactor needs.

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/uio.h>

/// The event loop that owns the calling thread, or NULL on every other thread.
void *_Nullable roost_current_loop(void);
void roost_set_current_loop(void *_Nullable loop);

/// Turns on SO_REUSEPORT so that every loop can listen on the same port. Returns 0 or an errno value.
int roost_set_reuse_port(int descriptor);

/// Bytes of a connected socket that the system holds because the peer has not acknowledged them; 0 when it does not tell.
long roost_unacknowledged_bytes(int descriptor);

/// Lets the system give a connection up whose peer acknowledges nothing of what was sent for so long. Returns 0 or an errno value; does nothing
/// where the system has no such limit.
int roost_set_acknowledgement_limit(int descriptor, int milliseconds);

/// Sends without waiting. Returns the bytes taken, 0 when the socket takes none for now, or a negative errno value.
ssize_t roost_send(int descriptor, const void *_Nullable bytes, size_t count);

/// Names the calling thread for the system's tools; longer names are cut by the caller to 15 bytes.
void roost_name_thread(const char *_Nonnull name);

/// Starts a program with nothing of this process: no descriptors but its output, no signals blocked or ignored, no input, a process group of its own.
/// `arguments` and `environment` end with NULL, the first argument is the path of the program. Returns 0 and the process, or an errno value.
int roost_spawn(
    char *_Nullable const *_Nonnull arguments, char *_Nullable const *_Nonnull environment, int output, pid_t *_Nonnull process);

/// Whether a process that was started here has ended. It keeps its number until it is reaped.
int roost_has_ended(pid_t process);

/// Ends whatever is left of the process group that a process of `roost_spawn` leads, waits for that process and returns its exit code;
/// -1 when a signal has ended it.
int roost_reap(pid_t process);
