"""What a scenario is, and what all of them use."""

import secrets
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Callable
from urllib.parse import urlsplit, urlunsplit

from programs import Baseline, Failure, Roost, load


@dataclass
class Goal:
    """A figure of the final table, and the limit it must keep."""

    figure: str
    #: From the summary of a scenario.
    value: Callable
    limit: float | None = None
    at_least: bool = False
    digits: int = 2

    def met(self, value):
        if self.limit is None or value is None:
            return None
        return value >= self.limit if self.at_least else value <= self.limit


@dataclass
class Column:
    """A figure of a scenario's own table."""

    heading: str
    key: str
    digits: int = 0


@dataclass
class Scenario:
    name: str
    what: str
    #: Yields for each round the figures of each program.
    measure: Callable
    title: Callable
    columns: list[Column]
    goals: list[Goal] = field(default_factory=list)
    #: The runs of `all`: options that differ from their defaults.
    runs: list[dict] = field(default_factory=lambda: [{}])
    #: Of a measurement, unless --seconds says it.
    seconds: int = 5


#: What most tables begin with.
ANSWER_COLUMNS = [
    Column("CPU µs each", "cpu_us_each", 2),
    Column("ratio", "cpu_ratio", 2),
    Column("per second", "per_second"),
    Column("p50 µs", "p50_us"),
    Column("p99 µs", "p99_us"),
    Column("server cores", "server_cores", 2),
    Column("load cores", "load_cores", 2),
]


def say(text):
    print(text, file=sys.stderr, flush=True)


def both(options):
    """Roost and the bare loop, each on the server's core."""
    return Roost({options.server_core}), Baseline({options.server_core})


def measured(options, kind, server, number, **shape):
    say(f"  {kind}, round {number + 1} of {options.rounds}: {server.name}")
    return load({options.load_core}, kind, server, **shape)


def lines_file(lines):
    """A file that the load reads, one item a line; removed with its block."""
    file = tempfile.NamedTemporaryFile("w")
    file.write("".join(f"{line}\n" for line in lines))
    file.flush()
    return file


PASSWORD = "correct horse battery"


def register(roost, name):
    """Makes an account and returns its access token."""
    return roost.call("POST", "/auth/register", {"username": name, "password": PASSWORD})["access_token"]


def settle(roost, accounts, names="bench"):
    """Makes a server with so many members. Returns the token of its owner, the server, the channel, and the tokens of the members."""
    owner = register(roost, f"{names}-owner")
    nest = roost.call("POST", "/servers", {"name": "Bench"}, owner)
    invite = roost.call("POST", f"/servers/{nest['server_id']}/invites", {}, owner)["code"]
    members = [register(roost, f"{names}-{number}") for number in range(accounts)]
    for token in members:
        roost.call("POST", f"/invites/{invite}", token=token)
    return owner, nest["server_id"], nest["channels"][0]["channel_id"], members


@contextmanager
def postgres_database(url):
    """A new database on a PostgreSQL, dropped in the end."""
    name = f"roost_bench_{secrets.token_hex(4)}"

    def run(sql):
        if subprocess.run(["psql", "-q", "-v", "ON_ERROR_STOP=1", "-c", sql, url]).returncode != 0:
            raise Failure(f"PostgreSQL refuses: {sql}")

    run(f"CREATE DATABASE {name}")
    try:
        yield urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
    finally:
        run(f"DROP DATABASE {name} WITH (FORCE)")
