"""Messages that are on disk when they are answered: how many in a second."""

import os
from contextlib import ExitStack, contextmanager

from programs import Baseline, Roost, load
from scenario import Column, Goal, Scenario, lines_file, postgres_database, say, settle

#: Accounts that send, and channels that they send to.
SENDERS = 64
CHANNELS = 16


def measure(options):
    """Server and load share all cores: the time of a message is spent in both."""
    with ExitStack() as stack:
        roosts = [stack.enter_context(Roost(None, loops=options.loops, counts_syncs=True))]
        if url := os.environ.get("ROOST_TEST_POSTGRES"):
            database = stack.enter_context(postgres_database(url))
            roosts.append(stack.enter_context(Roost(None, loops=options.loops, database=database, name="roost, PostgreSQL")))
        baseline = stack.enter_context(Baseline(None))
        shapes = {roost.name: stack.enter_context(addressed(roost)) for roost in roosts}
        shapes[baseline.name] = shapes[Roost.name]
        for number in range(options.rounds):
            yield {server.name: one_round(options, server, number, shapes[server.name]) for server in (*roosts, baseline)}


def one_round(options, server, number, shape):
    say(f"  sends, round {number + 1} of {options.rounds}: {server.name}")
    before = server.thread_seconds()
    syncs = server.syncs and str(server.syncs)
    figures = load(None, "sends", server, connections=options.senders, seconds=options.seconds, bytes=options.bytes, syncs=syncs, **shape)
    after = server.thread_seconds()
    spent = {name: seconds - before.get(name, 0) for name, seconds in after.items()}
    whole = sum(spent.values()) or 1
    # Threads that wait for work all the time are left out.
    figures |= {f"cpu of {name}": round(seconds / whole, 3) for name, seconds in spent.items() if seconds / whole > 0.005}
    # What a message costs on both sides: the cores divided by it are the most that they can do.
    figures["cpu_us_with_load"] = round((figures["server_cores"] + figures["load_cores"]) * 1e6 / figures["per_second"], 2)
    if figures.get("syncs_per_second"):
        figures["messages_per_sync"] = round(figures["per_second"] / figures["syncs_per_second"], 1)
    return figures


@contextmanager
def addressed(roost):
    """The senders and the channels of a server."""
    owner, server, _, members = settle(roost, SENDERS)
    channels = [roost.call("POST", f"/servers/{server}/channels", {"name": f"bench-{n}"}, owner)["channel_id"] for n in range(CHANNELS)]
    with lines_file(members) as tokens, lines_file(f"/api/rest/channels/{channel}/messages" for channel in channels) as paths:
        yield {"tokens": tokens.name, "paths": paths.name}


SENDS = Scenario(
    "sends", "POST messages, answered after their fsync: messages per second", measure,
    lambda options: f"sends: {options.senders} senders at once, {options.loops} loops, server and load on the same cores",
    [
        Column("per second", "per_second"), Column("fsyncs/s", "syncs_per_second"), Column("per fsync", "messages_per_sync", 1),
        Column("p50 µs", "p50_us"), Column("p99 µs", "p99_us"), Column("CPU µs each", "cpu_us_each", 1),
        Column("with load's", "cpu_us_with_load", 1), Column("server cores", "server_cores", 2), Column("load cores", "load_cores", 2),
    ],
    [
        Goal("durable messages per second", lambda result: result["median"]["roost"]["per_second"], 25_000, at_least=True, digits=0),
        Goal(
            "durable messages per second, PostgreSQL",
            lambda result: result["median"].get("roost, PostgreSQL", {}).get("per_second"), digits=0,
        ),
    ],
)  # fmt: skip
