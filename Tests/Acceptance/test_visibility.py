"""Who sees what, before and after the change that gives or takes it (contracts/chat.md 1.1, 2 "Rights", 4.7 and 5).

Three tables say it all: CASES (who, and what becomes of him), READS and ACTS (what is answered), EVENTS (what is told). Every test below is run for
every case. The last part does the same for direct channels.
"""

import time
from typing import NamedTuple

import pytest

from support.api import message_path, register
from support.company import Company
from support.gateway import (
    CHANNEL_CREATE, CHANNEL_DELETE, CHANNEL_UPDATE, EXTENSIONS, MESSAGE_CREATE, MESSAGE_DELETE, MESSAGE_UPDATE, NAMES, PRESENCE_UPDATE,
    SERVER_DELETE, SERVER_MEMBER_ADD, SERVER_MEMBER_REMOVE, SERVER_UPDATE, TYPING_START,
)  # fmt: skip

# Who


class Case(NamedTuple):
    """Somebody's standing, what happens to it, which events of the change he gets, and his standing then."""

    who: str
    first: str
    change: str
    told: list
    then: str


#: Standings: owner, admin and member of the server; stranger to it; gone: there is no such server any more.
INSIDE = ("owner", "admin", "member")
COME, GO, SERVER_ENDS = [SERVER_MEMBER_ADD], [SERVER_MEMBER_REMOVE], [CHANNEL_DELETE, SERVER_DELETE, SERVER_MEMBER_REMOVE]
CASES = [
    #    who                            at first    what happens             is told          afterwards
    Case("owner",                       "owner",    "nothing",               [],              "owner"),
    Case("admin",                       "admin",    "nothing",               [],              "admin"),
    Case("member",                      "member",   "nothing",               [],              "member"),
    Case("outsider",                    "stranger", "nothing",               [],              "stranger"),
    Case("kicked member",               "member",   "is kicked",             GO,              "stranger"),
    Case("kicked admin",                "admin",    "is kicked",             GO,              "stranger"),
    Case("member that left",            "member",   "leaves",                GO,              "stranger"),
    Case("admin that left",             "admin",    "leaves",                GO,              "stranger"),
    Case("newcomer",                    "stranger", "accepts an invite",     COME,            "member"),
    Case("newcomer brought in",         "stranger", "is brought in",         COME,            "member"),
    Case("kicked member that is back",  "member",   "is kicked and returns", GO + COME,       "member"),
    Case("kicked admin that is back",   "admin",    "is kicked and returns", GO + COME,       "member"),
    Case("promoted member",             "member",   "is promoted",           [],              "admin"),
    Case("demoted admin",               "admin",    "is demoted",            [],              "member"),
    Case("former owner",                "owner",    "hands over",            [SERVER_UPDATE], "member"),
    Case("former owner that left",      "owner",    "hands over and leaves", [SERVER_UPDATE] + GO, "stranger"),
    Case("new owner",                   "member",   "is handed the server",  [SERVER_UPDATE], "owner"),
    Case("member of a deleted server",  "member",   "the server is deleted", SERVER_ENDS,     "gone"),
    Case("admin of a deleted server",   "admin",    "the server is deleted", SERVER_ENDS,     "gone"),
    Case("owner of a deleted server",   "owner",    "the server is deleted", SERVER_ENDS,     "gone"),
    Case("outsider of a deleted server", "stranger", "the server is deleted", [],             "gone"),
]  # fmt: skip

#: What happens, as code; the names are those of `Scene`.
CHANGES = {
    "nothing": lambda s: None,
    "is kicked": lambda s: s.boss.remove(s.member(s.subject)),
    "leaves": lambda s: s.subject.remove(s.member("@me")),
    "accepts an invite": lambda s: s.subject.join(s.invite),
    "is brought in": lambda s: s.keeper.add(s.server, s.subject),
    "is kicked and returns": lambda s: (s.boss.remove(s.member(s.subject)), s.subject.join(s.invite)),
    "is promoted": lambda s: s.boss.change(s.member(s.subject), role="admin"),
    "is demoted": lambda s: s.boss.change(s.member(s.subject), role="member"),
    "hands over": lambda s: s.subject.change(f"/servers/{s.server}", owner_id=s.keeper.user_id),
    "hands over and leaves": lambda s: (CHANGES["hands over"](s), CHANGES["leaves"](s)),
    "is handed the server": lambda s: s.boss.change(f"/servers/{s.server}", owner_id=s.subject.user_id),
    "the server is deleted": lambda s: s.boss.remove(f"/servers/{s.server}"),
}

