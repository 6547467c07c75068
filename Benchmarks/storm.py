"""Everybody's line breaks at once and everybody comes back: what that costs, and what the others feel of it."""

import json
import subprocess
import tempfile

from filling import SQLiteFile, fill_members
from programs import Failure, Roost, load_command, on_cores, raise_file_limit
from scenario import Column, Goal, Scenario, lines_file, say, settle

#: Connections of ordinary requests, and channels that they read and write.
CONNECTIONS, CHANNELS = 8, 4
PAGE = 50
#: One batch of presence a second, and what the edges of a measurement add.
BATCHES_LIMIT = 1.05


def measure(options):
    sockets = options.sockets or 10_000
    raise_file_limit(sockets + 256)
    with tempfile.TemporaryDirectory(prefix="roost-bench-") as folder:
        with Roost({options.server_core}, folder=folder) as roost:
            owner, server, _, _ = settle(roost, 0)
            paths = [f"/servers/{server}/channels"] * CHANNELS
            channels = [roost.call("POST", path, {"name": f"bench-{n}"}, owner)["channel_id"] for n, path in enumerate(paths)]
            for channel in channels:
                for number in range(PAGE):
                    roost.call("POST", f"/channels/{channel}/messages", {"content": f"{number} " + "x" * options.bytes}, owner)
        tokens = fill_members(SQLiteFile(folder), folder, server, sockets)
        paths = [f"/api/rest/channels/{channel}/messages" for channel in channels]
        with Roost({options.server_core}, folder=folder) as roost, lines_file(tokens) as token_file, lines_file(paths) as path_file:
            shape = {"path": "/api/ws", "tokens": token_file.name, "paths": path_file.name, "connections": CONNECTIONS, "sockets": sockets}
            yield from storms(options, roost, {**shape, "seconds": options.seconds, "away": options.away, "rounds": options.rounds})


def storms(options, roost, shape):
    """The figures of one storm after the other, on the same sockets."""
    say(f"  reconnect-storm: signing in {shape['sockets']:,} sockets")
    command, pinned = load_command("storm", roost, shape), on_cores({options.load_core})
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=pinned) as load:
        try:
            for number, line in enumerate(load.stdout):
                say(f"  reconnect-storm, round {number + 1} of {options.rounds}")
                yield {roost.name: json.loads(line)}
            if load.wait() != 0:
                raise Failure(f"{roost.name}, storm: {load.stderr.read().strip()}")
        finally:
            load.kill()


def title(options):
    away = f", after {options.away} s without anybody" if options.away else ""
    return f"reconnect-storm: {options.sockets or 10_000:,} sockets come back within {options.seconds} s{away}; ordinary requests meanwhile"


def of_roost(figure):
    return lambda result: result["median"][Roost.name][figure]


STORM = Scenario(
    "reconnect-storm", "all sockets of a server break and come back: what ordinary requests feel, and CPU of a return", measure, title,
    [
        Column("p50 µs before", "calm_p50_us"), Column("p99 µs before", "calm_p99_us"), Column("p50 µs", "p50_us"), Column("p99 µs", "p99_us"),
        Column("p99 ratio", "p99_ratio", 2), Column("CPU µs return", "cpu_us_return"),  Column("all back s", "connected_seconds", 1), Column("server cores", "server_cores", 2), Column("load cores", "load_cores", 2),
        Column("bytes/s each", "bytes_each"), Column("op 40/s each", "presence_each", 2), Column("batches/s each", "presence_batches_each", 2),
        Column("op 40 in 1 s", "presence_most_in_a_second"),
    ],
    [
        Goal("p99 of ordinary requests, × before", of_roost("p99_ratio"), 3),
        Goal("CPU µs of a return", of_roost("cpu_us_return"), digits=0),
        Goal("batches of presence per second, each socket", of_roost("presence_batches_each"), BATCHES_LIMIT),
        Goal("frames of presence per second, each socket", of_roost("presence_each")),
    ],
    seconds=30,
)  # fmt: skip
