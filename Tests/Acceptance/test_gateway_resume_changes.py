"""What somebody who was away is told of the changes meanwhile, also after the server was killed (contracts/chat.md 4.6)."""

import pytest

from support.api import message_path, register
from support.gateway import (
    CAPABILITIES, CHANNEL_CREATE, CHANNEL_DELETE, CHANNEL_UPDATE, MESSAGE_CREATE, MESSAGE_DELETE, MESSAGE_UPDATE, SERVER_MEMBER_ADD,
    SERVER_MEMBER_REMOVE, SERVER_UPDATE,
)  # fmt: skip
from support.shapes import is_public_user, is_server_detail


class Scene:
    """A server with its owner and two members: one who goes away and one who stays."""

    def __init__(self, server):
        self.owner, self.away, self.staying = (register(server, name) for name in ("owner", "away", "staying"))
        self.nest = self.owner.create_server()
        self.server_id = self.nest["server_id"]
        self.room = self.nest["channels"][0]["channel_id"]
        for account in (self.away, self.staying):
            self.owner.add(self.server_id, account)
        self.corner = self.away.corner()
        self.old = self.owner.say(self.room, "from before")

    def member(self, account):
        """Where a member is changed and removed."""
        return f"/servers/{self.server_id}/members/{account.user_id}"

    def make_channel(self, name="birds"):
        return self.owner.create_channel(self.server_id, name)["channel_id"]

    def present(self, path):
        """An object as REST shows it now to the one who was away."""
        response = self.away.get(path)
        assert response.status_code == 200, response.text
        return response.json()


# What happens meanwhile: each does something and returns what is told of it, as operation and members of `d`.


def an_edit(scene):
    scene.owner.edit(scene.old, "first")
    scene.owner.edit(scene.old, "second")
    present = scene.present(message_path(scene.old))
    assert present["content"] == "second"
    return [(MESSAGE_UPDATE, present), (MESSAGE_UPDATE, present)]


def a_new_message_that_is_edited(scene):
    message = scene.owner.say(scene.room, "new")
    scene.owner.edit(message, "edited")
    present = scene.present(message_path(message))
    return [(MESSAGE_CREATE, present), (MESSAGE_UPDATE, present)]


def a_removed_message(scene):
    scene.owner.remove(message_path(scene.old))
    return [removed(scene, scene.old)]


def an_edited_message_that_is_removed(scene):
    scene.owner.edit(scene.old, "edited")
    scene.owner.remove(message_path(scene.old))
    return [removed(scene, scene.old)]


def a_new_message_that_is_removed(scene):
    message = scene.staying.say(scene.room, "soon gone")
    scene.staying.edit(message, "almost gone")
    scene.owner.remove(message_path(message))
    stays = scene.staying.say(scene.room, "stays")
    return [removed(scene, message), (MESSAGE_CREATE, stays)]


def removed(scene, message):
    return MESSAGE_DELETE, {"message_id": message["message_id"], "channel_id": message["channel_id"], "server_id": scene.server_id}


def a_new_channel_that_changes(scene):
    channel = scene.make_channel()
    scene.owner.change(f"/channels/{channel}", name="songbirds")
    message = scene.owner.say(channel, "tweet")
    present = scene.present(f"/channels/{channel}")
    assert present["name"] == "songbirds"
    return [(CHANNEL_CREATE, present), (CHANNEL_UPDATE, present), (MESSAGE_CREATE, message)]


def a_changed_channel(scene):
    scene.owner.change(f"/channels/{scene.room}", topic="first")
    scene.owner.change(f"/channels/{scene.room}", topic="second", position=4)
    present = scene.present(f"/channels/{scene.room}")
    assert (present["topic"], present["position"]) == ("second", 4)
    return [(CHANNEL_UPDATE, present), (CHANNEL_UPDATE, present)]


def a_removed_channel(scene):
    scene.owner.say(scene.room, "said in vain")
    as_it_was = scene.owner.change(f"/channels/{scene.room}", name="last name", topic="last topic")
    scene.owner.remove(f"/channels/{scene.room}")
    return [(CHANNEL_DELETE, as_it_was)]


def a_new_channel_that_is_removed(scene):
    channel = scene.make_channel()
    scene.owner.say(channel, "said in vain")
    as_it_was = scene.owner.get(f"/channels/{channel}").json()
    scene.owner.remove(f"/channels/{channel}")
    return [(CHANNEL_DELETE, as_it_was)]