# What is answered

OK, MADE, DONE = 200, 201, 204
NO_ACCESS, NOT_ALLOWED, NOT_AUTHOR = (403, 50001), (403, 50013), (403, 50005)
NO_SERVER, NO_CHANNEL, NO_INVITE = (404, 10004), (404, 10003), (404, 10006)

READS = {
    # what           path                                    inside  stranger   gone
    "server":       ("/servers/{server}",                    OK,     NO_ACCESS, NO_SERVER),
    "channel list": ("/servers/{server}/channels",           OK,     NO_ACCESS, NO_SERVER),
    "members":      ("/servers/{server}/members",            OK,     NO_ACCESS, NO_SERVER),
    "channel":      ("/channels/{channel}",                  OK,     NO_ACCESS, NO_CHANNEL),
    "history":      ("/channels/{channel}/messages",         OK,     NO_ACCESS, NO_CHANNEL),
    "one message":  ("/channels/{channel}/messages/{message}", OK,   NO_ACCESS, NO_CHANNEL),
    # Whoever has the code may look, that is what it is for.
    "invite":       ("/invites/{invite}",                    OK,     OK,        NO_INVITE),
}  # fmt: skip

ACTS = {
    # what                     method    path                                body                       owner  admin        member       stranger   gone
    "write":                  ("POST",   "/channels/{channel}/messages",     {"content": "new"},        MADE,  MADE,        MADE,        NO_ACCESS, NO_CHANNEL),
    "type":                   ("POST",   "/channels/{channel}/typing",       None,                      DONE,  DONE,        DONE,        NO_ACCESS, NO_CHANNEL),
    "edit one's own":         ("PATCH",  "/channels/{channel}/messages/{own}", {"content": "better"},   OK,    OK,          OK,          NO_ACCESS, NO_CHANNEL),
    "edit another's":         ("PATCH",  "/channels/{channel}/messages/{message}", {"content": "mine"}, NOT_AUTHOR, NOT_AUTHOR, NOT_AUTHOR, NO_ACCESS, NO_CHANNEL),
    "remove one's own":       ("DELETE", "/channels/{channel}/messages/{own}", None,                    DONE,  DONE,        DONE,        NO_ACCESS, NO_CHANNEL),
    "remove another's":       ("DELETE", "/channels/{channel}/messages/{message}", None,                DONE,  DONE,        NOT_ALLOWED, NO_ACCESS, NO_CHANNEL),
    "make a channel":         ("POST",   "/servers/{server}/channels",       {"name": "mine"},          MADE,  MADE,        NOT_ALLOWED, NO_ACCESS, NO_SERVER),
    "change a channel":       ("PATCH",  "/channels/{channel}",              {"topic": "mine"},         OK,    OK,          NOT_ALLOWED, NO_ACCESS, NO_CHANNEL),
    "remove a channel":       ("DELETE", "/channels/{spare}",                None,                      DONE,  DONE,        NOT_ALLOWED, NO_ACCESS, NO_CHANNEL),
    "change the server":      ("PATCH",  "/servers/{server}",                {"description": "mine"},   OK,    OK,          NOT_ALLOWED, NO_ACCESS, NO_SERVER),
    "make an invite":         ("POST",   "/servers/{server}/invites",        {},                        MADE,  MADE,        MADE,        NO_ACCESS, NO_SERVER),
    "bring somebody in":      ("POST",   "/servers/{server}/members",        {"user_id": "{guest}"},    MADE,  MADE,        NOT_ALLOWED, NO_ACCESS, NO_SERVER),
    "name oneself":           ("PATCH",  "/servers/{server}/members/@me",    {"nickname": "Wren"},      OK,    OK,          OK,          NO_ACCESS, NO_SERVER),
    "name another":           ("PATCH",  "/servers/{server}/members/{witness}", {"nickname": "Tit"},    OK,    OK,          NOT_ALLOWED, NO_ACCESS, NO_SERVER),
    "promote another":        ("PATCH",  "/servers/{server}/members/{witness}", {"role": "admin"},      OK,    NOT_ALLOWED, NOT_ALLOWED, NO_ACCESS, NO_SERVER),
    "demote another":         ("PATCH",  "/servers/{server}/members/{witness}", {"role": "member"},     OK,    NOT_ALLOWED, NOT_ALLOWED, NO_ACCESS, NO_SERVER),
    "kick another":           ("DELETE", "/servers/{server}/members/{witness}", None,                   DONE,  DONE,        NOT_ALLOWED, NO_ACCESS, NO_SERVER),
    "hand the server over":   ("PATCH",  "/servers/{server}",                {"owner_id": "{self}"},    OK,    NOT_ALLOWED, NOT_ALLOWED, NO_ACCESS, NO_SERVER),
    "delete the server":      ("DELETE", "/servers/{server}",                None,                      DONE,  NOT_ALLOWED, NOT_ALLOWED, NO_ACCESS, NO_SERVER),
}  # fmt: skip
STANDINGS = ("owner", "admin", "member", "stranger", "gone")

