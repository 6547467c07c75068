"""One community in three APIs: a galaxy is a server of Chat, and its text channels are read and heard there (DESIGN.md 7, docs/decisions/0010)."""

import threading

import pytest

from support.api import assert_error, register, unique
from support.cosmos import (
    CATEGORY, DEFAULT_CHANNEL, MEMBER_ALLOW, MEMBER_DENY, PRIVATE, READ_MESSAGE_HISTORY, ROLE_DENY, SEND_MESSAGES, TEXT, VIEW_CHANNEL, VOICE,
    ids, is_channel, is_galaxy, nothing, ok, problem,
)  # fmt: skip
from support.gateway import (
    CHANNEL_CREATE, CHANNEL_DELETE, CHANNEL_UPDATE, MESSAGE_CREATE, SERVER_DELETE, SERVER_MEMBER_ADD, SERVER_MEMBER_REMOVE, SERVER_UPDATE,
)  # fmt: skip
from support.shapes import is_message, is_server_detail


class Local:
    """An account of this server: its Chat side, and Cosmos with the same login."""

    def __init__(self, cosmos, prefix="local"):
        self.chat = register(cosmos.server, prefix)
        self.subject = self.chat.user_id
        self.cosmos = cosmos.holder(self.chat.access_token)
        self.corner = None

    def mark(self):
        """A message that only this person hears of: what happened before comes before it."""
        self.corner = self.corner or self.chat.corner()
        return self.chat.say(self.corner, "marker")


@pytest.fixture
def owner(cosmos):
    """Somebody of another server."""
    return cosmos.operator()


@pytest.fixture
def ann(cosmos):
    ann = Local(cosmos, "ann")
    ann.mark()
    return ann


@pytest.fixture
def bob(cosmos):
    bob = Local(cosmos, "bob")
    bob.mark()
    return bob


@pytest.fixture
def galaxy(cosmos, owner, ann, bob):
    """The id of a galaxy of `owner` with `ann` and `bob`."""
    galaxy = cosmos.galaxy(owner, name="Athens")
    cosmos.join(galaxy, ann, bob)
    return galaxy


@pytest.fixture
def room(owner, galaxy):
    return owner.create_channel(galaxy, "agora", topic="talk")["id"]


def server_of(local, name="Athens"):
    """The galaxy as this account's Chat lists it (Server)."""
    [server] = [server for server in local.chat.get("/servers").json() if server["name"] == name]
    return server


def detail(local):
    return local.chat.get(f"/servers/{server_of(local)['server_id']}").json()


def operations(frames):
    """The opcodes; without updates of channels, which tell of rules that Chat does not show, and must come while one sees the channel."""
    hidden = set()
    for frame in frames:
        channel = frame["d"].get("channel_id")
        if frame["op"] == CHANNEL_UPDATE:
            assert channel not in hidden, f"{frame} after its end"
        elif frame["op"] in (CHANNEL_CREATE, CHANNEL_DELETE):
            (hidden.add if frame["op"] == CHANNEL_DELETE else hidden.discard)(channel)
    return [frame["op"] for frame in frames if frame["op"] != CHANNEL_UPDATE]


def path_of(galaxy, channel):
    return f"/galaxy/{galaxy}/channels/{channel}"


# The galaxy in Chat


def test_a_local_account_sees_a_galaxy_that_it_was_brought_into(cosmos, galaxy, room, owner, ann, bob):
    """DESIGN.md 7: one community; ids in Chat are the decimal core ids."""
    shown = detail(ann)
    is_server_detail(shown)
    assert [(channel["channel_id"], channel["name"], channel["topic"]) for channel in shown["channels"]] == [(room, "agora", "talk")]
    assert shown["member_count"] == 3
    roles = {member["user_id"]: member["role"] for member in shown["members"]}
    assert roles[ann.subject] == roles[bob.subject] == "member" and sorted(roles.values()) == ["member", "member", "owner"]
    assert ann.cosmos.channels(galaxy) == owner.channels(galaxy)


def test_people_of_other_servers_are_people_in_chat(cosmos, galaxy, ann):
    """docs/decisions/0010: "The username is made from the token's `name`, cleaned, with a number added while it is taken"."""
    name = unique("Alice")
    people = [cosmos.person(name=name), cosmos.person(name=name), cosmos.person(name="  \u202e!! ")]
    for person in people:
        ok(person.post("/session"))
        cosmos.join(galaxy, person)
    names = [member["user"]["username"] for member in detail(ann)["members"]]
    assert len(set(names)) == len(names)
    assert len([shown for shown in names if shown.lower().startswith(name.lower())]) == 2
    assert not any("\u202e" in shown or "!" in shown for shown in names)


