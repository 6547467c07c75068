"""What an idle socket costs in memory: the slope of the server's memory over the number of sockets."""

import json
import subprocess
import tempfile

from fanout import GREETING, accounts_for
from programs import Baseline, Failure, Roost, load_command, on_cores, raise_file_limit
from scenario import Column, Goal, Scenario, lines_file, say, settle

STEPS = 5


def measure(options):
    sockets = options.sockets or 10_000
    raise_file_limit(sockets + 256)
    with tempfile.TemporaryDirectory(prefix="roost-bench-") as folder:
        with Roost({options.server_core}, folder=folder) as roost:
            _, _, _, accounts = settle(roost, accounts_for(sockets))
        with lines_file(accounts) as tokens:
            for number in range(options.rounds):
                say(f"  memory, round {number + 1} of {options.rounds}")
                # Anew in each round: memory that a process has had before for something else would hide what sockets need.
                with Roost({options.server_core}, folder=folder) as roost, Baseline({options.server_core}) as baseline:
                    # What the database keeps of the accounts is its cache's, up to a limit, and no socket's.
                    for token in accounts:
                        roost.call("GET", "/auth/me", token=token)
                    mine = grown(options, roost, sockets, path="/api/ws", tokens=tokens.name, greeting=GREETING)
                    yield {roost.name: mine, baseline.name: grown(options, baseline, sockets)}


COLUMNS = [
    Column("resident", "resident_kib_each", 2), Column("share (PSS)", "share_kib_each", 2), Column("anonymous", "anonymous_kib_each", 2),
    Column("slope", "slope_kib_each", 2), Column("KiB at 0", "resident_kib_at_0"), Column("KiB at end", "resident_kib_at_end"),
]  # fmt: skip


def grown(options, server, sockets, **shape):
    """Opens the sockets in steps, looks at the memory after each, and fits a line."""
    points = [(0, server.memory())]
    command = load_command("hold", server, {"sockets": sockets, **shape})
    load = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=on_cores({options.load_core})
    )
    try:
        for step in range(1, STEPS + 1):
            count = sockets * step // STEPS
            load.stdin.write(f"{count}\n")
            load.stdin.flush()
            line = load.stdout.readline()
            if not line:
                raise Failure(f"{server.name}, hold: {load.stderr.read().strip()}")
            points.append((json.loads(line)["open"], server.memory()))
    finally:
        load.kill()
        load.wait()
    first, last = points[0][1], points[-1][1]
    figures = {"slope_kib_each": round(slope([(count, memory["anonymous_kib"]) for count, memory in points]), 3)}
    for kind in first:
        figures |= {f"{kind}_each": round((last[kind] - first[kind]) / sockets, 3), f"{kind}_at_0": first[kind], f"{kind}_at_end": last[kind]}
    return figures


def slope(points):
    """Least squares."""
    x, y = (sum(values) / len(points) for values in zip(*points))
    return sum((a - x) * (b - y) for a, b in points) / sum((a - x) ** 2 for a, _ in points)


MEMORY = Scenario(
    "memory", "idle signed-in gateway sockets: process memory of each", measure,
    lambda options: f"memory: from 0 to {options.sockets or 10_000:,} idle sockets; KiB of each",
    COLUMNS,
    [Goal("KiB resident for each idle socket", lambda result: result["median"]["roost"]["resident_kib_each"], 1.5)],
)  # fmt: skip