# What is told: to everybody inside, to nobody else; the extension to those who asked.

EVENTS = {
    # operation           what happens, once for each set of things that is prepared
    MESSAGE_CREATE:       lambda s, things: s.keeper.say(s.room, "new"),
    MESSAGE_UPDATE:       lambda s, things: s.keeper.edit(things.to_edit, "edited"),
    MESSAGE_DELETE:       lambda s, things: s.keeper.remove(message_path(things.to_remove)),
    CHANNEL_CREATE:       lambda s, things: s.keeper.create_channel(s.server, "new"),
    CHANNEL_UPDATE:       lambda s, things: s.keeper.change(f"/channels/{things.channel_to_change}", name="changed"),
    CHANNEL_DELETE:       lambda s, things: s.keeper.remove(f"/channels/{things.channel_to_remove}"),
    SERVER_MEMBER_ADD:    lambda s, things: s.keeper.add(s.server, things.to_add),
    SERVER_MEMBER_REMOVE: lambda s, things: s.keeper.remove(s.member(things.to_kick)),
    SERVER_UPDATE:        lambda s, things: s.keeper.change(f"/servers/{s.server}", description=things.description),
}  # fmt: skip


class Things:
    """What the events of one round happen to, made before anybody listens."""

    def __init__(self, scene, description):
        self.description = description
        self.to_edit, self.to_remove = (scene.keeper.say(scene.room, text) for text in ("to edit", "to remove"))
        self.channel_to_change, self.channel_to_remove = (
            scene.keeper.create_channel(scene.server, name)["channel_id"] for name in ("to change", "to remove")
        )
        self.to_add, self.to_kick = (register(scene.keeper.server, name) for name in ("to_add", "to_kick"))
        scene.keeper.add(scene.server, self.to_kick)


class Scene(Company):
    """The company, with what the paths of the tables name."""

    def __init__(self, server, standing):
        super().__init__(server, standing)
        self.spare = self.keeper.create_channel(self.server, "spare")["channel_id"]
        self.message = self.witness.say(self.room, "another's")["message_id"]
        self.own = self.subject.say(self.room, "own")["message_id"] if standing in INSIDE else self.message

    def fill(self, text):
        """A path or value of the tables with the ids of this scene."""
        return text.format(
            server=self.server, channel=self.room, spare=self.spare, message=self.message, own=self.own, invite=self.invite,
            witness=self.witness.user_id, guest=register(self.keeper.server, "guest").user_id if "{guest}" in text else "", self=self.subject.user_id,
        )  # fmt: skip


def answer(response):
    """The status, with the code of an error."""
    return (response.status_code, response.json()["code"]) if response.status_code >= 400 else response.status_code


def names(operations):
    return [NAMES[operation] for operation in operations]


def told_to(socket, operations):
    """What of these comes to a socket: extensions only if it asked."""
    return names(operation for operation in operations if socket.is_extended or operation not in EXTENSIONS)


every_case = pytest.mark.parametrize("case", CASES, ids=[case.who for case in CASES])
before_and_after = pytest.mark.parametrize("after", [False, True], ids=["before", "after"])


