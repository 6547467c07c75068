"""The cost of playing: what each player of an instance sends many times a second goes to all others."""

import hashlib

from programs import raise_file_limit
from scenario import ANSWER_COLUMNS, PASSWORD, Goal, Scenario, both, lines_file, measured

PLAYERS = 64
#: Messages of the bare loop, each to all.
MESSAGES = 3_000
#: The query says that the socket is one of Reileta; `authenticated` comes before a socket is ready.
SOCKET = {"path": "/api/ws?authuser=", "greeting": 1}


def measure(options):
    players = options.sockets or PLAYERS
    raise_file_limit(players + 256)
    roost, baseline = both(options)
    with roost, baseline:
        tokens, instance = settle(roost, players)
        with lines_file(tokens) as file:
            for number in range(options.rounds):
                mine = measured(
                    options, "instance", roost, number, tokens=file.name, post_path=instance, sockets=players, seconds=options.seconds, **SOCKET
                )
                # The bare loop sends frames of the same length to as many.
                bare = measured(
                    options, "fanout", baseline, number, sockets=players - 1, messages=MESSAGES, bytes=mine["frame_bytes"] - 4
                )
                yield {roost.name: mine, baseline.name: bare}


def settle(roost, players):
    """Makes people and an instance: their tokens, and its id."""
    password = hashlib.sha256(PASSWORD.encode()).hexdigest()

    def ask(method, path, body, token=None):
        return roost.call(method, path, body, token, prefix="/api")["data"]

    tokens = [ask("POST", "/auth/register", {"username": f"player_{number}", "password": password})["token"] for number in range(players)]
    world = ask("PUT", "/worlds", {"capacity": players, "tags": ["avr:public"]}, tokens[0])
    return tokens, ask("PUT", "/instances", {"world": world["id"], "tags": ["avr:public"]}, tokens[0])["id"]


def title(options):
    return f"instance: {options.sockets or PLAYERS} players, each moves 20 times a second"


INSTANCE = Scenario(
    "instance", "players of an instance who move 20 times a second: CPU of telling one other", measure, title, ANSWER_COLUMNS,
    [Goal("CPU of a delivery, × bare loop", lambda result: result["cpu_ratio"])], seconds=10,
)  # fmt: skip