def test_nobody_logs_in_as_somebody_of_another_server(cosmos, galaxy, ann):
    """docs/decisions/0010: such an account has no password."""
    name = unique("alice")
    person = cosmos.person(name=name)
    ok(person.post("/session"))
    for password in ("", "x", "password", person.subject):
        answer = cosmos.server.http.post("/api/rest/auth/login", json={"username": name, "password": password})
        assert answer.status_code in (400, 401), answer.text


def test_coming_and_going_is_heard_in_chat(cosmos, galaxy, room, owner, ann, bob, gateway):
    """contracts/chat.md 4: SERVER_MEMBER_ADD and SERVER_MEMBER_REMOVE, for those who are there and for the one who comes."""
    newcomer = Local(cosmos, "newcomer")
    newcomer.mark()
    watcher, own = gateway(ann.chat), gateway(newcomer.chat)
    cosmos.join(galaxy, newcomer)
    for socket in (watcher, own):
        assert socket.expect(SERVER_MEMBER_ADD)["d"]["user_id"] == newcomer.subject
    said = bob.chat.say(room, "welcome")
    assert own.expect_messages(1) == watcher.expect_messages(1) == [said]
    nothing(cosmos.signer.delete(f"/galaxy/{galaxy}/members/{newcomer.subject}"))
    for socket in (watcher, own):
        assert socket.expect(SERVER_MEMBER_REMOVE)["d"]["user_id"] == newcomer.subject
    bob.chat.say(room, "gone?")
    assert own.events_until(newcomer.mark()) == []
    assert_error(newcomer.chat.get(f"/channels/{room}/messages"), 403, 50001, "missing_access")


def test_who_leaves_in_chat_has_left_in_cosmos(cosmos, galaxy, room, ann):
    """DESIGN.md 7: one membership."""
    ann.chat.remove(f"/servers/{server_of(ann)['server_id']}/members/@me")
    assert ann.cosmos.channels(galaxy) == []


# Channels


def test_channels_are_heard_of_in_chat(cosmos, galaxy, owner, ann, gateway):
    """contracts/chat.md 4: CHANNEL_CREATE, CHANNEL_UPDATE, CHANNEL_DELETE for what Cosmos does."""
    socket = gateway(ann.chat)
    channel = owner.create_channel(galaxy, "stoa")["id"]
    created = socket.expect(CHANNEL_CREATE)["d"]
    assert (created["channel_id"], created["name"]) == (channel, "stoa")
    owner.change(path_of(galaxy, channel), name="poecile", topic="paintings")
    updated = socket.expect(CHANNEL_UPDATE)["d"]
    assert (updated["name"], updated["topic"]) == ("poecile", "paintings")
    owner.remove(path_of(galaxy, channel))
    assert socket.expect(CHANNEL_DELETE)["d"]["channel_id"] == channel


def test_what_chat_does_not_know_is_not_shown_there(cosmos, galaxy, owner, ann, gateway):
    """contracts/chat.md 2: channels are text or dm; voice channels and categories are Cosmos's own."""
    socket = gateway(ann.chat)
    hidden = []
    for kind in (VOICE, CATEGORY):
        channel = owner.create_channel(galaxy, "quiet", kind)["id"]
        hidden.append(channel)
        owner.change(path_of(galaxy, channel), name="quieter")
        owner.change(path_of(galaxy, channel), defaultPermissions=PRIVATE)
        owner.change(path_of(galaxy, channel), defaultPermissions=DEFAULT_CHANNEL)
    assert socket.events_until(ann.mark()) == []
    assert detail(ann)["channels"] == []
    for channel in hidden:
        assert ann.chat.get(f"/channels/{channel}").status_code == 404
        assert ann.chat.post(f"/channels/{channel}/messages", {"content": "x"}).status_code == 404
        assert ann.chat.get(f"/channels/{channel}/messages").status_code == 404
    ready = gateway(ann.chat).connected["d"]
    assert not any(channel in str(ready) for channel in hidden)
    for channel in hidden:
        owner.remove(path_of(galaxy, channel))
    assert socket.events_until(ann.mark()) == []