def scene_of(server, case, after):
    """The scene before or after the change, and the subject's standing there."""
    scene = Scene(server, case.first)
    if after:
        CHANGES[case.change](scene)
    return scene, case.then if after else case.first


# The tests


@every_case
@before_and_after
def test_who_reads_what(server, case, after):
    """1.1: "403 missing_access | not a member of that server/channel", 404 when there is none; 2: "Everybody in a server sees all its channels"."""
    scene, standing = scene_of(server, case, after)
    column = 1 if standing in INSIDE else 2 if standing == "stranger" else 3
    answers = {what: answer(scene.subject.get(scene.fill(row[0]))) for what, row in READS.items()}
    assert answers == {what: row[column] for what, row in READS.items()}


@every_case
@before_and_after
def test_who_does_what(server, case, after):
    """2: "owner: everything. admin: manage channels, remove members, delete any message. member: read, write, own messages"; 1.1."""
    scene, standing = scene_of(server, case, after)
    answers = {}
    for what, (method, path, body, *_) in ACTS.items():
        body = {name: scene.fill(value) for name, value in body.items()} if body is not None else None
        response = scene.subject.api.request(method, scene.fill(path), **({"json": body} if body is not None else {}))
        answers[what] = answer(response)
        if what == "write" and response.status_code == MADE:
            scene.own = response.json()["message_id"]
    assert answers == {what: row[3 + STANDINGS.index(standing)] for what, row in ACTS.items()}


@every_case
@before_and_after
def test_who_is_told_what(server, gateway, case, after):
    """4.7: "Events go only to users who can see the object at that time"; 5.4: "After it he gets no further events of that server"; and in order, once."""
    scene = Scene(server, case.first)
    things = Things(scene, "new")
    subject = [gateway(scene.subject), gateway(scene.subject), gateway(scene.subject, ext=True)]
    witness = [gateway(scene.witness), gateway(scene.witness, ext=True)]
    if after:
        CHANGES[case.change](scene)
    standing = case.then if after else case.first
    happening = list(EVENTS) if standing != "gone" else []
    for operation in happening:
        EVENTS[operation](scene, things)
    told = list(case.told) if after else []
    marker = scene.mark(scene.subject)
    for socket in subject:
        frames = socket.events_until(marker)
        got = without_repetition(frames)
        assert got == told_to(socket, told + (happening if standing in INSIDE else []))
        check_all_channels_end(frames, standing)
    marker = scene.mark(scene.witness)
    common = SERVER_ENDS if standing == "gone" else told
    for socket in witness:
        assert without_repetition(socket.events_until(marker)) == told_to(socket, common + happening)


def without_repetition(frames):
    """The names of the events; the ends of several channels, one after the other, count once."""
    found = names(frame["op"] for frame in frames)
    return [name for at, name in enumerate(found) if not (name == "CHANNEL_DELETE" and at and found[at - 1] == name)]


def check_all_channels_end(frames, standing):
    ended = [frame["d"]["channel_id"] for frame in frames if frame["op"] == CHANNEL_DELETE]
    assert len(ended) == len(set(ended)) and (standing != "gone" or len(ended) in (0, 4)), "the end of each channel is told once"


@every_case
def test_who_is_told_what_on_coming_back(server, gateway, case):
    """4.6: "missed events with s > seq in order"; of a server that was lost meanwhile nothing but that."""
    scene = Scene(server, case.first)
    rounds = Things(scene, "first round"), Things(scene, "second round")
    first = gateway(scene.subject)
    first.abort()
    for operation in EVENTS:
        EVENTS[operation](scene, rounds[0])
    CHANGES[case.change](scene)
    if case.then != "gone":
        for operation in EVENTS:
            EVENTS[operation](scene, rounds[1])
    stayed = case.first in INSIDE and case.then in INSIDE and SERVER_MEMBER_REMOVE not in case.told
    told = case.told if case.then in INSIDE else [operation for operation in case.told if operation == SERVER_MEMBER_REMOVE]
    expected = (list(EVENTS) if stayed else []) + told + (list(EVENTS) if case.then in INSIDE else [])
    for ext in (False, True):
        frames, socket = gateway.come_back(scene.subject, first, ext=ext)
        assert names(frame["op"] for frame in frames) == told_to(socket, expected)


