// Signs many WebSockets in, breaks all of them at once, and lets them come back at random moments of a given time: half of
// them resume, half begin anew. Ordinary requests go on meanwhile. One line of JSON for each storm.
#define _GNU_SOURCE
#include "ordinary.h"
#include "sockets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OPENING_AT_ONCE 32
// So few that an ordinary answer does not wait long for this program.
#define SOCKETS_AT_ONCE 16
#define SECOND 1000000000u
// Without news of presence for so long, or after so long in any case, the sockets are at rest.
#define REST (3ull * SECOND)
#define REST_LIMIT (300ull * SECOND)
#define STORM_LIMIT (120ull * SECOND)
// Frames of presence that follow each other faster belong to one batch.
#define BATCH_GAP (SECOND / 4)
// What comes right after a socket has been signed in is its greeting, and no batch.
#define GREETING_TIME SECOND

struct member {
    char session[128];    // of CONNECTED
    long long sequence;   // of its last event
    uint64_t due;         // when it comes back
    uint64_t ready;       // when it was signed in; 0: it is not
    uint64_t last_presence;
    int resumes;
};

// What has come on all sockets.
struct traffic {
    uint64_t bytes, presence_frames, presence_bytes, presence_batches;
    uint64_t this_second, this_second_frames, most_in_a_second;
};

static const struct options *options;
static struct lines tokens;
static struct member *members;
static int *order;  // in which the sockets come back
static int ready_count;
static uint64_t last_presence;
static struct traffic traffic;
static uint64_t replayed;
static struct samples returns;  // from when a socket was to come back until it was signed in

static void sign_in(int number) {
    const struct member *member = &members[number];
    const char *token = line_for(&tokens, number);
    char text[4096];
    int length = member->resumes
        ? snprintf(text, sizeof text, "{\"op\":6,\"d\":{\"token\":\"%s\",\"session_id\":\"%s\",\"seq\":%lld}}",
              token, member->session, member->sequence)
        : snprintf(text, sizeof text, "{\"op\":3,\"d\":{\"token\":\"%s\"}}", token);
    if (length >= (int)sizeof text) fail("the token is too long");
    send_text(number, text, (size_t)length);
}

static void is_ready(struct member *member) {
    member->ready = now();
    ready_count++;
    if (member->due) add_sample(&returns, member->ready - member->due);
}

static void count_presence(struct member *member, size_t frame_length) {
    uint64_t time = now();
    traffic.presence_frames++;
    traffic.presence_bytes += frame_length;
    if (time - traffic.this_second >= SECOND) {
        traffic.this_second = time;
        traffic.this_second_frames = 0;
    }
    if (++traffic.this_second_frames > traffic.most_in_a_second) traffic.most_in_a_second = traffic.this_second_frames;
    int is_greeting = !member->ready || time - member->ready < GREETING_TIME;
    if (!is_greeting && time - member->last_presence > BATCH_GAP) traffic.presence_batches++;
    member->last_presence = last_presence = time;
}

static void count_replay(const char *payload, size_t length) {
    const char *count = memmem(payload, length, "\"replayed\":", 11);
    if (!count) fail("RESUMED names no number of events");
    replayed += strtoull(count + 11, NULL, 10);
}

static void take_session(struct member *member, const char *payload, size_t length) {
    static const char key[] = "\"session_id\":\"";
    const char *start = memmem(payload, length, key, sizeof key - 1);
    const char *end = start ? memchr(start + sizeof key - 1, '"', (size_t)(payload + length - start) - (sizeof key - 1)) : NULL;
    size_t size = end ? (size_t)(end - start) - (sizeof key - 1) : sizeof member->session;
    if (size >= sizeof member->session) fail("CONNECTED names no session");
    memcpy(member->session, start + sizeof key - 1, size);
    member->session[size] = 0;
}

// The opcode comes first in every frame, and the number of an event before its data.
static void take_frame(int number, const char *payload, size_t length, size_t frame_length) {
    struct member *member = &members[number];
    traffic.bytes += frame_length;
    if (length < 7 || memcmp(payload, "{\"op\":", 6) != 0) fail("this is no frame: %.*s", (int)(length < 40 ? length : 40), payload);
    int operation = atoi(payload + 6);
    if (operation == 40) return count_presence(member, frame_length);
    if (operation == 9) fail("the server does not resume a session");
    const char *sequence = memmem(payload, length < 80 ? length : 80, "\"s\":", 4);
    if (operation >= 10 && sequence) member->sequence = atoll(sequence + 4);
    if (operation == 0) sign_in(number);
    if (operation == 10) take_session(member, payload, length);
    if (operation == 8) count_replay(payload, length);
    if (operation == 10 || operation == 8) is_ready(member);
}

// One step of everything that goes on all the time.
static void go_on(int with_ordinary) {
    if (with_ordinary) {
        wait_for_ordinary(all.poll);
        go_on_ordinary();
    }
    take_input(SOCKETS_AT_ONCE, with_ordinary ? 0 : 1);
    keep_alive();
}

static void open_all(void) {
    int opened = 0;
    for (uint64_t start = now(); ready_count < options->sockets;) {
        while (opened < options->sockets && opened - ready_count < OPENING_AT_ONCE) open_socket(opened++);
        all.opened = opened;
        go_on(0);
        if (now() - start > REST_LIMIT) fail("only %d of %d sockets are signed in", ready_count, options->sockets);
    }
}

// Waits until presence has been told; returns the seconds.
static double come_to_rest(int with_ordinary) {
    uint64_t start = now();
    last_presence = start;
    while (now() - last_presence < REST && now() - start < REST_LIMIT) go_on(with_ordinary);
    return (double)(now() - start) / SECOND;
}