def somebody_new(scene):
    newcomer = register(scene.owner.server, "newcomer")
    member = scene.owner.add(scene.server_id, newcomer)
    return [(SERVER_MEMBER_ADD, member | {"username": newcomer.username, "member_count": 4})]


def somebody_who_left(scene):
    scene.staying.remove(f"/servers/{scene.server_id}/members/@me")
    return [gone(scene, scene.staying, "left", 2)]


def somebody_who_was_kicked(scene):
    scene.owner.remove(scene.member(scene.staying))
    return [gone(scene, scene.staying, "kicked", 2)]


def somebody_who_was_kicked_and_came_back(scene):
    scene.owner.remove(scene.member(scene.staying))
    member = scene.owner.add(scene.server_id, scene.staying)
    return [(SERVER_MEMBER_REMOVE, {"user_id": scene.staying.user_id, "reason": "kicked"}), (SERVER_MEMBER_ADD, member | {"member_count": 3})]


def gone(scene, account, reason, count):
    return SERVER_MEMBER_REMOVE, {
        "server_id": scene.server_id, "user_id": account.user_id, "username": account.username, "reason": reason, "member_count": count
    }  # fmt: skip


def a_dm(scene):
    channel = scene.staying.direct_channel(scene.away)["channel_id"]
    message = scene.staying.say(channel, "psst")
    answer = scene.away.say(channel, "from elsewhere")
    edited = scene.staying.edit(message, "psst!")
    present = scene.present(f"/channels/{channel}")
    assert [user["user_id"] for user in present["recipients"]] == [scene.staying.user_id]
    return [(CHANNEL_CREATE, present), (MESSAGE_CREATE, edited), (MESSAGE_CREATE, answer), (MESSAGE_UPDATE, edited)]


def a_dm_that_one_opened_oneself(scene):
    channel = scene.away.direct_channel(scene.staying)["channel_id"]
    return [(CHANNEL_CREATE, scene.present(f"/channels/{channel}"))]


def a_dm_of_others(scene):
    channel = scene.staying.direct_channel(scene.owner)["channel_id"]
    scene.owner.say(channel, "not for everybody")
    return []


def what_has_no_event(scene):
    scene.owner.change(scene.member(scene.away), role="admin", nickname="Wren")
    scene.owner.change(scene.member(scene.away), role="member")
    scene.owner.change(f"/servers/{scene.server_id}", name="Aviary")
    scene.owner.change(f"/channels/{scene.room}", name="general")
    return []


MEANWHILE = (
    an_edit, a_new_message_that_is_edited, a_removed_message, an_edited_message_that_is_removed, a_new_message_that_is_removed,
    a_new_channel_that_changes, a_changed_channel, a_removed_channel, a_new_channel_that_is_removed, somebody_new, somebody_who_left,
    somebody_who_was_kicked, somebody_who_was_kicked_and_came_back, a_dm, a_dm_that_one_opened_oneself, a_dm_of_others, what_has_no_event,
)  # fmt: skip


# What happens to the one who is away: afterwards the server is there for him, or is not.


def a_kick(scene):
    scene.owner.say(scene.room, "before the kick")
    scene.owner.remove(scene.member(scene.away))
    scene.owner.say(scene.room, "after the kick")
    scene.owner.edit(scene.old, "after the kick")
    scene.make_channel()
    return [gone(scene, scene.away, "kicked", 2)]


def a_leaving(scene):
    scene.owner.say(scene.room, "before the leaving")
    scene.away.remove(f"/servers/{scene.server_id}/members/@me")
    scene.owner.remove(message_path(scene.old))
    return [gone(scene, scene.away, "left", 2)]


def the_end_of_the_server(scene):
    scene.make_channel()
    scene.owner.say(scene.room, "before the end")
    scene.owner.remove(f"/servers/{scene.server_id}")
    return [gone(scene, scene.away, "server_deleted", 0)]


def the_others_leave_and_then_one_is_kicked(scene):
    scene.staying.remove(f"/servers/{scene.server_id}/members/@me")
    scene.owner.remove(scene.member(scene.away))
    return [gone(scene, scene.away, "kicked", 1)]


def a_kick_a_return_and_a_kick(scene):
    scene.owner.remove(scene.member(scene.away))
    scene.owner.add(scene.server_id, scene.away)
    scene.owner.say(scene.room, "between the kicks")
    scene.owner.remove(scene.member(scene.away))
    return [gone(scene, scene.away, "kicked", 2)] * 2


