"""Channels that not everybody in a server sees: who reads them, and whose sockets they reach (contracts/chat.md 4.7, 5.3).

No route of Chat makes such a channel; the tests write its rules into the database.
"""

import threading
from typing import NamedTuple

import pytest

from support.api import message_path
from support.company import Company
from support.database import execute
from support.gateway import (
    CHANNEL_CREATE, CHANNEL_DELETE, CHANNEL_UPDATE, MESSAGE_CREATE, MESSAGE_DELETE, MESSAGE_UPDATE, NAMES, SERVER_MEMBER_ADD,
    SERVER_MEMBER_REMOVE, TYPING_START,
)  # fmt: skip

#: What everybody may do in a new server, without VIEW_CHANNEL, and that bit alone (contracts/cosmos.md 6.2).
BLIND, VIEW_CHANNEL = 0x0635_CE41 & ~0x400, 0x400
#: What an override may allow to one account (contracts/cosmos.md 6.3).
MEMBER_ALLOW = 1


class Case(NamedTuple):
    """Who it is, whether he sees the channel, what happens to him, which events of it he gets, and whether he sees the channel then."""

    who: str
    first: str
    sees: bool
    change: str
    told: list
    then: str
    will_see: bool


SHOWN, HIDDEN, COME, GO = [CHANNEL_CREATE], [CHANNEL_DELETE], [SERVER_MEMBER_ADD], [SERVER_MEMBER_REMOVE]
CASES = [
    #    who                       at first    sees   what happens             is told     afterwards  sees
    Case("owner",                  "owner",    True,  "nothing",               [],         "owner",    True),
    Case("admin",                  "admin",    True,  "nothing",               [],         "admin",    True),
    Case("member",                 "member",   False, "nothing",               [],         "member",   False),
    Case("allowed member",         "allowed",  True,  "nothing",               [],         "allowed",  True),
    Case("outsider",               "stranger", False, "nothing",               [],         "stranger", False),
    Case("newcomer",               "stranger", False, "accepts an invite",     COME,       "member",   False),
    Case("promoted member",        "member",   False, "is promoted",           SHOWN,      "admin",    True),
    Case("demoted admin",          "admin",    True,  "is demoted",            HIDDEN,     "member",   False),
    Case("promoted allowed member", "allowed", True,  "is promoted",           [],         "admin",    True),
    Case("former owner",           "owner",    True,  "hands over",            HIDDEN,     "member",   False),
    Case("new owner",              "member",   False, "is handed the server",  SHOWN,      "owner",    True),
    Case("kicked admin",           "admin",    True,  "is kicked",             GO,         "stranger", False),
    Case("kicked allowed member",  "allowed",  True,  "is kicked",             GO,         "stranger", False),
    Case("admin that left",        "admin",    True,  "leaves",                GO,         "stranger", False),
    Case("kicked member",          "member",   False, "is kicked",             GO,         "stranger", False),
    Case("kicked admin that is back", "admin", True,  "is kicked and returns", GO + COME,  "member",   False),
]  # fmt: skip

CHANGES = {
    "nothing": lambda s: None,
    "accepts an invite": lambda s: s.subject.join(s.invite),
    "is promoted": lambda s: s.boss.change(s.member(s.subject), role="admin"),
    "is demoted": lambda s: s.boss.change(s.member(s.subject), role="member"),
    "hands over": lambda s: s.subject.change(f"/servers/{s.server}", owner_id=s.keeper.user_id),
    "is handed the server": lambda s: s.boss.change(f"/servers/{s.server}", owner_id=s.subject.user_id),
    "is kicked": lambda s: s.boss.remove(s.member(s.subject)),
    "leaves": lambda s: s.subject.remove(s.member("@me")),
    "is kicked and returns": lambda s: (s.boss.remove(s.member(s.subject)), s.subject.join(s.invite)),
}

every_case = pytest.mark.parametrize("case", CASES, ids=[case.who for case in CASES])


class Scene(Company):
    """The company, with the open channel `room` and the narrow one `den`."""

    def __init__(self, server, standing="member"):
        super().__init__(server, standing, watchers=["keeper"])
        self.den = self.keeper.create_channel(self.server, "den")["channel_id"]
        self.old, self.doomed = (self.keeper.say(self.den, text) for text in ("old", "doomed"))
        self.topic = 0
        narrow(server, self.den, allowed=self.subject if standing == "allowed" else None)

    def stir(self):
        """Something happens in the room, and everything in the den: what is told of it to those who see the den."""
        self.keeper.say(self.room, "for all")
        self.keeper.say(self.den, "new")
        self.keeper.edit(self.old, "edited")
        doomed, self.doomed = self.doomed, self.keeper.say(self.den, "doomed as well")
        self.keeper.remove(message_path(doomed))
        self.topic += 1
        self.keeper.change(f"/channels/{self.den}", topic=f"topic {self.topic}")
        return [MESSAGE_CREATE, MESSAGE_UPDATE, MESSAGE_CREATE, MESSAGE_DELETE, CHANNEL_UPDATE]