def test_a_channel_of_chat_is_one_of_cosmos(cosmos, galaxy, owner, ann):
    """docs/decisions/0010: ids are the metadata server's, or the decimal core id of what was made here."""
    given = cosmos.new_id("channel-")
    ok(cosmos.signer.post(f"/galaxy/{galaxy}/channels", {"id": given, "name": "given", "type": TEXT}), 201)
    [shown] = detail(ann)["channels"]
    assert shown["channel_id"].isdigit() and shown["name"] == "given"
    said = ann.chat.say(shown["channel_id"], "hello")
    assert owner.channel(galaxy, given)["lastMessageId"] == said["message_id"]


def test_a_server_of_chat_is_a_galaxy(cosmos, ann, bob):
    """docs/decisions/0010: "any other space by its decimal core id"."""
    nest = ann.chat.create_server("Nest")
    ann.chat.add(nest["server_id"], bob.chat)
    galaxy = nest["server_id"]
    shown = is_galaxy(ok(cosmos.anonymous.get(f"/galaxy/{galaxy}")))
    assert (shown["id"], shown["name"], shown["ownerId"]) == (galaxy, "Nest", ann.subject)
    [channel] = ann.cosmos.channels(galaxy)
    is_channel(channel)
    assert channel["id"] == nest["channels"][0]["channel_id"]
    problem(bob.cosmos.post(f"/galaxy/{galaxy}/channels", {"name": "n", "type": TEXT}), 4202)
    ann.chat.promote(galaxy, bob.chat)
    made = bob.cosmos.create_channel(galaxy, "by an admin")
    assert made["id"] in [entry["channel_id"] for entry in bob.chat.get(f"/servers/{galaxy}").json()["channels"]]


def test_a_server_of_chat_does_not_belong_to_the_metadata_server(cosmos, ann):
    """docs/decisions/0010: galaxies of a metadata server are its own; a community that was made here is not."""
    nest = ann.chat.create_server("Nest")["server_id"]
    for answer in (
        cosmos.signer.event("galaxy.deleted", {"id": nest}), cosmos.signer.event("galaxy.updated", {"id": nest, "privateFlags": 1}),
        cosmos.signer.event("galaxy.transferred", {"id": nest, "ownerId": cosmos.operator().subject}),
        cosmos.signer.put(f"/galaxy/{nest}/members/intruder"), cosmos.signer.post(f"/galaxy/{nest}/channels", {"name": "n", "type": TEXT}),
    ):  # fmt: skip
        assert answer.status_code in (403, 404), answer.text
    answer = cosmos.signer.get(f"/galaxy/{nest}/channels")
    assert answer.status_code in (403, 404) or answer.json() == []


def test_a_direct_channel_is_in_no_galaxy(cosmos, galaxy, ann, bob):
    """contracts/chat.md 2: a DM has no server."""
    direct = ann.chat.direct_channel(bob.chat)["channel_id"]
    for place in (galaxy, server_of(ann)["server_id"]):
        assert ann.cosmos.get(path_of(place, direct)).status_code == 404


# Messages


def test_what_is_said_is_heard_once_by_everybody_who_sees_it(cosmos, galaxy, room, ann, bob, gateway):
    """DESIGN.md 7: "A message sent through one API is seen through every other", once."""
    sockets = [gateway(local.chat) for local in (ann, bob)]
    said = [ann.chat.say(room, f"{number}") for number in range(5)]
    for socket, local in zip(sockets, (ann, bob)):
        assert [frame["d"] for frame in socket.events_until(local.mark())] == said
    for message in said:
        is_message(message)


def test_permissions_of_cosmos_hold_in_chat(cosmos, galaxy, room, owner, ann, bob):
    """6.4 is the one rule of this server: without SEND_MESSAGES nobody posts, without READ_MESSAGE_HISTORY nobody reads back."""
    bob.chat.say(room, "before")
    owner.set_override(galaxy, room, MEMBER_DENY, ann.subject, SEND_MESSAGES)
    assert_error(ann.chat.post(f"/channels/{room}/messages", {"content": "x"}), 403, 50013, "missing_permissions")
    assert len(ann.chat.history(room)) == 1
    bob.chat.say(room, "still")
    owner.set_override(galaxy, room, MEMBER_DENY, ann.subject, READ_MESSAGE_HISTORY)
    assert ann.chat.get(f"/channels/{room}/messages").status_code == 403
    owner.remove_override(galaxy, room, MEMBER_DENY, ann.subject)
    ann.chat.say(room, "again")
    assert len(ann.chat.history(room)) == 3


# Sight