def a_server_that_comes_and_goes(scene):
    scene.owner.remove(scene.member(scene.away))
    other = scene.owner.create_server("short-lived")["server_id"]
    scene.owner.add(other, scene.away)
    scene.owner.remove(f"/servers/{other}")
    return [
        gone(scene, scene.away, "kicked", 2), (SERVER_MEMBER_REMOVE, {"server_id": other, "user_id": scene.away.user_id, "reason": "server_deleted"})
    ]  # fmt: skip


LOSSES = (
    a_kick, a_leaving, the_end_of_the_server, the_others_leave_and_then_one_is_kicked, a_kick_a_return_and_a_kick, a_server_that_comes_and_goes,
)  # fmt: skip


def name(what):
    return what.__name__.replace("_", " ")


def check(frames, expected):
    assert [frame["op"] for frame in frames] == [operation for operation, _ in expected]
    for frame, (_, members) in zip(frames, expected):
        assert {name: frame["d"].get(name) for name in members} == members
        if frame["op"] in (SERVER_MEMBER_ADD, SERVER_MEMBER_REMOVE):
            is_public_user(frame["d"]["user"])


@pytest.mark.parametrize("what", MEANWHILE, ids=name)
def test_what_happened_meanwhile_is_told_with_the_objects_of_now(server, gateway, what):
    """4.6: "missed events with s > seq in order, then op 8"; what is gone is not shown any more, its end is; then the socket is live."""
    scene = Scene(server)
    first = gateway(scene.away)
    first.abort()
    expected = what(scene)
    frames, socket = gateway.come_back(scene.away, first)
    check(frames, expected)
    goes_on(scene, socket)


@pytest.mark.parametrize("what", MEANWHILE, ids=name)
def test_what_happened_before_the_server_was_killed_is_told(mortal, gateway, what):
    """4.6 and the decision at the top: "resume works across reconnects, restarts and nodes"."""
    scene = Scene(mortal)
    first = gateway(scene.away)
    expected = what(scene)
    mortal.kill()
    first.abort()
    mortal.start()
    frames, socket = gateway.come_back(scene.away, first)
    check(frames, expected)
    goes_on(scene, socket)


def goes_on(scene, socket):
    """The socket is live: what happens now comes, and nothing came twice."""
    new = scene.owner.create_channel(scene.server_id, "after all")
    message = scene.owner.say(new["channel_id"], "live")
    check(socket.events_until(scene.away.say(scene.corner, "marker")), [(CHANNEL_CREATE, new), (MESSAGE_CREATE, message)])


@pytest.mark.parametrize("what", LOSSES, ids=name)
@pytest.mark.parametrize("killed", [False, True], ids=["away", "killed"])
def test_who_lost_a_server_meanwhile_hears_that_and_nothing_else_of_it(server, mortal, gateway, what, killed):
    """5.4: "and the removed user. After it he gets no further events of that server"; 4.7: only what he can see."""
    scene = Scene(mortal if killed else server)
    first = gateway(scene.away)
    first.abort()
    expected = what(scene)
    own = scene.away.say(scene.corner, "heard all the same")
    if killed:
        mortal.restart()
    frames, socket = gateway.come_back(scene.away, first)
    check(frames, [*expected, (MESSAGE_CREATE, own)])
    # Nothing of it is live either, where it still is.
    scene.owner.post(f"/channels/{scene.room}/messages", {"content": "without him"})
    scene.owner.post(f"/servers/{scene.server_id}/channels", {"name": "without him"})
    assert socket.events_until(scene.away.say(scene.corner, "marker")) == []
    # And it is not told a second time.
    frames, _ = gateway.come_back(scene.away, socket)
    assert frames == []


