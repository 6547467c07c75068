"""The cost of a delivery: one message to many sockets."""

from programs import raise_file_limit
from scenario import ANSWER_COLUMNS, Goal, Scenario, both, lines_file, measured, settle

SOCKETS_PER_ACCOUNT = 10
#: HELLO and CONNECTED come before a socket is ready (contracts/chat.md 4.3).
GREETING = 2


def accounts_for(sockets):
    return -(-sockets // SOCKETS_PER_ACCOUNT)


def measure(options):
    sockets, burst = options.sockets or 1000, options.burst
    messages = options.messages or max(30, 300_000 // (sockets * burst))
    raise_file_limit(sockets + 256)
    roost, baseline = both(options)
    with roost, baseline:
        sender, _, channel, accounts = settle(roost, accounts_for(sockets))
        shape = {"sockets": sockets, "messages": messages, "burst": burst}
        with lines_file(accounts) as tokens:
            for number in range(options.rounds):
                mine = measured(
                    options, "fanout", roost, number, path="/api/ws", tokens=tokens.name, greeting=GREETING, bytes=options.bytes,
                    post_path=f"/api/rest/channels/{channel}/messages", post_token=sender, post_format='{"content":"@"}', **shape,
                )  # fmt: skip
                # The bare loop sends frames of the same length: the head of a frame of that size has 2 or 4 bytes.
                payload = mine["frame_bytes"] - (2 if mine["frame_bytes"] < 128 else 4)
                yield {roost.name: mine, baseline.name: measured(options, "fanout", baseline, number, bytes=payload, **shape)}


def title(options):
    at_once = f", {options.burst} messages at once" if options.burst > 1 else ""
    return f"fanout: {options.sockets or 1000:,} sockets{at_once}; p50 and p99 until the last delivery"


def goals(options):
    """One at a time the cost of a delivery counts; at once, how many deliveries a second of CPU time makes."""
    if options.burst > 1:
        return [Goal("deliveries per CPU second, × bare loop", lambda result: 1 / result["cpu_ratio"], 8, at_least=True)]
    return [Goal("CPU of a delivery, × bare loop", lambda result: result["cpu_ratio"], 1.2)]


FANOUT = Scenario(
    "fanout", "messages posted one at a time to a channel that many sockets watch: CPU per delivery", measure, title, ANSWER_COLUMNS, goals,
    [{"sockets": 1000}, {"sockets": 10_000}, {"sockets": 1000, "burst": 16}],
)  # fmt: skip