def narrow(server, channel, *, allowed=None):
    """Ends the server, takes the sight of a channel from everybody but the owner and admins, and starts it again."""
    server.kill()
    override = f"INSERT INTO channel_overrides (channel_id, kind, target_id, permissions) VALUES ({channel}, {MEMBER_ALLOW}, {{}}, {VIEW_CHANNEL})"
    execute(
        server,
        f"UPDATE channels SET inherits_default = 0, default_permissions = {BLIND}, own_audience = 1, "
        f"override_count = {1 if allowed else 0} WHERE id = {channel}",
        *([override.format(allowed.user_id)] if allowed else []),
    )  # fmt: skip
    server.start()


def seen_of(frames, scene):
    """The names of the events, and apart from them those of the den."""
    names = [NAMES[frame["op"]] for frame in frames]
    in_den = [NAMES[frame["op"]] for frame in frames if frame["d"].get("channel_id") == scene.den]
    return names, in_den


def names(operations):
    return [NAMES[operation] for operation in operations]


def check_sight(scene, standing, sees):
    """Every read of the den, and every place in which it would be listed."""
    is_inside = standing != "stranger"
    api, channel = scene.subject.api, f"/channels/{scene.den}"
    for path in (channel, f"{channel}/messages", message_path(scene.old)):
        response = api.get(path)
        assert response.status_code == (200 if sees else 403), f"{path}: {response.text}"
        assert sees or response.json()["code"] == 50001
    if is_inside:
        listed = [channel["channel_id"] for channel in api.get(f"/servers/{scene.server}/channels").json()]
        detail = [channel["channel_id"] for channel in api.get(f"/servers/{scene.server}").json()["channels"]]
        assert listed == detail == ([scene.room, scene.den] if sees else [scene.room])
    if not sees:
        for response in (
            api.post(f"{channel}/messages", {"content": "x"}), api.post(f"{channel}/typing"), api.patch(channel, {"topic": "x"}), api.delete(channel),
            api.patch(message_path(scene.old), {"content": "x"}), api.delete(message_path(scene.old)),
        ):  # fmt: skip
            assert (response.status_code, response.json()["code"]) == (403, 50001), response.text


@every_case
def test_who_reads_a_narrow_channel(mortal, gateway, case):
    """3.2 and 1.1: 403 missing_access, and no list names it, to those who may not VIEW_CHANNEL; before and after the change."""
    scene = Scene(mortal, case.first)
    check_sight(scene, case.first, case.sees)
    check_connected(gateway, scene, case.first, case.sees)
    CHANGES[case.change](scene)
    check_sight(scene, case.then, case.will_see)
    check_connected(gateway, scene, case.then, case.will_see)


def check_connected(gateway, scene, standing, sees):
    """5.1: "servers [Server with channels]"."""
    socket = gateway(scene.subject)
    shown = {server["server_id"]: [channel["channel_id"] for channel in server["channels"]] for server in socket.connected["d"]["servers"]}
    assert shown.get(scene.server) == (None if standing == "stranger" else [scene.room, scene.den] if sees else [scene.room])
    socket.close()


@every_case
def test_who_is_told_of_a_narrow_channel(mortal, gateway, case):
    """5.3 and 4.7: losing sight is a CHANNEL_DELETE to him alone, gaining it a CHANNEL_CREATE to him alone; then nothing, or everything."""
    scene = Scene(mortal, case.first)
    sockets = [gateway(scene.subject) for _ in range(3)]
    witness, keeper = gateway(scene.witness), gateway(scene.keeper)
    stirred = scene.stir()
    CHANGES[case.change](scene)
    again = scene.stir()
    marker = scene.mark(scene.subject)
    expected_den = (names(stirred) if case.sees else []) + names(told for told in case.told if told in (CHANNEL_CREATE, CHANNEL_DELETE))
    expected_den += names(again) if case.will_see else []
    for socket in sockets:
        frames = socket.events_until(marker)
        assert seen_of(frames, scene)[1] == expected_den
        inside = [frame for frame in frames if frame["d"].get("channel_id") == scene.room]
        assert len(inside) == (case.first != "stranger") + (case.then != "stranger"), "what happens in the room is told as ever"
        others = [frame["op"] for frame in frames if frame["op"] in (SERVER_MEMBER_ADD, SERVER_MEMBER_REMOVE)]
        assert others == [told for told in case.told if told in (SERVER_MEMBER_ADD, SERVER_MEMBER_REMOVE)]
        for frame in frames:
            if frame["op"] == CHANNEL_CREATE:
                assert frame["d"]["channel_id"] == scene.den and frame["d"]["name"] == "den"
    # The others do not hear of what was shown to him or hidden from him.
    assert seen_of(witness.events_until(scene.mark(scene.witness)), scene)[1] == []
    assert seen_of(keeper.events_until(scene.mark(scene.keeper)), scene)[1] == names(stirred + again)


