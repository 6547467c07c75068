"""Event streams beside gateway sockets and the bare loop: what an idle one costs in memory, and a delivery in CPU time."""

import tempfile

from fanout import GREETING, accounts_for
from home import API, message_body, settle_home
from memory import COLUMNS, grown
from programs import Baseline, Roost, raise_file_limit
from scenario import ANSWER_COLUMNS, Goal, Scenario, both, lines_file, measured, say, settle

#: Where the streams are, and that they begin with a comment.
STREAM = {"path": API + "/user/listener", "events": 1, "greeting": 1}
SOCKET = {"path": "/api/ws", "greeting": GREETING}
SOCKETS = "roost, gateway sockets"


def deliveries(options):
    sockets, burst = options.sockets or 1000, options.burst
    messages = options.messages or max(30, 300_000 // (sockets * burst))
    raise_file_limit(sockets + 256)
    roost, baseline = both(options)
    with roost, baseline, Roost({options.server_core}, name=SOCKETS) as other:
        owner, channel, members = settle_home(roost, accounts_for(sockets))
        sender, _, text, accounts = settle(other, accounts_for(sockets))
        shape = {"sockets": sockets, "messages": messages, "burst": burst, "bytes": options.bytes}
        with lines_file(members) as streams, lines_file(accounts) as tokens:
            for number in range(options.rounds):
                mine = measured(
                    options, "fanout", roost, number, tokens=streams.name, post_path=API + "/channel/messages/create", post_token=owner,
                    post_format=message_body(channel), **STREAM, **shape,
                )  # fmt: skip
                gateway = measured(
                    options, "fanout", other, number, tokens=tokens.name, post_path=f"/api/rest/channels/{text}/messages", post_token=sender,
                    post_format='{"content":"@"}', **SOCKET, **shape,
                )  # fmt: skip
                # The bare loop sends as many bytes to each.
                payload = mine["frame_bytes"] - 4
                bare = measured(options, "fanout", baseline, number, **(shape | {"bytes": payload}))
                yield {roost.name: mine, other.name: gateway, baseline.name: bare}


def idle(options):
    sockets = options.sockets or 10_000
    raise_file_limit(sockets + 256)
    with tempfile.TemporaryDirectory(prefix="roost-bench-") as folder:
        with Roost({options.server_core}, folder=folder) as roost:
            _, _, members = settle_home(roost, accounts_for(sockets))
            _, _, _, accounts = settle(roost, accounts_for(sockets), "socket")
        with lines_file(members) as streams, lines_file(accounts) as tokens:
            for number in range(options.rounds):
                say(f"  streams, round {number + 1} of {options.rounds}")
                with (
                    Roost({options.server_core}, folder=folder) as roost,
                    Baseline({options.server_core}) as baseline,
                ):
                    # What the database keeps of the accounts is its cache's, up to a limit, and no stream's.
                    for token in members:
                        roost.call("GET", "/user/channels", token=token, prefix=API)
                    mine = grown(options, roost, sockets, tokens=streams.name, **STREAM)
                    bare = grown(options, baseline, sockets)
                with Roost({options.server_core}, folder=folder) as roost:
                    for token in accounts:
                        roost.call("GET", "/auth/me", token=token)
                    yield {Roost.name: mine, SOCKETS: grown(options, roost, sockets, tokens=tokens.name, **SOCKET), Baseline.name: bare}


def of_sockets(figure):
    """The figure of the streams, divided by that of the gateway sockets."""
    return lambda result: result["median"][Roost.name][figure] / result["median"][SOCKETS][figure]


EVENTS = Scenario(
    "events", "messages posted one at a time to a channel that many event streams watch: CPU per delivery", deliveries,
    lambda options: f"events: {options.sockets or 1000:,} event streams; p50 and p99 until the last delivery",
    ANSWER_COLUMNS,
    [
        Goal("CPU of a delivery, × bare loop", lambda result: result["cpu_ratio"], 1.2),
        Goal("CPU of a delivery, × gateway socket", of_sockets("cpu_us_each"), 1.1),
    ],
    [{"sockets": 1000}, {"sockets": 10_000}],
)  # fmt: skip

STREAMS = Scenario(
    "streams", "idle event streams: process memory of each", idle,
    lambda options: f"streams: from 0 to {options.sockets or 10_000:,} idle event streams; KiB of each",
    COLUMNS,
    [
        Goal("KiB resident for each idle event stream", lambda result: result["median"][Roost.name]["resident_kib_each"], 1.5),
        Goal("KiB resident, × gateway socket", of_sockets("resident_kib_each"), 1.1),
    ],
)  # fmt: skip