def test_a_channel_that_becomes_narrow_is_gone_for_those_who_lose_sight(cosmos, galaxy, room, owner, ann, bob, gateway):
    """docs/decisions/0006: those who lose sight are told of its end, nobody else of anything, and messages come to those who see it, once."""
    outside, inside = gateway(ann.chat), gateway(bob.chat)
    first = bob.chat.say(room, "open")
    assert outside.expect_messages(1) == inside.expect_messages(1) == [first]
    owner.set_override(galaxy, room, MEMBER_ALLOW, bob.subject, VIEW_CHANNEL)
    owner.change(path_of(galaxy, room), defaultPermissions=PRIVATE)
    said = bob.chat.say(room, "behind closed doors")
    gone = outside.events_until(ann.mark())
    assert operations(gone) == [CHANNEL_DELETE] and gone[-1]["d"]["channel_id"] == room
    heard = [frame for frame in inside.events_until(bob.mark()) if frame["op"] != CHANNEL_UPDATE]
    assert [frame["d"] for frame in heard] == [said]
    assert ann.chat.get(f"/channels/{room}").status_code in (403, 404) and detail(ann)["channels"] == []
    assert len(bob.chat.history(room)) == 2


def test_a_channel_that_opens_again_is_told_to_those_who_see_it_again(cosmos, galaxy, room, owner, ann, bob, gateway):
    """docs/decisions/0006: CHANNEL_CREATE for those who gain sight; what is said from then on comes once to all."""
    owner.set_override(galaxy, room, MEMBER_ALLOW, bob.subject, VIEW_CHANNEL)
    owner.change(path_of(galaxy, room), defaultPermissions=PRIVATE)
    outside, inside = gateway(ann.chat), gateway(bob.chat)
    hidden = bob.chat.say(room, "hidden")
    owner.change(path_of(galaxy, room), defaultPermissions=DEFAULT_CHANNEL)
    shown = bob.chat.say(room, "shown")
    told = outside.events_until(ann.mark())
    assert operations(told) == [CHANNEL_CREATE, MESSAGE_CREATE] and told[0]["d"]["channel_id"] == room and told[-1]["d"] == shown
    heard = [frame["d"] for frame in inside.events_until(bob.mark()) if frame["op"] == MESSAGE_CREATE]
    assert heard == [hidden, shown]
    owner.set_override(galaxy, room, ROLE_DENY, galaxy, VIEW_CHANNEL)
    assert operations(outside.events_until(ann.mark())) == [CHANNEL_DELETE]
    assert CHANNEL_DELETE not in operations(inside.events_until(bob.mark()))


def test_one_member_is_shut_out_and_let_in(cosmos, galaxy, room, owner, ann, bob, gateway):
    """6.4, member tier, over sockets: only the one whom it concerns is told."""
    socket, other = gateway(ann.chat), gateway(bob.chat)
    owner.set_override(galaxy, room, MEMBER_DENY, ann.subject, VIEW_CHANNEL)
    missed = bob.chat.say(room, "without you")
    owner.remove_override(galaxy, room, MEMBER_DENY, ann.subject)
    back = bob.chat.say(room, "with you")
    frames = socket.events_until(ann.mark())
    assert operations(frames) == [CHANNEL_DELETE, CHANNEL_CREATE, MESSAGE_CREATE] and frames[-1]["d"] == back
    heard = [frame["d"] for frame in other.events_until(bob.mark()) if frame["op"] == MESSAGE_CREATE]
    assert heard == [missed, back]


def test_sight_that_was_lost_while_away_is_told_on_coming_back(cosmos, galaxy, room, owner, ann, bob, gateway):
    """contracts/chat.md 4.7: what a resuming socket missed, as one sees it now: nothing of a channel that it lost."""
    socket, kept = gateway(ann.chat), gateway(bob.chat)
    before = bob.chat.say(room, "before")
    assert socket.expect_messages(1) == kept.expect_messages(1) == [before]
    for one in (socket, kept):
        one.abort()
    bob.chat.say(room, "seen by both")
    owner.set_override(galaxy, room, MEMBER_ALLOW, bob.subject, VIEW_CHANNEL)
    owner.change(path_of(galaxy, room), defaultPermissions=PRIVATE)
    secret = bob.chat.say(room, "seen by one")
    missed, resumed = gateway.come_back(ann.chat, socket)
    assert "seen by one" not in str(missed)
    assert [frame["d"]["channel_id"] for frame in missed if frame["op"] == CHANNEL_DELETE] == [room]
    assert operations(missed)[-1] == CHANNEL_DELETE
    bob.chat.say(room, "and now")
    assert resumed.events_until(ann.mark()) == []
    missed, resumed = gateway.come_back(bob.chat, kept)
    texts = [frame["d"]["content"] for frame in missed if frame["op"] == MESSAGE_CREATE]
    assert texts == ["seen by both", "seen by one", "and now"] and CHANNEL_DELETE not in operations(missed)
    assert secret["channel_id"] == room


