"""From the start of the process to its first answer, and its memory at rest, on a database that has been in use."""

import http.client
import socket
import tempfile
import time

from filling import SQLiteFile, fill_messages
from programs import START_LIMIT, Baseline, Roost
from scenario import Column, Goal, Scenario, say, settle

#: Seconds without a request after which a server is at rest.
REST_SECONDS = 2


def measure(options):
    with tempfile.TemporaryDirectory(prefix="roost-bench-") as folder:
        with Roost({options.server_core}, folder=folder) as roost:
            owner, server, channel, _ = settle(roost, 0)
            account = roost.call("GET", "/auth/me", token=owner)["id"]
        say(f"  start: filling a database with {options.history:,} messages")
        fill_messages(SQLiteFile(folder), server, channel, account, options.history)
        for number in range(options.rounds):
            say(f"  start, round {number + 1} of {options.rounds}")
            yield {"roost": started(options, folder, channel, owner), "bare loop": started_baseline(options)}


def started(options, folder, channel, token):
    """The first answer is the newest page of the history: it needs the database, the signing key and the routes."""
    port = free_port()
    begin = time.monotonic()
    with Roost({options.server_core}, folder=folder, listen=f"127.0.0.1:{port}") as roost:
        path = f"/api/rest/channels/{channel}/messages?limit=50"
        first = wait_for_answer(roost, port, begin, "GET", path, {"Authorization": f"Bearer {token}"})
        time.sleep(REST_SECONDS)
        return {"first_answer_ms": round(first * 1_000, 1), **in_mebibytes(roost)}


def started_baseline(options):
    begin = time.monotonic()
    with Baseline({options.server_core}) as baseline:
        first = wait_for_answer(None, baseline.port, begin, "GET", "/", {})
        return {"first_answer_ms": round(first * 1_000, 1), **in_mebibytes(baseline)}


def in_mebibytes(server):
    return {name.replace("kib", "mib"): round(kibibytes / 1_024, 1) for name, kibibytes in server.memory().items()}


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_for_answer(roost, port, begin, method, path, headers):
    """Asks until there is an answer; returns the seconds since the beginning."""
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=START_LIMIT)
        try:
            connection.request(method, path, headers=headers)
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 200, answer.status
            return time.monotonic() - begin
        except OSError:
            if roost:
                roost.check(begin + START_LIMIT)
            time.sleep(0.001)
        finally:
            connection.close()


START = Scenario(
    "start", "start to the first answer, and memory at rest, on a database of 1 000 000 messages", measure,
    lambda options: f"start: a database of {options.history:,} messages; the first answer is a page of 50 of them",
    [
        Column("first answer ms", "first_answer_ms", 1), Column("resident MiB", "resident_mib", 1), Column("share MiB", "share_mib", 1),
        Column("anonymous MiB", "anonymous_mib", 1),
    ],
    [
        Goal("ms from start to the first answer", lambda result: result["median"]["roost"]["first_answer_ms"], 200, digits=0),
        Goal("MiB resident at rest", lambda result: result["median"]["roost"]["resident_mib"], 40, digits=1),
    ],
)  # fmt: skip