@pytest.mark.parametrize("killed", [False, True], ids=["away", "killed"])
@pytest.mark.parametrize("back", ["invited", "added"])
def test_who_was_kicked_and_is_back_hears_both_and_what_came_after(server, mortal, gateway, killed, back):
    """5.4: 31, then 30 "for the added user himself also server"; what happened between, and before the kick, is not told."""
    scene = Scene(mortal if killed else server)
    first = gateway(scene.away)
    first.abort()
    scene.owner.say(scene.room, "before the kick")
    scene.owner.remove(scene.member(scene.away))
    scene.owner.say(scene.room, "between")
    scene.make_channel("between")
    if back == "added":
        scene.owner.add(scene.server_id, scene.away)
    else:
        scene.away.join(scene.owner.invite(scene.server_id))
    after = scene.owner.say(scene.room, "after")
    edited = scene.owner.edit(scene.old, "after")
    if killed:
        mortal.restart()
    frames, socket = gateway.come_back(scene.away, first)
    check(frames, [
        (SERVER_MEMBER_REMOVE, {"server_id": scene.server_id, "user_id": scene.away.user_id, "reason": "kicked"}),
        (SERVER_MEMBER_ADD, {"server_id": scene.server_id, "user_id": scene.away.user_id, "role": "member", "member_count": 3}),
        (MESSAGE_CREATE, after), (MESSAGE_UPDATE, edited),
    ])  # fmt: skip
    detail = frames[1]["d"]["server"]
    is_server_detail(detail)
    assert {channel["name"] for channel in detail["channels"]} == {"general", "between"} and len(detail["members"]) == 3
    goes_on(scene, socket)


@pytest.mark.parametrize("killed", [False, True], ids=["away", "killed"])
def test_a_changed_server_is_replayed_to_those_who_ask(server, mortal, gateway, killed):
    """5.4: SERVER_UPDATE for sockets that asked; 4.2: "replayed (count)" counts what was sent."""
    scene = Scene(mortal if killed else server)
    first = gateway(scene.away, ext=True)
    first.abort()
    scene.owner.change(f"/servers/{scene.server_id}", name="first")
    present = scene.owner.change(f"/servers/{scene.server_id}", name="second", description="d")
    message = scene.owner.say(scene.room, "after")
    if killed:
        mortal.restart()
    plain, _ = gateway.come_back(scene.away, first)
    check(plain, [(MESSAGE_CREATE, message)])
    for asking in ({"ext": True}, {"capabilities": CAPABILITIES}):
        frames, _ = gateway.come_back(scene.away, first, **asking)
        check(frames, [(SERVER_UPDATE, present), (SERVER_UPDATE, present), (MESSAGE_CREATE, message)])


def test_everything_that_happened_comes_in_its_order(server, gateway):
    """4.6: "missed events with s > seq in order"; 4.7: "s is strictly increasing per socket"; over scopes: server, DM and oneself."""
    scene = Scene(server)
    first, watching = gateway(scene.away), gateway(scene.away)
    first.abort()
    order = (an_edit, a_changed_channel, somebody_new, a_dm, a_new_channel_that_changes, somebody_who_left)
    expected = [operation for what in order for operation, _ in what(scene)]
    live = watching.events_until(scene.away.say(scene.corner, "marker"))
    frames, _ = gateway.come_back(scene.away, first)
    assert [(frame["s"], frame["op"]) for frame in frames[:-1]] == [(frame["s"], frame["op"]) for frame in live]
    assert [frame["op"] for frame in frames] == [*expected, MESSAGE_CREATE]


def test_a_resume_from_each_point_tells_exactly_what_follows(server, gateway):
    """4.6: "missed events with s > seq": neither the one that was seen again, nor a gap."""
    scene = Scene(server)
    first = gateway(scene.away)
    message = scene.owner.say(scene.room, "one")
    scene.owner.edit(message, "two")
    scene.owner.change(f"/channels/{scene.room}", topic="t")
    newcomer = register(server, "newcomer")
    scene.owner.add(scene.server_id, newcomer)
    scene.owner.remove(scene.member(newcomer))
    scene.staying.direct_channel(scene.away)
    live = first.events_until(scene.away.say(scene.corner, "marker"))
    live.append(first.frames[-1])
    operations = [frame["op"] for frame in live]
    assert operations == [
        MESSAGE_CREATE, MESSAGE_UPDATE, CHANNEL_UPDATE, SERVER_MEMBER_ADD, SERVER_MEMBER_REMOVE, CHANNEL_CREATE, MESSAGE_CREATE
    ]  # fmt: skip
    # The newcomer is no member any more: what told of him as one is skipped.
    told = [frame["s"] for frame in live if frame["op"] != SERVER_MEMBER_ADD]
    for seen in (first.connected["s"], *(frame["s"] for frame in live)):
        first.last_s = seen
        frames, _ = gateway.come_back(scene.away, first)
        assert [frame["s"] for frame in frames] == [s for s in told if s > seen]