static int by_due(const void *a, const void *b) {
    uint64_t left = members[*(const int *)a].due, right = members[*(const int *)b].due;
    return (left > right) - (left < right);
}

// Nobody is there any more; everybody has a moment to come back at.
static void break_all(uint64_t start) {
    for (int i = 0; i < options->sockets; i++) {
        struct member *member = &members[i];
        break_socket(i);
        member->ready = 0;
        member->resumes = i % 2;
        member->due = start + (uint64_t)((options->away + options->seconds * drand48()) * SECOND);
        order[i] = i;
        if (i % 64 == 0) go_on_ordinary();
    }
    ready_count = 0;
    qsort(order, (size_t)options->sockets, sizeof *order, by_due);
}

// The seconds for which sockets have been signed in, without so many at the beginning of each.
static double socket_seconds(uint64_t without) {
    double seconds = 0;
    for (int i = 0; i < options->sockets; i++) {
        uint64_t time = now() - members[i].ready;
        if (members[i].ready && time > without) seconds += (double)(time - without) / SECOND;
    }
    return seconds;
}

static void one_storm(void) {
    double rest = come_to_rest(1);
    free(take_ordinary().values);
    uint64_t start = now(), cpu = cpu_microseconds(options->pid);
    while (now() - start < (uint64_t)(options->seconds / 2 * SECOND)) go_on(1);
    double calm_cores = (double)(cpu_microseconds(options->pid) - cpu) * 1000 / (double)(now() - start);
    struct samples calm = take_ordinary();

    start = now();
    cpu = cpu_microseconds(options->pid);
    uint64_t own = own_cpu_microseconds(), end = start + (uint64_t)((options->away + options->seconds) * SECOND);
    break_all(start);
    if (options->away) {
        // The time in which nobody is there would make the storm look milder than it is.
        while (now() - start < (uint64_t)options->away * SECOND) go_on(1);
        free(take_ordinary().values);
        start = now();
        cpu = cpu_microseconds(options->pid);
        own = own_cpu_microseconds();
    }
    returns.count = replayed = 0;
    // What was on its way to the old sockets is not counted.
    traffic = (struct traffic){0};
    for (int next = 0; now() < end || ready_count < options->sockets;) {
        while (next < options->sockets && now() >= members[order[next]].due) open_socket(order[next++]);
        go_on(1);
        if (now() > end + STORM_LIMIT) fail("only %d of %d sockets are back", ready_count, options->sockets);
    }
    double seconds = (double)(now() - start) / SECOND, there = socket_seconds(0), listening = socket_seconds(GREETING_TIME);
    cpu = cpu_microseconds(options->pid) - cpu;
    own = own_cpu_microseconds() - own;
    uint64_t last = 0;
    for (int i = 0; i < options->sockets; i++) last = members[i].ready > last ? members[i].ready : last;
    struct samples storm = take_ordinary();
    sort_samples(&returns);
    double calm_p50 = quantile(&calm, 0.5), calm_p99 = quantile(&calm, 0.99), p50 = quantile(&storm, 0.5), p99 = quantile(&storm, 0.99);
    printf("{\"rest_seconds\": %.1f, \"calm_requests\": %zu, \"calm_p50_us\": %.1f, \"calm_p99_us\": %.1f, \"calm_cores\": %.3f, "
           "\"requests\": %zu, \"p50_us\": %.1f, \"p99_us\": %.1f, \"worst_us\": %.1f, \"p50_ratio\": %.3f, \"p99_ratio\": %.3f, ",
           rest, calm.count, calm_p50, calm_p99, calm_cores, storm.count, p50, p99, quantile(&storm, 1), p50 / calm_p50, p99 / calm_p99);
    printf("\"connected_seconds\": %.2f, \"return_p50_ms\": %.2f, \"return_p99_ms\": %.2f, \"replayed_each\": %.1f, \"cpu_us_return\": %.1f, \"server_cores\": %.3f, "
           "\"load_cores\": %.3f, ",
           (double)(last - start) / SECOND, quantile(&returns, 0.5) / 1000, quantile(&returns, 0.99) / 1000, 2.0 * (double)replayed / options->sockets,
           (double)cpu / options->sockets,
           (double)cpu / 1e6 / seconds, (double)own / 1e6 / seconds);
    printf("\"bytes_each\": %.1f, \"presence_bytes_each\": %.1f, \"presence_each\": %.4f, \"presence_batches_each\": %.4f, "
           "\"presence_most_in_a_second\": %llu}\n",
           (double)traffic.bytes / there, (double)traffic.presence_bytes / there, (double)traffic.presence_frames / there,
           listening > 0 ? (double)traffic.presence_batches / listening : 0, (unsigned long long)traffic.most_in_a_second);
    fflush(stdout);
    free(calm.values);
    free(storm.values);
}

int run_storm(const struct options *given) {
    options = given;
    prepare_sockets(options);
    // The sockets show their tokens in op 3 and op 6, not in the handshake.
    tokens = all.tokens;
    all.tokens = (struct lines){0};
    if (!tokens.count) fail("--tokens is missing");
    all.frame_arrived = take_frame;
    members = calloc((size_t)options->sockets, sizeof *members);
    order = calloc((size_t)options->sockets, sizeof *order);
    if (!members || !order) fail("out of memory");
    open_all();
    come_to_rest(0);
    start_ordinary(options, &tokens);
    for (int i = 0; i < options->rounds; i++) one_storm();
    return 0;
}
