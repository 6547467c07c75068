"""Measures what Roost costs beside the least that a server can do. `scripts/bench` calls this; Benchmarks/README.md explains it."""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from pathlib import Path

from answers import HTTP, READ
from events import EVENTS, STREAMS
from fanout import FANOUT
from history import HISTORY
from instance import INSTANCE
from loading import LOADING
from memory import MEMORY
from programs import ROOT, Baseline, Failure, Roost, build, raise_file_limit, roost_binary
from scenario import say
from sends import SENDS
from start import START
from storm import STORM

SCENARIOS = {scenario.name: scenario for scenario in (HTTP, READ, HISTORY, LOADING, FANOUT, INSTANCE, MEMORY, SENDS, START, STORM, EVENTS, STREAMS)}


def summary(rounds):
    """The median of each figure, and of the ratio of the CPU time, round by round."""
    programs = {}
    for name in rounds[0]:
        figures = set.intersection(*(set(one[name]) for one in rounds))
        programs[name] = {figure: statistics.median(one[name][figure] for one in rounds) for figure in sorted(figures)}
    result = {"median": programs}
    if "cpu_us_each" in programs[Roost.name] and Baseline.name in programs:
        ratios = [one[Roost.name]["cpu_us_each"] / one[Baseline.name]["cpu_us_each"] for one in rounds]
        result |= {"cpu_ratio": round(statistics.median(ratios), 3), "cpu_ratios": [round(ratio, 3) for ratio in ratios]}
    return result


def show(scenario, title, result):
    """The table of one scenario."""
    print(f"\n{title}")
    print(f"{'':26}" + "".join(f" {column.heading:>15}" for column in scenario.columns))
    for name, figures in result["median"].items():
        figures = {"cpu_ratio": {Roost.name: result.get("cpu_ratio"), Baseline.name: 1}.get(name)} | figures
        cells = (figures.get(column.key) for column in scenario.columns)
        print(f"{name:26}" + "".join(f" {shown(cell, column.digits):>15}" for cell, column in zip(cells, scenario.columns)))
    ratios = result.get("cpu_ratios")
    if ratios and max(ratios) > 1.15 * min(ratios):
        print(f"The rounds differ much ({ratios}): something else was using the machine.")
    sys.stdout.flush()


def shown(value, digits):
    return "-" if value is None else f"{value:,.{digits}f}"


def show_goals(rows):
    """The table of all scenarios."""
    print(f"\n{'scenario':24} {'figure':52} {'target':>10} {'reached':>10}")
    for name, goal, value in rows:
        limit = "" if goal.limit is None else ("≥ " if goal.at_least else "≤ ") + f"{goal.limit:,g}"
        verdict = {True: "met", False: "missed", None: ""}[goal.met(value)]
        print(f"{name:24} {goal.figure:52} {limit:>10} {shown(value, goal.digits):>10}  {verdict}".rstrip())


def machine():
    model = next((line.partition(":")[2].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), platform.machine())
    return {"cpu": model, "cores": os.cpu_count(), "kernel": platform.release()}


def first_line(*command):
    result = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    return (result.stdout.splitlines() or [None])[0]


def write(kind, options, rounds, result, rows):
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
        "goals": [{"figure": goal.figure, "limit": goal.limit, "reached": value, "met": goal.met(value)} for _, goal, value in rows],
        **result,
        "rounds": rounds,
    }
    path = folder / f"{stamp}-{kind}.json"
    path.write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n")
    say(f"  {path}")


def run(scenario, options):
    """Measures a scenario; returns its rows of the last table."""
    options = argparse.Namespace(**(vars(options) | {"seconds": options.seconds or scenario.seconds}))
    rounds = list(scenario.measure(options))
    result = summary(rounds)
    goals = scenario.goals(options) if callable(scenario.goals) else scenario.goals
    rows = [(label(scenario, options), goal, goal.value(result)) for goal in goals]
    show(scenario, scenario.title(options), result)
    write(scenario.name, options, rounds, result, rows)
    return rows


def label(scenario, options):
    """The scenario in the last table: with what it differs in from others of its name."""
    sockets = f" {options.sockets}" if options.sockets else ""
    return scenario.name + sockets + (f" x {options.burst}" if options.burst > 1 else "")


def parse(words):
    parser = argparse.ArgumentParser(prog="scripts/bench", description="What the server costs beside a bare loop in the same run.")
    parser.add_argument("scenario", choices=["list", *SCENARIOS, "all"])
    parser.add_argument("--rounds", type=int, default=3, help="measurements of each program; the median counts (default 3)")
    parser.add_argument("--connections", type=int, default=64, help="http, read, history, dawchat-history: connections (default 64)")
    parser.add_argument("--seconds", type=int, default=0, help="length of a measurement (default 5), of a reconnect-storm (default 30)")
    parser.add_argument(
        "--sockets", type=int, default=0,
        help="fanout, instance, events, memory, streams, reconnect-storm: sockets (default 1000, 64, 1000, 10000, 10000, 10000)",
    )  # fmt: skip
    parser.add_argument("--away", type=int, default=0, help="reconnect-storm: seconds before the first one comes back (default 0)")
    parser.add_argument("--messages", type=int, default=0, help="fanout: messages of a measurement (default: about 300,000 deliveries)")
    parser.add_argument("--burst", type=int, default=1, help="fanout: messages posted at once (default 1)")
    parser.add_argument("--bytes", type=int, default=64, help="fanout, history, sends: length of the text of a message (default 64)")
    parser.add_argument("--senders", type=int, default=256, help="sends: messages under way at any time (default 256)")
    parser.add_argument("--loops", type=int, default=1, help="sends: loops of the server (default 1)")
    parser.add_argument("--history", type=int, default=1_000_000, help="history, dawchat-history, start: messages in the database (default 1000000)")
    parser.add_argument("--server-core", type=int, default=0, help="the core of the server (default 0)")
    parser.add_argument("--load-core", type=int, default=1, help="the core of the load (default 1)")
    parser.add_argument("--results", default=str(ROOT / "Benchmarks" / "results"), help="where the JSON goes")
    return parser.parse_args(words)


def main():
    options = parse(sys.argv[1:])
    if options.scenario == "list":
        for scenario in SCENARIOS.values():
            print(f"{scenario.name:15} {scenario.what}")
        print(f"{'executor':15} work on a loop: call, async handler, actor, hops between threads")
        return
    if not {options.server_core, options.load_core} <= os.sched_getaffinity(0) or options.server_core == options.load_core:
        raise Failure("this needs two cores: one for the server, one for the load")
    if "debug" in roost_binary().parts:
        say("This server is a debug build: its figures mean nothing.")
    raise_file_limit(4096)
    build()
    rows = []
    if options.scenario == "all":
        for scenario in SCENARIOS.values():
            for changes in scenario.runs:
                rows += run(scenario, argparse.Namespace(**(vars(options) | changes)))
    else:
        rows = run(SCENARIOS[options.scenario], options)
    show_goals(rows)


if __name__ == "__main__":
    try:
        main()
    except Failure as failure:
        sys.exit(f"bench: {failure}")
    except KeyboardInterrupt:
        sys.exit(130)
