// Opens WebSockets that all come into one instance, where each moves so many times a second: counts what the others are told of it.
#define _GNU_SOURCE
#include "sockets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Each socket moves so often.
#define MOVES_PER_SECOND 20

static const struct options *options;
static int inside;
static uint64_t deliveries, delivered_bytes;

static void count_frame(int number, const char *payload, size_t length, size_t frame_length) {
    (void)number;
    if (memmem(payload, length, "instance-transform", 18)) {
        deliveries++;
        delivered_bytes += frame_length;
    } else if (memmem(payload, length, "\"state\":\"join\"", 14)) {
        if (memmem(payload, length, "\"success\":true", 14) == NULL) fail("nobody is let in: %.*s", (int)(length < 300 ? length : 300), payload);
        inside++;
    }
}

static void send_join(int number) {
    char text[512];
    int length = snprintf(text, sizeof text, "{\"state\":\"join\",\"command\":\"instance-join\",\"data\":{\"instance\":\"%s\"}}", options->post_path);
    send_text(number, text, (size_t)length);
}

// As a headset says it: each number is another one than the last time.
static void send_move(int number, long move) {
    char text[1024];
    double x = (double)(move % 10000) * 0.0013, turn = (double)(move % 7000) * 0.0001;
    int length = snprintf(text, sizeof text,
        "{\"command\":\"transform\",\"data\":{\"instance\":\"%s\",\"path\":\"p:@me/body/head\",\"p\":{\"x\":%.6f,\"y\":1.7123,\"z\":%.6f},"
        "\"r\":{\"x\":0.0012,\"y\":%.6f,\"z\":0.0431,\"w\":0.7071},\"s\":{\"x\":1,\"y\":1,\"z\":1},\"v\":{\"x\":%.6f,\"y\":0.0213,\"z\":0.5},\"at\":%ld}}",
        options->post_path, x, x * 2, turn, turn * 3, move);
    send_text(number, text, (size_t)length);
}

int run_instance(const struct options *given) {
    options = given;
    prepare_sockets(options);
    all.frame_arrived = count_frame;
    open_sockets_up_to(options->sockets);
    for (int i = 0; i < options->sockets; i++) send_join(i);
    while (inside < options->sockets) wait_for_input("coming into the instance");

    long moves = (long)(options->seconds * MOVES_PER_SECOND * options->sockets);
    uint64_t start = now(), cpu = cpu_microseconds(options->pid), own = own_cpu_microseconds(), idle = all.idle;
    for (long move = 1; move <= moves; move++) {
        uint64_t due = start + (uint64_t)((double)move * 1e9 / (MOVES_PER_SECOND * options->sockets));
        while (now() < due) {
            uint64_t before = now();
            if (take_input(512, 0) == 0) all.idle += now() - before;
        }
        send_move((int)(move % options->sockets), move);
    }
    while (deliveries < (uint64_t)moves * (uint64_t)(options->sockets - 1)) spin_for_input("movements are told");
    cpu = cpu_microseconds(options->pid) - cpu;
    own = own_cpu_microseconds() - own;
    idle = (all.idle - idle) / 1000;
    own -= idle < own ? idle : own;
    double seconds = (double)(now() - start) / 1e9;
    printf("{\"deliveries\": %llu, \"seconds\": %.3f, \"per_second\": %.0f, \"cpu_us\": %llu, \"cpu_us_each\": %.4f, \"server_cores\": %.3f, "
           "\"load_cores\": %.3f, \"frame_bytes\": %llu}\n",
           (unsigned long long)deliveries, seconds, (double)deliveries / seconds, (unsigned long long)cpu, (double)cpu / (double)deliveries,
           (double)cpu / 1e6 / seconds, (double)own / 1e6 / seconds, (unsigned long long)(delivered_bytes / deliveries));
    return 0;
}