def test_sight_that_was_gained_while_away_is_told_on_coming_back(cosmos, galaxy, room, owner, ann, bob, gateway):
    """contracts/chat.md 4.7: a channel that came while one was away, and what was said there since."""
    owner.change(path_of(galaxy, room), defaultPermissions=PRIVATE)
    socket = gateway(ann.chat)
    socket.events_until(ann.mark())
    socket.abort()
    owner.change(path_of(galaxy, room), defaultPermissions=DEFAULT_CHANNEL)
    said = bob.chat.say(room, "open now")
    missed, _ = gateway.come_back(ann.chat, socket)
    assert operations(missed) == [CHANNEL_CREATE, MESSAGE_CREATE] and missed[-1]["d"] == said


def test_sight_comes_and_goes_in_the_middle_of_a_burst(cosmos, galaxy, room, owner, ann, bob, gateway):
    """docs/decisions/0006: no gap and no repetition for those who see it all the time; nothing hidden for those who do not."""
    owner.set_override(galaxy, room, MEMBER_ALLOW, bob.subject, VIEW_CHANNEL)
    outside, inside = gateway(ann.chat), gateway(bob.chat)
    said = []

    def talk():
        for number in range(60):
            said.append(bob.chat.say(room, f"{number}"))

    talker = threading.Thread(target=talk)
    talker.start()
    for _ in range(6):
        owner.change(path_of(galaxy, room), defaultPermissions=PRIVATE)
        owner.change(path_of(galaxy, room), defaultPermissions=DEFAULT_CHANNEL)
    talker.join()
    heard = [frame["d"]["content"] for frame in inside.events_until(bob.mark()) if frame["op"] == MESSAGE_CREATE]
    assert heard == [str(number) for number in range(60)] and len(said) == 60
    sees = True
    for frame in outside.events_until(ann.mark()):
        if frame["op"] == MESSAGE_CREATE:
            assert sees, f"{frame} while the channel was hidden"
        elif frame["op"] in (CHANNEL_CREATE, CHANNEL_DELETE):
            assert sees == (frame["op"] == CHANNEL_DELETE), f"{frame} changes nothing"
            sees = frame["op"] == CHANNEL_CREATE
    assert sees


def test_a_category_hides_its_children(cosmos, galaxy, owner, ann, bob, gateway):
    """6.6: "when the category changes, children ... follow in the same transaction": those who lose sight of the channels are told of each."""
    shelf = owner.create_channel(galaxy, "shelf", CATEGORY)["id"]
    rooms = [owner.create_channel(galaxy, f"room {number}", parentChannelId=shelf)["id"] for number in range(3)]
    socket = gateway(ann.chat)
    owner.change(path_of(galaxy, shelf), defaultPermissions=PRIVATE)
    gone = socket.events_until(ann.mark())
    assert sorted(frame["d"]["channel_id"] for frame in gone if frame["op"] == CHANNEL_DELETE) == sorted(rooms)
    assert operations(gone) == [CHANNEL_DELETE] * 3
    owner.change(path_of(galaxy, shelf), defaultPermissions=DEFAULT_CHANNEL)
    back = socket.events_until(ann.mark())
    assert sorted(frame["d"]["channel_id"] for frame in back if frame["op"] == CHANNEL_CREATE) == sorted(rooms)
    assert operations(back) == [CHANNEL_CREATE] * 3


def test_who_joins_does_not_hear_of_narrow_channels(cosmos, galaxy, room, owner, bob, gateway):
    """6.4 for a newcomer: nothing is shown that the rules hide."""
    owner.set_override(galaxy, room, MEMBER_ALLOW, bob.subject, VIEW_CHANNEL)
    owner.change(path_of(galaxy, room), defaultPermissions=PRIVATE)
    newcomer = Local(cosmos, "newcomer")
    newcomer.mark()
    socket = gateway(newcomer.chat)
    cosmos.join(galaxy, newcomer)
    bob.chat.say(room, "hush")
    assert operations(socket.events_until(newcomer.mark())) == [SERVER_MEMBER_ADD]
    assert newcomer.cosmos.channels(galaxy) == [] and detail(newcomer)["channels"] == []


