"""The cost of Dawchat's pages and searches: of a channel of any length beside a short one, and of 10 000 channels beside asking for one."""

import json
import random
import tempfile
from contextlib import contextmanager

from answers import READERS
from filling import SQLiteFile, fill_channels, fill_messages
from history import LIMIT, PAGE, PLACES, SHORT, growth, thousands
from home import API, settle_home
from programs import Baseline, Roost
from scenario import ANSWER_COLUMNS, Column, Goal, Scenario, lines_file, measured, say

#: Where messages are read.
PATH = API + "/channel/messages"
#: So many of the first messages of a channel are notes of a new name: far from nearly every place of the long one.
NOTES = 100
CHANNELS = 10_000
#: What is asked of a channel, beside its id.
PAGES = {
    "latest": {}, "lastMessage": {}, "filter text": {"filter": ["text"]}, "filter notes": {"filter": ["channel-create", "channel-rename"]},
}  # fmt: skip
#: Keywords, by how many of the channels have them in their names.
KEYWORDS = {"all": "channel", "ten": "channel-0042", "none": "nobody-has-this"}


def measure(options):
    with filled(options) as (roost, sessions, channels), Baseline({options.server_core}) as baseline:
        for number in range(options.rounds):
            figures = newest(options, number, (roost, baseline), sessions, channels)
            for kind, more in PAGES.items():
                figures |= pages(options, number, roost, sessions, kind, more, channels)
            yield figures | searches(options, number, roost, sessions, channels)


@contextmanager
def filled(options):
    """A server with a short and a long channel among many: the server, the file of its members' sessions, and the two with their messages' ids."""
    with tempfile.TemporaryDirectory(prefix="roost-bench-") as folder:
        with Roost({options.server_core}, folder=folder) as roost:
            owner, short, members = settle_home(roost, READERS)
            account = roost.call("GET", "/user/info", token=owner, prefix=API)["userId"]
            long = roost.call("POST", "/channel/create", {"channelName": "long", "channelType": "public"}, owner, prefix=API)["channelId"]
            for member in members:
                roost.call("POST", "/channel/join", {"channelId": long}, member, prefix=API)
        say(f"  dawchat-history: filling a database with {options.history:,} messages and {CHANNELS:,} channels")
        store = SQLiteFile(folder)
        channels = [
            (channel, fill_messages(store, None, channel, account, count, sequence, NOTES))
            for channel, count, sequence in ((short, SHORT, 0), (long, options.history, 2))
        ]
        fill_channels(store, short, CHANNELS)
        with Roost({options.server_core}, folder=folder) as roost, lines_file(members) as sessions:
            yield roost, sessions.name, channels


def newest(options, number, servers, sessions, channels):
    """The same request goes to both; the bare loop answers it with its fixed bytes."""
    with lines_file([entry(channels[0][0], limit=1)]) as file:
        return {server.name: answers(options, number, server, sessions, file) for server in servers}


def pages(options, number, roost, sessions, kind, more, channels):
    """The figures of one kind of page, of the short and the long channel."""
    figures = {}
    for channel, ids in channels:
        with lines_file(entries(kind, more, channel, ids, number)) as file:
            row = f"{kind} {thousands(len(ids))}"
            say(f"  {row}")
            figures[row] = answers(options, number, roost, sessions, file)
    short, long = figures.values()
    long["cpu_growth"] = round(long["cpu_us_each"] / short["cpu_us_each"], 3)
    long["p50_growth"] = round(long["p50_us"] / short["p50_us"], 3)
    return figures


def entries(kind, more, channel, ids, seed):
    """Requests for pages at random places, all of them whole."""
    if kind == "latest":
        return [entry(channel, **more)]
    return [entry(channel, lastMessage=anchor, **more) for anchor in random.Random(seed).choices(ids[NOTES + PAGE :], k=PLACES)]


def entry(channel, limit=PAGE, **more):
    return PATH + "\t" + json.dumps({"load": [{"channelId": channel, "limit": limit} | more]}, separators=(",", ":"))


def searches(options, number, roost, sessions, channels):
    """Searches, and asking for one channel."""
    figures = {}
    asked = {f"search {many}": f"{API}/channel/search?keyword={keyword}" for many, keyword in KEYWORDS.items()}
    for row, path in ({"info": f"{API}/channel/info?channelId={channels[0][0]}"} | asked).items():
        with lines_file([path]) as file:
            say(f"  {row}")
            figures[row] = answers(options, number, roost, sessions, file)
        figures[row]["cpu_to_info"] = round(figures[row]["cpu_us_each"] / figures["info"]["cpu_us_each"], 2)
        figures[row]["p50_to_info"] = round(figures[row]["p50_us"] / figures["info"]["p50_us"], 2)
    return figures


def answers(options, number, server, sessions, file):
    shape = {"tokens": sessions, "paths": file.name, "connections": options.connections, "seconds": max(1, options.seconds // 2)}
    return measured(options, "http", server, number, **shape)


def title(options):
    return f"dawchat-history: the newest message, pages of {PAGE} of channels of {SHORT:,} and {options.history:,}, searches in {CHANNELS:,} channels"


def goals(options):
    page = f"of a page in {thousands(options.history)}, × in {thousands(SHORT)}"
    return [
        Goal("CPU of the newest message, × bare loop", lambda result: result["cpu_ratio"]),
        *(Goal(f"CPU {page}: {kind}", growth(kind, "cpu_growth"), LIMIT) for kind in PAGES),
        *(Goal(f"time of a search that finds {many}, × channel/info", to_info(many)) for many in KEYWORDS),
    ]


def to_info(many):
    return lambda result: result["median"][f"search {many}"]["p50_to_info"]


LOADING = Scenario(
    "dawchat-history", "POST /api/channel/messages of a long and a short channel, GET /api/channel/search in 10 000 channels: CPU, time",
    measure, title,
    [
        *ANSWER_COLUMNS, Column("CPU × short", "cpu_growth", 2), Column("p50 × short", "p50_growth", 2),
        Column("CPU × info", "cpu_to_info", 1), Column("p50 × info", "p50_to_info", 1),
    ],
    goals,
)  # fmt: skip