@every_case
@pytest.mark.parametrize("killed", [False, True], ids=["away", "killed"])
def test_who_is_told_of_a_narrow_channel_on_coming_back(mortal, gateway, case, killed):
    """4.6 and 4.7: what he sees now, and that he does not see it any more."""
    scene = Scene(mortal, case.first)
    first = gateway(scene.subject)
    first.abort()
    before = scene.stir()
    CHANGES[case.change](scene)
    after = scene.stir()
    if killed:
        mortal.restart()
    frames, socket = gateway.come_back(scene.subject, first)
    in_den = seen_of(frames, scene)[1]
    shown_or_hidden = names(told for told in case.told if told in (CHANNEL_CREATE, CHANNEL_DELETE))
    if not case.will_see:
        # Of a server that was lost nothing is told but that; `is demoted` and `hands over` tell that the channel is out of sight.
        assert in_den == (shown_or_hidden if case.then != "stranger" else [])
    elif case.sees:
        # The message that the second round removed was made in the first one: its creation is not told any more.
        assert in_den == names(before[:2] + before[3:] + after)
    else:
        # Whether it was told from its first sight on or from before: he sees all of it now.
        assert "CHANNEL_CREATE" in in_den and in_den[-len(after) :] == names(after)
        assert in_den.count("CHANNEL_CREATE") == 1 and "CHANNEL_DELETE" not in in_den
    others = [frame["op"] for frame in frames if frame["op"] in (SERVER_MEMBER_ADD, SERVER_MEMBER_REMOVE)]
    assert others == [told for told in case.told if told in (SERVER_MEMBER_ADD, SERVER_MEMBER_REMOVE)]
    live = scene.stir()
    assert seen_of(socket.events_until(scene.mark(scene.subject)), scene)[1] == (names(live) if case.will_see else [])


def test_a_hidden_channel_is_told_as_it_is_and_a_shown_one_too(mortal, gateway):
    """5.3: "the whole Channel": as REST shows it to those who see it."""
    scene = Scene(mortal, "admin")
    socket = gateway(scene.subject)
    CHANGES["is demoted"](scene)
    channel = scene.keeper.get(f"/channels/{scene.den}").json()
    assert socket.expect(CHANNEL_DELETE)["d"] == channel
    CHANGES["is promoted"](scene)
    assert socket.expect(CHANNEL_CREATE)["d"] == channel == scene.subject.get(f"/channels/{scene.den}").json()
    assert socket.events_until(scene.mark(scene.subject)) == []


@pytest.mark.parametrize("way", ["channel", "server"])
def test_the_end_of_a_narrow_channel_is_told_once_to_those_who_saw_it(mortal, gateway, way):
    """5.3: CHANNEL_DELETE; 3.2: "22 per channel, then 31": to the member of the channels that he saw."""
    scene = Scene(mortal, "admin")
    sockets = {"subject": gateway(scene.subject), "keeper": gateway(scene.keeper), "witness": gateway(scene.witness)}
    scene.boss.remove(f"/channels/{scene.den}" if way == "channel" else f"/servers/{scene.server}")
    for name, socket in sockets.items():
        frames = socket.events_until(scene.mark(getattr(scene, name)))
        ended = [frame["d"]["channel_id"] for frame in frames if frame["op"] == CHANNEL_DELETE]
        saw = [scene.den] if name != "witness" else []
        assert sorted(ended) == sorted(saw + ([scene.room] if way == "server" else []))
        assert [frame["op"] for frame in frames if frame["op"] != CHANNEL_DELETE] == (GO if way == "server" else [])
        assert not frames or frames[-1]["op"] == (SERVER_MEMBER_REMOVE if way == "server" else CHANNEL_DELETE)


