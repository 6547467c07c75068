"""The cost of an answer: fixed, or read from the database for somebody who is signed in."""

from scenario import ANSWER_COLUMNS, Goal, Scenario, both, lines_file, measured, settle

READERS = 64


def measure_http(options):
    shape = {"path": "/healthz", "connections": options.connections, "seconds": options.seconds}
    roost, baseline = both(options)
    with roost, baseline:
        for number in range(options.rounds):
            yield {server.name: measured(options, "http", server, number, **shape) for server in (roost, baseline)}


def measure_read(options):
    yield from measure_signed_in(options, lambda channel: "/api/rest/auth/me")


def measure_signed_in(options, path):
    """The same request with the same headers goes to both; the bare loop answers it with its fixed bytes."""
    roost, baseline = both(options)
    with roost, baseline:
        owner, _, channel, members = settle(roost, READERS)
        roost.call("POST", f"/channels/{channel}/messages", {"content": "x" * options.bytes}, owner)
        with lines_file(members) as tokens:
            shape = {"path": path(channel), "tokens": tokens.name, "connections": options.connections, "seconds": options.seconds}
            for number in range(options.rounds):
                yield {server.name: measured(options, "http", server, number, **shape) for server in (roost, baseline)}


def ratio(limit=None):
    return Goal("CPU of an answer, × bare loop", lambda result: result["cpu_ratio"], limit)


HTTP = Scenario(
    "http", "GET /healthz over keep-alive connections: CPU per request", measure_http,
    lambda options: f"http: GET /healthz, {options.connections} connections", ANSWER_COLUMNS, [ratio(1.25)],
)  # fmt: skip
READ = Scenario(
    "read", "GET /api/rest/auth/me with a token, read from the database: CPU per request", measure_read,
    lambda options: f"read: GET /api/rest/auth/me, {options.connections} connections", ANSWER_COLUMNS, [ratio(2.5)],
)  # fmt: skip