# Standing


def test_a_suspended_galaxy_is_silent_in_chat(cosmos, galaxy, room, owner, ann, gateway):
    """7.5: "Suspended galaxy => every write 403"; docs/decisions/0010: "Suspended means everywhere"."""
    said = ann.chat.say(room, "before")
    nothing(cosmos.signer.event("galaxy.updated", {"id": galaxy, "privateFlags": 1}))
    server = server_of(ann)["server_id"]
    for answer in (
        ann.chat.post(f"/channels/{room}/messages", {"content": "x"}),
        ann.chat.patch(f"/channels/{room}/messages/{said['message_id']}", {"content": "y"}),
        ann.chat.delete(f"/channels/{room}/messages/{said['message_id']}"),
        ann.chat.post(f"/channels/{room}/typing"),
        ann.chat.post(f"/servers/{server}/invites", {}),
        ann.chat.patch(f"/servers/{server}/members/@me", {"nickname": "x"}),
    ):  # fmt: skip
        assert answer.status_code == 403, f"{answer.status_code} {answer.text}"
    assert ann.chat.history(room) == [said]
    nothing(cosmos.signer.event("galaxy.updated", {"id": galaxy, "privateFlags": 0}))
    ann.chat.say(room, "after")


def test_a_read_only_galaxy_is_read_in_chat(cosmos, galaxy, room, ann):
    """7, flags: "publicFlags bit ... 2 read-only"."""
    said = ann.chat.say(room, "before")
    nothing(cosmos.signer.event("galaxy.updated", {"id": galaxy, "publicFlags": 4}))
    assert ann.chat.post(f"/channels/{room}/messages", {"content": "x"}).status_code == 403
    assert ann.chat.history(room) == [said]


def test_a_galaxy_that_is_changed_or_put_away_is_told_in_chat(cosmos, galaxy, room, ann, gateway):
    """9.7, in Chat: SERVER_UPDATE and SERVER_DELETE for those who asked for them; then nothing of it is there."""
    socket = gateway(ann.chat, ext=True)
    server = server_of(ann)["server_id"]
    nothing(cosmos.signer.event("galaxy.updated", {"id": galaxy, "name": "Sparta"}))
    assert socket.expect(SERVER_UPDATE)["d"]["name"] == "Sparta"
    nothing(cosmos.signer.event("galaxy.deleted", {"id": galaxy}))
    frames = socket.events_until(ann.mark())
    assert SERVER_DELETE in operations(frames)
    assert server not in [entry["server_id"] for entry in ann.chat.get("/servers").json()]
    for path in (f"/servers/{server}", f"/channels/{room}", f"/channels/{room}/messages"):
        assert ann.chat.get(path).status_code in (403, 404), path
    assert ann.chat.post(f"/channels/{room}/messages", {"content": "x"}).status_code in (403, 404)


def test_accounts_of_this_server_are_not_the_metadata_server_s(cosmos, galaxy, room, ann, bob):
    """docs/decisions/0010: it speaks for people of its own; who registered here is deleted or logged out by nobody else."""
    said = bob.chat.say(room, "remember me")
    for kind, data in (("user.deleted", {}), ("user.sessionsRevoked", {"before": "2100-01-01T00:00:00.000Z"})):
        assert cosmos.signer.event(kind, {"userId": bob.subject} | data).status_code in (204, 403, 404)
    assert bob.chat.get("/users/@me").status_code == 200
    bob.chat.log_in_again()
    assert ann.chat.history(room) == [said]


def test_ids_of_both_kinds_are_kept_apart(cosmos, galaxy, ann, bob):
    """docs/decisions/0010: "Foreign ids are looked up first, and an id that already means something here is not given to a galaxy"."""
    nest = bob.chat.create_server("Nest")["server_id"]
    owner = cosmos.operator()
    answer = cosmos.signer.post("/galaxy", {"id": nest, "name": "Mine", "ownerId": owner.subject})
    problem(answer, 4302)
    assert ok(cosmos.anonymous.get(f"/galaxy/{nest}"))["name"] == "Nest"
    impostor = cosmos.person(ann.subject)
    answer = impostor.get(f"/galaxy/{galaxy}/channels")
    assert ok(answer) == [], "a `sub` that looks like the id of a local account is not that account"
    assert ids(ann.cosmos.channels(galaxy)) == []
