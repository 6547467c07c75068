"""Measures what Roost costs beside the least that a server can do. `scripts/bench` calls this; Benchmarks/README.md explains it."""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from programs import ROOT, Baseline, Failure, Roost, build, load, raise_file_limit, roost_binary

SOCKETS_PER_ACCOUNT = 10
#: HELLO and CONNECTED come before a socket is ready (contracts/chat.md 4.3).
GREETING = 2
TEXT_BYTES = 64
SCENARIOS = {
    "http": "GET /healthz over keep-alive connections: CPU per request",
    "fanout": "messages posted one at a time to a channel that many sockets watch: CPU per delivery",
}


# Scenarios: each returns one measurement of Roost and one of the bare loop for every round.


def measure_http(options):
    shape = {"path": "/healthz", "connections": options.connections, "seconds": options.seconds}
    with Roost(options.server_core) as roost, Baseline(options.server_core) as baseline:
        for number in range(options.rounds):
            yield {server.name: measured(options, "http", server, number, **shape) for server in (roost, baseline)}


def measure_fanout(options):
    sockets, burst = options.sockets, options.burst
    messages = options.messages or max(30, 300_000 // (sockets * burst))
    raise_file_limit(sockets + 256)
    with Roost(options.server_core) as roost, Baseline(options.server_core) as baseline, tempfile.NamedTemporaryFile("w") as tokens:
        sender, channel, accounts = settle(roost, -(-sockets // SOCKETS_PER_ACCOUNT))
        tokens.write("".join(token + "\n" for token in accounts))
        tokens.flush()
        shape = {"sockets": sockets, "messages": messages, "burst": burst}
        for number in range(options.rounds):
            mine = measured(
                options, "fanout", roost, number, path="/api/ws", tokens=tokens.name, greeting=GREETING, bytes=TEXT_BYTES,
                post_path=f"/api/rest/channels/{channel}/messages", post_token=sender, post_format="json", **shape,
            )  # fmt: skip
            # The bare loop sends frames of the same length: the head of a frame of that size has 2 or 4 bytes.
            payload = mine["frame_bytes"] - (2 if mine["frame_bytes"] < 128 else 4)
            yield {roost.name: mine, baseline.name: measured(options, "fanout", baseline, number, bytes=payload, **shape)}


def settle(roost, accounts):
    """Makes a server with so many members. Returns the token of its owner, the channel, and the tokens of the members."""
    password = "correct horse battery"

    def register(name):
        return roost.call("POST", "/auth/register", {"username": name, "password": password})["access_token"]

    owner = register("bench-owner")
    nest = roost.call("POST", "/servers", {"name": "Bench"}, owner)
    invite = roost.call("POST", f"/servers/{nest['server_id']}/invites", {}, owner)["code"]
    members = [register(f"bench-{number}") for number in range(accounts)]
    for token in members:
        roost.call("POST", f"/invites/{invite}", token=token)
    return owner, nest["channels"][0]["channel_id"], members


def measured(options, kind, server, number, **shape):
    say(f"  {kind}, round {number + 1} of {options.rounds}: {server.name}")
    return load(options.load_core, kind, server, **shape)


# Results


def summary(rounds):
    """The median of each figure, and of the ratio of the CPU time, round by round."""
    programs = {}
    for name in rounds[0]:
        figures = rounds[0][name].keys()
        programs[name] = {figure: statistics.median(one[name][figure] for one in rounds) for figure in figures}
    ratios = [one[Roost.name]["cpu_us_each"] / one[Baseline.name]["cpu_us_each"] for one in rounds]
    return {"median": programs, "cpu_ratio": round(statistics.median(ratios), 3), "cpu_ratios": [round(ratio, 3) for ratio in ratios]}


def show(title, result):
    print(f"\n{title}")
    print(f"{'':12} {'CPU µs each':>12} {'ratio':>7} {'per second':>12} {'p50 µs':>10} {'p99 µs':>10}")
    for name, figures in result["median"].items():
        ratio = result["cpu_ratio"] if name == Roost.name else 1
        print(
            f"{name:12} {figures['cpu_us_each']:12.2f} {ratio:7.2f} {figures['per_second']:12,.0f} {figures['p50_us']:10,.0f} {figures['p99_us']:10,.0f}"
        )
    if max(result["cpu_ratios"]) > 1.15 * min(result["cpu_ratios"]):
        print(f"The rounds differ much ({result['cpu_ratios']}): something else was using the machine.")


def machine():
    model = next((line.partition(":")[2].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), platform.machine())
    return {"cpu": model, "cores": os.cpu_count(), "kernel": platform.release()}


def first_line(*command):
    result = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    return (result.stdout.splitlines() or [None])[0]


def write(kind, options, rounds, result):
    folder = Path(options.results)
    folder.mkdir(parents=True, exist_ok=True)
    stamp = time.strftime("%Y-%m-%dT%H%M%SZ", time.gmtime())
    record = {
        "scenario": kind,
        "time": stamp,
        "version": first_line(str(roost_binary()), "version"),
        "commit": first_line("git", "rev-parse", "HEAD"),
        "machine": machine(),
        "options": {name: value for name, value in vars(options).items() if name not in ("scenario", "results")},
        **result,
        "rounds": rounds,
    }
    path = folder / f"{stamp}-{kind}.json"
    path.write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n")
    say(f"  {path}")


def say(text):
    print(text, file=sys.stderr, flush=True)


def title(kind, options):
    if kind == "http":
        return f"http: GET /healthz, {options.connections} connections"
    at_once = f", {options.burst} messages at once" if options.burst > 1 else ""
    return f"fanout: {options.sockets:,} sockets{at_once}; p50 and p99 until the last delivery"


def parse(words):
    parser = argparse.ArgumentParser(prog="scripts/bench", description="CPU time of the server beside a bare loop in the same run.")
    parser.add_argument("scenario", choices=["list", *SCENARIOS, "all"])
    parser.add_argument("--rounds", type=int, default=3, help="measurements of each program; the median counts (default 3)")
    parser.add_argument("--connections", type=int, default=64, help="http: connections (default 64)")
    parser.add_argument("--seconds", type=int, default=5, help="http: length of a measurement (default 5)")
    parser.add_argument("--sockets", type=int, default=1000, help="fanout: sockets (default 1000)")
    parser.add_argument("--messages", type=int, default=0, help="fanout: messages of a measurement (default: about 300,000 deliveries)")
    parser.add_argument("--burst", type=int, default=1, help="fanout: messages posted at once (default 1)")
    parser.add_argument("--server-core", type=int, default=0, help="the core of the server (default 0)")
    parser.add_argument("--load-core", type=int, default=1, help="the core of the load (default 1)")
    parser.add_argument("--results", default=str(ROOT / "Benchmarks" / "results"), help="where the JSON goes")
    return parser.parse_args(words)


def main():
    options = parse(sys.argv[1:])
    if options.scenario == "list":
        for name, what in SCENARIOS.items():
            print(f"{name:8} {what}")
        print(f"{'executor':8} work on a loop: call, async handler, actor, hops between threads")
        return
    if not {options.server_core, options.load_core} <= os.sched_getaffinity(0) or options.server_core == options.load_core:
        raise Failure("this needs two cores: one for the server, one for the load")
    if "debug" in roost_binary().parts:
        say("This server is a debug build: its figures mean nothing.")
    raise_file_limit(4096)
    build()
    measure = {"http": measure_http, "fanout": measure_fanout}
    for kind in SCENARIOS if options.scenario == "all" else [options.scenario]:
        rounds = list(measure[kind](options))
        result = summary(rounds)
        show(title(kind, options), result)
        write(kind, options, rounds, result)


if __name__ == "__main__":
    try:
        main()
    except Failure as failure:
        sys.exit(f"bench: {failure}")
    except KeyboardInterrupt:
        sys.exit(130)
