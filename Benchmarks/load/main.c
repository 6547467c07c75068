// The load of the benchmarks: `load http|sends|fanout|instance|hold|storm ...`; prints lines of JSON. See Benchmarks/README.md.
#include "load.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct option names[] = {
    {"port", required_argument, NULL, 'p'},        {"pid", required_argument, NULL, 'i'},
    {"path", required_argument, NULL, 'u'},        {"tokens", required_argument, NULL, 't'},
    {"post-path", required_argument, NULL, 'P'},   {"post-token", required_argument, NULL, 'T'},
    {"post-format", required_argument, NULL, 'F'}, {"connections", required_argument, NULL, 'c'},
    {"seconds", required_argument, NULL, 's'},     {"sockets", required_argument, NULL, 'n'},
    {"greeting", required_argument, NULL, 'g'},    {"messages", required_argument, NULL, 'm'},
    {"burst", required_argument, NULL, 'b'},       {"bytes", required_argument, NULL, 'l'},
    {"paths", required_argument, NULL, 'U'},       {"syncs", required_argument, NULL, 'S'},
    {"rounds", required_argument, NULL, 'r'},      {"away", required_argument, NULL, 'a'},
    {"events", required_argument, NULL, 'e'},
    {NULL, 0, NULL, 0},
};

static int number(const char *text, int least) {
    char *end;
    long value = strtol(text, &end, 10);
    if (*end || value < least || value > 10000000) fail("%s is not a number from %d on", text, least);
    return (int)value;
}

int main(int count, char **words) {
    struct options options = {
        .path = "/healthz", .post_path = "/", .post_format = "@", .connections = 64, .seconds = 5,
        .sockets = 1000, .messages = 300, .burst = 1, .bytes = 64, .rounds = 1,
    };
    if (count < 2) fail("usage: load http|sends|fanout|instance|hold|storm --port N [options]");
    const char *kind = words[1];
    optind = 2;
    for (int option; (option = getopt_long(count, words, "", names, NULL)) != -1;) {
        switch (option) {
        case 'p': options.port = number(optarg, 1); break;
        case 'i': options.pid = number(optarg, 1); break;
        case 'u': options.path = optarg; break;
        case 't': options.token_file = optarg; break;
        case 'P': options.post_path = optarg; break;
        case 'T': options.post_token = optarg; break;
        case 'F': options.post_format = optarg; break;
        case 'c': options.connections = number(optarg, 1); break;
        case 's': options.seconds = number(optarg, 1); break;
        case 'n': options.sockets = number(optarg, 1); break;
        case 'g': options.greeting = number(optarg, 0); break;
        case 'm': options.messages = number(optarg, 1); break;
        case 'b': options.burst = number(optarg, 1); break;
        case 'l': options.bytes = number(optarg, 1); break;
        case 'U': options.path_file = optarg; break;
        case 'S': options.sync_file = optarg; break;
        case 'r': options.rounds = number(optarg, 1); break;
        case 'a': options.away = number(optarg, 0); break;
        case 'e': options.events = number(optarg, 0); break;
        default: return 64;
        }
    }
    if (!options.port) fail("--port is missing");
    if (strcmp(kind, "http") == 0) return run_http(&options);
    if (strcmp(kind, "sends") == 0) return run_sends(&options);
    if (strcmp(kind, "fanout") == 0) return run_fanout(&options);
    if (strcmp(kind, "instance") == 0) return run_instance(&options);
    if (strcmp(kind, "hold") == 0) return run_hold(&options);
    if (strcmp(kind, "storm") == 0) return run_storm(&options);
    fail("usage: load http|sends|fanout|instance|hold|storm --port N [options]");
}