#: What an admin misses who is away, and what he is told of the server and its narrow channel when he comes back.
WHILE_AWAY = {
    "the channel is deleted": (["deletes den"], HIDDEN),
    "the server is deleted": (["deletes server"], GO),
    "the channel and then the server is deleted": (["deletes den", "deletes server"], GO),
    "he is demoted and then kicked": (["demotes", "kicks"], GO),
    "he is kicked and then the channel is deleted": (["kicks", "deletes den"], GO),
    "he is demoted and promoted again": (["demotes", "promotes"], HIDDEN + SHOWN),
    "he is demoted and then the channel is deleted": (["demotes", "deletes den"], HIDDEN),
}
STEPS = {
    "deletes den": lambda s: s.boss.remove(f"/channels/{s.den}"),
    "deletes server": lambda s: s.boss.remove(f"/servers/{s.server}"),
    "demotes": CHANGES["is demoted"],
    "promotes": CHANGES["is promoted"],
    "kicks": CHANGES["is kicked"],
}


@pytest.mark.parametrize("what", WHILE_AWAY)
def test_an_admin_who_was_away_is_told_of_a_narrow_channel_only_where_he_still_is(mortal, gateway, what):
    """4.6 and 5.4: of a server that he is not in any more nothing is told but that."""
    scene = Scene(mortal, "admin")
    first = gateway(scene.subject)
    first.abort()
    steps, told = WHILE_AWAY[what]
    for step in steps:
        STEPS[step](scene)
    frames, _ = gateway.come_back(scene.subject, first)
    assert names(frame["op"] for frame in frames) == names(told)
    for frame in frames:
        assert frame["d"].get("channel_id", scene.den) == scene.den and frame["d"]["server_id"] == scene.server


def test_who_types_in_a_narrow_channel_is_seen_by_those_who_see_it(mortal, gateway):
    """5.6: "Receivers: all who see the channel except the typist"."""
    scene = Scene(mortal, "admin")
    seeing, blind = gateway(scene.subject), gateway(scene.witness)
    assert scene.keeper.post(f"/channels/{scene.den}/typing").status_code == 204
    assert seeing.expect(TYPING_START)["d"]["channel_id"] == scene.den
    blind.expect_nothing(0.3)
    assert not [frame for frame in blind.frames if frame["op"] == TYPING_START]
    CHANGES["is demoted"](scene)
    assert scene.boss.post(f"/channels/{scene.den}/typing").status_code == 204
    seeing.events_until(scene.mark(scene.subject))
    seeing.expect_nothing(0.3)
    assert [frame["d"]["user_id"] for frame in seeing.frames if frame["op"] == TYPING_START] == [scene.keeper.user_id]


def test_sight_comes_and_goes_in_the_middle_of_a_burst(mortal, gateway):
    """4.7 and 5.3: between a 20 and the next 22 everything of the channel comes, outside nothing; what is open comes all the time."""
    scene = Scene(mortal, "admin")
    sockets, keeper, witness = [gateway(scene.subject) for _ in range(3)], gateway(scene.keeper), gateway(scene.witness)
    over = threading.Event()
    failures = []

    def write(account):
        try:
            while not over.is_set():
                message = account.say(scene.den, "den")
                account.say(scene.room, "room")
                account.edit(message, "edited")
                account.remove(message_path(message))
        except Exception as failure:  # told by the thread of the test
            failures.append(failure)

    writers = [threading.Thread(target=write, args=(account,)) for account in (scene.keeper, scene.boss)]
    for writer in writers:
        writer.start()
    try:
        for _ in range(5):
            CHANGES["is demoted"](scene)
            CHANGES["is promoted"](scene)
    finally:
        over.set()
        for writer in writers:
            writer.join(30)
    assert not failures, failures
    reference = keeper.events_until(scene.mark(scene.keeper))
    in_room = [frame for frame in reference if frame["d"]["channel_id"] == scene.room]
    marker = scene.mark(scene.subject)
    for socket in sockets:
        frames = socket.events_until(marker)
        assert [frame for frame in frames if frame["d"]["channel_id"] == scene.room] == in_room
        turns = [frame for frame in frames if frame["op"] in (CHANNEL_CREATE, CHANNEL_DELETE)]
        assert [frame["op"] for frame in turns] == [CHANNEL_DELETE, CHANNEL_CREATE] * 5
        edges = [0, *(frame["s"] for frame in turns), 2**53]
        seen = [(edges[at], edges[at + 1]) for at in range(0, len(edges), 2)]
        expected = [frame for frame in reference if frame["d"]["channel_id"] == scene.den and any(a < frame["s"] < b for a, b in seen)]
        assert [frame for frame in frames if frame["d"]["channel_id"] == scene.den and frame not in turns] == expected
    assert {frame["d"]["channel_id"] for frame in witness.events_until(scene.mark(scene.witness))} == {scene.room}
