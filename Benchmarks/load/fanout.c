// Opens many WebSockets or event streams, posts messages and counts their deliveries: the next round begins when every socket has got
// every message of the last one.
#define _GNU_SOURCE
#include "sockets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WARM_UP_ROUNDS 10

static const struct options *options;
static int *senders;
static long round_number;
static uint64_t deliveries, delivered_bytes;

// A message of this round is known by the mark in its text; heartbeat answers and the like are passed over.
static void count_delivery(int number, const char *payload, size_t length, size_t frame_length) {
    (void)number;
    char mark[32];
    int size = snprintf(mark, sizeof mark, "#%ld#", round_number);
    if (!memmem(payload, length, mark, (size_t)size)) return;
    deliveries++;
    delivered_bytes += frame_length;
}

// Posts the messages of one round and returns the nanoseconds until the last delivery.
static uint64_t one_round(void) {
    char text[8192], body[8300], request[12288];
    round_number++;
    int length = snprintf(text, sizeof text, "#%ld#", round_number);
    while (length < options->bytes && length < (int)sizeof text - 1) text[length++] = 'x';
    text[length] = 0;
    int before_text = (int)strcspn(options->post_format, "@");
    const char *after_text = options->post_format + before_text + (options->post_format[before_text] == '@');
    int size = snprintf(body, sizeof body, "%.*s%s%s", before_text, options->post_format, text, after_text);
    int whole = snprintf(request, sizeof request,
        "POST %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Type: application/json\r\nContent-Length: %d\r\n%s%s%s\r\n%s",
        options->post_path, options->port, size, options->post_token ? "Authorization: Bearer " : "",
        options->post_token ? options->post_token : "", options->post_token ? "\r\n" : "", body);
    if (whole >= (int)sizeof request) fail("the message is too long");

    all.answers = 0;
    uint64_t before = deliveries, due = (uint64_t)options->sockets * (uint64_t)options->burst, start = now();
    for (int i = 0; i < options->burst; i++) send_whole(senders[i], request, (size_t)whole);
    while (all.answers < options->burst || deliveries - before < due) spin_for_input("messages are delivered");
    uint64_t time = now() - start;
    keep_alive();
    return time;
}

int run_fanout(const struct options *given) {
    options = given;
    senders = calloc((size_t)options->burst, sizeof *senders);
    if (!senders) fail("out of memory");
    prepare_sockets(options);
    all.frame_arrived = count_delivery;
    uint64_t opening = now();
    open_sockets_up_to(options->sockets);
    for (int i = 0; i < options->burst; i++) senders[i] = open_sender();
    opening = now() - opening;
    for (int i = 0; i < WARM_UP_ROUNDS; i++) one_round();

    struct samples samples = {0};
    deliveries = delivered_bytes = 0;
    uint64_t start = now(), cpu = cpu_microseconds(options->pid), own = own_cpu_microseconds(), idle = all.idle;
    for (int i = 0; i < options->messages; i++) add_sample(&samples, one_round());
    cpu = cpu_microseconds(options->pid) - cpu;
    // Spinning is not work.
    own = own_cpu_microseconds() - own;
    idle = (all.idle - idle) / 1000;
    own -= idle < own ? idle : own;
    double seconds = (double)(now() - start) / 1e9;
    sort_samples(&samples);
    printf("{\"deliveries\": %llu, \"seconds\": %.3f, \"per_second\": %.0f, \"cpu_us\": %llu, \"cpu_us_each\": %.4f, \"server_cores\": %.3f, "
           "\"load_cores\": %.3f, \"frame_bytes\": %llu, \"p50_us\": %.1f, \"p99_us\": %.1f, \"worst_us\": %.1f, \"opening_seconds\": %.2f}\n",
           (unsigned long long)deliveries, seconds, (double)deliveries / seconds, (unsigned long long)cpu, (double)cpu / (double)deliveries,
           (double)cpu / 1e6 / seconds, (double)own / 1e6 / seconds, (unsigned long long)(delivered_bytes / deliveries),
           quantile(&samples, 0.5), quantile(&samples, 0.99), quantile(&samples, 1), (double)opening / 1e9);
    return 0;
}