@every_case
@before_and_after
def test_who_is_shown_what_on_connecting(server, gateway, case, after):
    """5.1: "servers [Server with channels]; presences of visible users who are not offline"; 3.2: "GET /servers"."""
    scene, standing = scene_of(server, case, after)
    keeper = gateway(scene.keeper)
    data = gateway(scene.subject).connected["d"]
    is_inside = standing in INSIDE
    shown = {shown["server_id"]: [channel["name"] for channel in shown["channels"]] for shown in data["servers"]}
    assert shown.get(scene.server) == (["general", "spare"] if is_inside else None)
    listed = {listed["server_id"] for listed in scene.subject.get("/servers").json()}
    assert (scene.server in listed) == is_inside
    present = {presence["user_id"] for presence in data["presences"]}
    assert (scene.keeper.user_id in present) == is_inside
    keeper.beat()


@every_case
@before_and_after
def test_who_sees_who_is_there_and_who_types(server, gateway, case, after):
    """5.5: "Receivers: users sharing a server or a DM"; 5.6: "Receivers: all who see the channel except the typist"."""
    scene = Scene(server, case.first)
    subject, witness = gateway(scene.subject), gateway(scene.witness)
    if after:
        CHANGES[case.change](scene)
    standing = case.then if after else case.first
    keeper = gateway(scene.keeper)
    typed = scene.keeper.post(f"/channels/{scene.room}/typing").status_code
    assert typed == (DONE if standing != "gone" else 404)
    if standing != "gone":
        assert fleeting(witness, scene.keeper, until=2) == {PRESENCE_UPDATE, TYPING_START}
    # To whom it goes, it goes at about the same time.
    seen = fleeting(subject, scene.keeper, until=2) if standing in INSIDE else fleeting(subject, scene.keeper, seconds=0.3 if typed == DONE else 1.3)
    assert seen == ({PRESENCE_UPDATE, TYPING_START} if standing in INSIDE else set())
    keeper.beat()


def fleeting(socket, about, *, until=99, seconds=5):
    """Which kinds of events without `s` about an account come to a socket: until there are so many of them, or for so long."""
    found = set()
    deadline = time.monotonic() + seconds
    while len(found) < until and (left := deadline - time.monotonic()) > 0:
        try:
            frame = socket.receive(left)
        except TimeoutError:
            break
        if frame["op"] in (PRESENCE_UPDATE, TYPING_START) and frame["d"]["user_id"] == about.user_id:
            found.add(frame["op"])
    return found


# Direct channels


class Friends:
    """Two who share a DM and a server, and a third who shares the server with them: whom the case is about is `subject`."""

    def __init__(self, server, who):
        self.opener, self.recipient, self.third, self.stranger = (register(server, name) for name in ("opener", "recipient", "third", "stranger"))
        self.server = self.opener.create_server()["server_id"]
        for account in (self.recipient, self.third):
            self.opener.add(self.server, account)
        self.subject = {"opener": self.opener, "recipient": self.recipient, "member of a server of both": self.third}.get(who, self.stranger)
        self.friend = self.recipient if self.subject is self.opener else self.opener
        self.corner = self.subject.corner()

    def open(self):
        self.room = self.opener.direct_channel(self.recipient)["channel_id"]


DM_CASES = {
    # who                         sees
    "opener":                     True,
    "recipient":                  True,
    "member of a server of both": False,
    "stranger":                   False,
}  # fmt: skip
#: What happens to the server that they share: it has nothing to do with their DM.
DM_CHANGES = {
    "nothing": lambda f: None,
    "one leaves the common server": lambda f: f.recipient.remove(f"/servers/{f.server}/members/@me"),
    "the common server is deleted": lambda f: f.opener.remove(f"/servers/{f.server}"),
}

every_friend = pytest.mark.parametrize("who", DM_CASES)
every_dm_change = pytest.mark.parametrize("change", DM_CHANGES)


