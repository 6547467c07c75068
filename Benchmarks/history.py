"""The cost of a page of history: of the newest message beside the bare loop, and of a channel of any length beside a short one."""

import os
import random
import tempfile
from contextlib import ExitStack, contextmanager

from answers import READERS, measure_signed_in, ratio
from filling import PostgresDatabase, SQLiteFile, fill_messages
from programs import Roost
from scenario import ANSWER_COLUMNS, Column, Goal, Scenario, lines_file, measured, postgres_database, say, settle

#: The short channel, and how many places of a channel are asked for.
SHORT, PLACES = 1_000, 20_000
PAGE = 50
#: What a page of the long channel may cost beside one of the short.
LIMIT = 1.1
KINDS = ("latest", "before", "after", "around")


def measure(options):
    newest = list(measure_signed_in(options, lambda channel: f"/api/rest/channels/{channel}/messages?limit=1"))
    with ExitStack() as stack:
        servers = [stack.enter_context(filled(options, Roost.name, None))]
        if url := os.environ.get("ROOST_TEST_POSTGRES"):
            servers.append(stack.enter_context(filled(options, "PostgreSQL", stack.enter_context(postgres_database(url)))))
        for number, figures in enumerate(newest):
            for roost, name, tokens, channels in servers:
                for kind in KINDS:
                    figures |= pages(options, number, roost, name, tokens, kind, channels)
            yield figures


@contextmanager
def filled(options, name, database):
    """A server with a short and a long channel: how its rows begin, the file of its members' tokens, and the channels with their messages' ids."""
    with tempfile.TemporaryDirectory(prefix="roost-bench-") as folder:
        with Roost({options.server_core}, folder=folder, database=database) as roost:
            owner, server, short, members = settle(roost, READERS)
            long = roost.call("POST", f"/servers/{server}/channels", {"name": "long"}, owner)["channel_id"]
            account = roost.call("GET", "/auth/me", token=owner)["id"]
        say(f"  history: filling a database with {options.history:,} messages")
        store = PostgresDatabase(database) if database else SQLiteFile(folder)
        channels = [
            (channel, fill_messages(store, server, channel, account, count, sequence))
            for channel, count, sequence in ((short, SHORT, 0), (long, options.history, 2))
        ]
        with Roost({options.server_core}, folder=folder, database=database) as roost, lines_file(members) as tokens:
            yield roost, "" if name == Roost.name else f"{name} ", tokens.name, channels


def pages(options, number, roost, name, tokens, kind, channels):
    """The figures of one kind of page, of the short and the long channel."""
    figures = {}
    for channel, ids in channels:
        with lines_file(paths(kind, channel, ids, number)) as file:
            row = f"{name}{kind} {thousands(len(ids))}"
            shape = {"tokens": tokens, "paths": file.name, "connections": options.connections, "seconds": max(1, options.seconds // 2)}
            say(f"  {row}")
            figures[row] = measured(options, "http", roost, number, **shape)
    short, long = figures.values()
    long["cpu_growth"] = round(long["cpu_us_each"] / short["cpu_us_each"], 3)
    long["p50_growth"] = round(long["p50_us"] / short["p50_us"], 3)
    return figures


def paths(kind, channel, ids, seed):
    """Requests for pages at random places, all of them whole."""
    path = f"/api/rest/channels/{channel}/messages?limit={PAGE}"
    if kind == "latest":
        return [path]
    return [f"{path}&{kind}={anchor}" for anchor in random.Random(seed).choices(ids[2 * PAGE : -2 * PAGE], k=PLACES)]


def thousands(count):
    return f"{count:,}".replace(",", " ")


def title(options):
    return f"history: the newest message of a channel, and pages of {PAGE} of channels of {SHORT:,} and {options.history:,}"


def growth(kind, figure, name=""):
    """The figure of the long channel, divided by the short one's of the same round."""
    row = f"{name}{kind} "
    return lambda result: next(figures[figure] for key, figures in result["median"].items() if key.startswith(row) and figure in figures)


def goals(options):
    pages = f"of a page in {thousands(options.history)}, × in {thousands(SHORT)}"
    found = [ratio(), *(Goal(f"CPU {pages}: {kind}", growth(kind, "cpu_growth"), LIMIT) for kind in KINDS)]
    if os.environ.get("ROOST_TEST_POSTGRES"):
        # What PostgreSQL itself spends is seen in the time only.
        found += [Goal(f"p50 of the same on PostgreSQL: {kind}", growth(kind, "p50_growth", "PostgreSQL "), LIMIT) for kind in KINDS]
    return found


HISTORY = Scenario(
    "history", "GET /api/rest/channels/{id}/messages: CPU of the newest message, and of pages of a long and a short channel", measure, title,
    [*ANSWER_COLUMNS, Column("CPU × short", "cpu_growth", 2), Column("p50 × short", "p50_growth", 2)], goals,
)  # fmt: skip