@every_friend
@every_dm_change
def test_who_reads_and_writes_in_a_dm(server, who, change):
    """3.6: "only the two participants have access"; 1.1: "A DM channel the caller may not see answers 403 missing_access if it exists"."""
    friends = Friends(server, who)
    friends.open()
    message = friends.friend.say(friends.room, "psst")
    DM_CHANGES[change](friends)
    channel = f"/channels/{friends.room}"
    api = friends.subject.api
    answers = {
        "channel": answer(api.get(channel)),
        "history": answer(api.get(f"{channel}/messages")),
        "one message": answer(api.get(message_path(message))),
        "edit another's": answer(api.patch(message_path(message), {"content": "mine"})),
        "remove another's": answer(api.delete(message_path(message))),
        "write": answer(api.post(f"{channel}/messages", {"content": "mine"})),
        "type": answer(api.post(f"{channel}/typing")),
    }
    allowed = {
        "channel": OK, "history": OK, "one message": OK, "edit another's": NOT_AUTHOR, "remove another's": NOT_ALLOWED, "write": MADE, "type": DONE
    }  # fmt: skip
    assert answers == (allowed if DM_CASES[who] else dict.fromkeys(allowed, NO_ACCESS))
    listed = [channel["channel_id"] for channel in api.get("/users/@me/dm-channels").json()]
    assert listed == ([friends.room] if DM_CASES[who] else [])


def talk(friends):
    """Everything that happens in a DM, begun by the friend, and what is told of it."""
    message, other = (friends.friend.say(friends.room, text) for text in ("one", "two"))
    friends.friend.edit(message, "three")
    friends.friend.remove(message_path(other))
    return [MESSAGE_CREATE, MESSAGE_CREATE, MESSAGE_UPDATE, MESSAGE_DELETE]


@every_friend
@every_dm_change
def test_who_is_told_what_of_a_dm(server, gateway, who, change):
    """5.3: "for DM both participants"; 4.7: "Events go only to users who can see the object"."""
    friends = Friends(server, who)
    own, theirs = gateway(friends.subject), gateway(friends.friend)
    friends.open()
    told = [CHANNEL_CREATE, *talk(friends)]
    DM_CHANGES[change](friends)
    told += talk(friends)
    last = friends.friend.say(friends.room, "last")
    frames = own.events_until(friends.subject.say(friends.corner, "marker"))
    in_dm = [frame["op"] for frame in frames if frame["d"].get("channel_id") == friends.room]
    assert names(in_dm) == (names([*told, MESSAGE_CREATE]) if DM_CASES[who] else [])
    # The friend has all of it, in order, once.
    assert names(frame["op"] for frame in theirs.events_until(last) if frame["d"].get("channel_id") == friends.room) == names(told)


@every_friend
@every_dm_change
def test_who_is_told_what_of_a_dm_on_coming_back(server, gateway, who, change):
    """4.6 and 4.7, for a DM that was opened meanwhile."""
    friends = Friends(server, who)
    first = gateway(friends.subject)
    first.abort()
    friends.open()
    friends.friend.say(friends.room, "one")
    DM_CHANGES[change](friends)
    friends.friend.say(friends.room, "two")
    frames, _ = gateway.come_back(friends.subject, first)
    told = names(frame["op"] for frame in frames if frame["d"].get("channel_id") == friends.room)
    assert told == (names([CHANNEL_CREATE, MESSAGE_CREATE, MESSAGE_CREATE]) if DM_CASES[who] else [])
    assert [channel["channel_id"] for channel in gateway(friends.subject).connected["d"]["dm_channels"]] == ([friends.room] if DM_CASES[who] else [])


@every_friend
def test_who_sees_who_is_there_and_types_in_a_dm(server, gateway, who):
    """5.5: "users sharing a server or a DM", also when the DM is all they share; 5.6."""
    friends = Friends(server, who)
    friends.open()
    friends.opener.remove(f"/servers/{friends.server}")
    partner = friends.recipient if friends.friend is friends.opener else friends.opener
    own, partners = gateway(friends.subject), gateway(partner) if partner is not friends.subject else None
    theirs = gateway(friends.friend)
    assert friends.friend.post(f"/channels/{friends.room}/typing").status_code == DONE
    if partners:
        assert fleeting(partners, friends.friend, until=2) == {PRESENCE_UPDATE, TYPING_START}
    seen = fleeting(own, friends.friend, until=2, seconds=5 if DM_CASES[who] else 0.3)
    assert seen == ({PRESENCE_UPDATE, TYPING_START} if DM_CASES[who] else set())
    theirs.beat()
