"""The events of changes: edited and removed messages, channels, members and servers, and direct channels (contracts/chat.md 5.2 to 5.4)."""

import pytest

from support.api import message_path, register, unique
from support.gateway import (
    CAPABILITIES, CHANNEL_CREATE, CHANNEL_DELETE, CHANNEL_UPDATE, CONNECTED, MESSAGE_CREATE, MESSAGE_DELETE, MESSAGE_UPDATE,
    PRESENCE_UPDATE, SERVER_DELETE, SERVER_MEMBER_ADD, SERVER_MEMBER_REMOVE, SERVER_UPDATE, TYPING_START,
)  # fmt: skip
from support.shapes import is_public_user, is_server, is_server_detail, is_time


def operations(frames):
    return [frame["op"] for frame in frames]


# MESSAGE_UPDATE


def test_an_edit_is_told_to_all_as_the_whole_message(nest, room, owner, member, gateway):
    """5.2: "MESSAGE_UPDATE (12): the whole Message with edited_timestamp"; 3.4: "200 Message with edited_timestamp; event 12"."""
    message = member.say(room, "Helo!")
    sockets = [gateway(owner), gateway(member), gateway(member)]
    edited = member.edit(message, "Hello!")
    assert edited == message | {"content": "Hello!", "edited_timestamp": edited["edited_timestamp"]}
    is_time(edited["edited_timestamp"])
    for socket in sockets:
        frame = socket.expect(MESSAGE_UPDATE)
        assert (frame["t"], frame["d"]) == ("MESSAGE_UPDATE", edited)
    assert owner.get(message_path(message)).json() == edited


def test_an_edit_that_changes_nothing_is_an_edit(room, owner, member, gateway):
    """3.4: "event 12": who edits without a change has edited."""
    message = owner.say(room, "same")
    socket = gateway(member)
    edited = owner.edit(message, "same")
    assert socket.expect(MESSAGE_UPDATE)["d"] == edited
    is_time(edited["edited_timestamp"])


def test_refused_edits_and_deletions_send_no_event(room, owner, member, outsider, gateway):
    """4.7: "An event is sent only after the change is committed"."""
    message = owner.say(room, "mine")
    socket = gateway(member)
    assert owner.patch(message_path(message), {"content": " "}).status_code == 400
    assert member.patch(message_path(message), {"content": "yours"}).status_code == 403
    assert member.delete(message_path(message)).status_code == 403
    assert outsider.delete(message_path(message)).status_code == 403
    assert socket.events_until(owner.say(room, "marker")) == []


def test_a_nonce_is_not_told_again(room, owner, member, gateway):
    """2: "nonce only in the 201 answer and the event, if the sender gave one": of the making, not of an edit."""
    message = owner.say(room, "once", nonce="n")
    socket = gateway(member)
    edited = owner.edit(message, "twice")
    assert "nonce" not in edited and "nonce" not in socket.expect(MESSAGE_UPDATE)["d"]
    assert "nonce" not in owner.history(room)[0] and "nonce" not in owner.get(message_path(message)).json()


# MESSAGE_DELETE


@pytest.mark.parametrize("by", ["author", "owner"])
def test_a_removed_message_is_named_to_all_once(nest, room, owner, member, gateway, by):
    """5.2: "MESSAGE_DELETE (13): message_id, channel_id, server_id|null"; 3.4: "author, or owner/admin"; "again -> 404"."""
    message = member.say(room, "away")
    sockets = [gateway(owner), gateway(member)]
    actor = member if by == "author" else owner
    actor.remove(message_path(message))
    assert actor.delete(message_path(message)).status_code == 404
    marker = owner.say(room, "marker")
    for socket in sockets:
        [frame] = socket.events_until(marker)
        assert (frame["op"], frame["t"]) == (MESSAGE_DELETE, "MESSAGE_DELETE")
        data = frame["d"]
        assert (data["message_id"], data["channel_id"], data["server_id"]) == (message["message_id"], room, nest["server_id"])
        assert "content" not in data, "what was removed is not told again"


def test_a_message_is_born_changed_and_removed_in_this_order(room, owner, member, gateway):
    """4.7: "Events of one channel arrive in the order of their ids/commits on every socket"."""
    sockets = [gateway(owner), gateway(member)]
    message = owner.say(room, "one")
    texts = [owner.edit(message, text)["content"] for text in ("two", "three")]
    owner.remove(message_path(message))
    marker = owner.say(room, "marker")
    for socket in sockets:
        frames = socket.events_until(marker)
        assert operations(frames) == [MESSAGE_CREATE, MESSAGE_UPDATE, MESSAGE_UPDATE, MESSAGE_DELETE]
        assert [frame["d"]["content"] for frame in frames[:3]] == ["one", *texts]


# CHANNEL_UPDATE


@pytest.mark.parametrize("members", [{"name": "birds"}, {"topic": "all of them"}, {"position": 7}, {"name": "b", "topic": "t", "position": 3}], ids=str)
def test_a_changed_channel_is_told_whole(nest, room, owner, member, outsider, gateway, members):
    """5.3: "CHANNEL_UPDATE (21): the whole Channel. Receivers: all members of the server"."""
    theirs = outsider.corner()
    inside, outside = [gateway(owner), gateway(member)], gateway(outsider)
    channel = owner.change(f"/channels/{room}", **members)
    assert channel == nest["channels"][0] | members
    for socket in inside:
        frame = socket.expect(CHANNEL_UPDATE)
        assert (frame["t"], frame["d"]) == ("CHANNEL_UPDATE", channel)
    assert member.get(f"/channels/{room}").json() == channel
    assert outside.events_until(outsider.say(theirs, "marker")) == []


def test_a_cleared_topic_is_a_change(nest, owner, member, gateway):
    """5.3 and 2: "topic|null"."""
    channel = owner.create_channel(nest["server_id"], "birds", topic="all of them")
    socket = gateway(member)
    changed = owner.change(f"/channels/{channel['channel_id']}", topic=None)
    assert socket.expect(CHANNEL_UPDATE)["d"] == changed == channel | {"topic": None}


def test_a_message_is_no_change_of_its_channel(room, owner, member, gateway):
    """5.3: "Update is not sent when only last_message_id changes"."""
    socket = gateway(member)
    message = owner.say(room, "new")
    last = owner.say(room, "newer")
    owner.remove(message_path(last))
    marker = owner.say(room, "marker")
    assert operations(socket.events_until(marker)) == [MESSAGE_CREATE, MESSAGE_CREATE, MESSAGE_DELETE]
    assert member.get(f"/channels/{room}").json()["last_message_id"] == marker["message_id"] != message["message_id"]


@pytest.mark.parametrize("members", [{}, {"name": "general"}, {"topic": None}, {"position": 0}, {"name": "general", "position": 0}], ids=str)
def test_a_change_that_changes_nothing_is_not_told(nest, room, owner, member, gateway, members):
    """5.3: an update tells of a change."""
    socket = gateway(member)
    assert owner.change(f"/channels/{room}", **members) == nest["channels"][0]
    assert socket.events_until(owner.say(room, "marker")) == []


def test_refused_changes_of_channels_send_no_event(nest, room, owner, member, outsider, gateway):
    """4.7: "An event is sent only after the change is committed"."""
    socket = gateway(member)
    assert owner.patch(f"/channels/{room}", {"name": ""}).status_code == 400
    assert member.patch(f"/channels/{room}", {"name": "mine"}).status_code == 403
    assert outsider.patch(f"/channels/{room}", {"name": "mine"}).status_code == 403
    assert member.delete(f"/channels/{room}").status_code == 403
    assert member.post(f"/servers/{nest['server_id']}/channels", {"name": "mine"}).status_code == 403
    assert socket.events_until(owner.say(room, "marker")) == []


# CHANNEL_DELETE


def test_a_removed_channel_is_told_whole_and_is_silent_then(nest, room, owner, member, outsider, gateway):
    """5.3: "CHANNEL_DELETE (22): the whole Channel. Receivers: all members of the server"."""
    doomed = owner.create_channel(nest["server_id"], "doomed", topic="soon gone")["channel_id"]
    message = owner.say(doomed, "last words")
    channel = owner.get(f"/channels/{doomed}").json()
    assert channel["last_message_id"] == message["message_id"]
    theirs = outsider.corner()
    inside, outside = [gateway(owner), gateway(member)], gateway(outsider)
    owner.remove(f"/channels/{doomed}")
    assert member.post(f"/channels/{doomed}/messages", {"content": "too late"}).status_code == 404
    marker = owner.say(room, "marker")
    for socket in inside:
        [frame] = socket.events_until(marker)
        assert (frame["op"], frame["t"], frame["d"]) == (CHANNEL_DELETE, "CHANNEL_DELETE", channel)
    assert outside.events_until(outsider.say(theirs, "marker")) == []


# SERVER_MEMBER_ADD


def test_who_is_brought_in_is_told_with_the_server_and_the_others_without(nest, room, owner, member, outsider, gateway):
    """3.2: "POST members | 201 Member | 30"; 5.4: "for the added user himself also server (detail form)"."""
    old, new = [gateway(owner), gateway(member)], [gateway(outsider), gateway(outsider)]
    added = owner.add(nest["server_id"], outsider)
    message = owner.say(room, "welcome")
    for socket in old + new:
        frame = socket.expect(SERVER_MEMBER_ADD)
        data = frame["d"]
        assert frame["t"] == "SERVER_MEMBER_ADD"
        for name in ("server_id", "user_id", "user", "role", "joined_at"):
            assert data[name] == added[name], name
        assert (data["username"], data["member_count"], data["role"]) == (outsider.username, 3, "member")
        assert ("server" in data) == (socket in new)
        if socket in new:
            is_server_detail(data["server"])
            assert data["server"]["member_count"] == len(data["server"]["members"]) == 3
        assert socket.expect_messages(1) == [message]


def test_somebody_who_is_there_already_is_not_told_again(nest, room, owner, member, gateway):
    """3.2: "409 already_member"; 4.7."""
    socket = gateway(member)
    assert owner.post(f"/servers/{nest['server_id']}/members", {"username": member.username}).status_code == 409
    assert socket.events_until(owner.say(room, "marker")) == []


def test_roles_and_nicknames_are_not_told(nest, room, owner, member, gateway):
    """3.2: "PATCH members | events: -"."""
    sockets = [gateway(owner, ext=True), gateway(member)]
    path = f"/servers/{nest['server_id']}/members/{member.user_id}"
    owner.change(path, role="admin", nickname="Wren")
    owner.change(path, role="member", nickname=None)
    marker = owner.say(room, "marker")
    for socket in sockets:
        assert socket.events_until(marker) == []


# SERVER_MEMBER_REMOVE


def check_removal(frame, server_id, account, reason, count):
    data = frame["d"]
    assert (frame["op"], frame["t"]) == (SERVER_MEMBER_REMOVE, "SERVER_MEMBER_REMOVE")
    assert (data["server_id"], data["user_id"], data["username"]) == (server_id, account.user_id, account.username)
    is_public_user(data["user"])
    assert data["user"]["user_id"] == account.user_id
    assert (data["reason"], data["member_count"]) == (reason, count)


@pytest.mark.parametrize("reason, way", [("left", "@me"), ("left", "own id"), ("kicked", "owner"), ("kicked", "admin")])
def test_who_goes_is_told_once_to_those_who_stay_and_to_himself(nest, room, owner, member, outsider, gateway, reason, way):
    """5.4: "reason (left|kicked|server_deleted), member_count. Receivers: remaining members and the removed user. After it he gets no further events of that server"."""
    server = nest["server_id"]
    admin = register(owner.server, "admin")
    owner.add(server, admin)
    owner.change(f"/servers/{server}/members/{admin.user_id}", role="admin")
    own, theirs = member.corner(), outsider.corner()
    remaining, removed, outside = [gateway(owner), gateway(owner), gateway(admin)], [gateway(member), gateway(member)], gateway(outsider)
    actor = {"@me": member, "own id": member, "owner": owner, "admin": admin}[way]
    actor.remove(f"/servers/{server}/members/{'@me' if way == '@me' else member.user_id}")
    message = owner.say(room, "without him")
    for socket in remaining:
        [frame] = socket.events_until(message)
        check_removal(frame, server, member, reason, 2)
    marker = member.say(own, "marker")
    for socket in removed:
        [frame] = socket.events_until(marker)
        check_removal(frame, server, member, reason, 2)
    assert outside.events_until(outsider.say(theirs, "marker")) == []
    assert owner.get(f"/servers/{server}").json()["member_count"] == 2


def test_who_was_removed_and_comes_back_gets_the_events_again(nest, room, owner, member, gateway):
    """5.4 and 4.7: what happened between is not told, what happens from then on is."""
    own = member.corner()
    socket = gateway(member)
    for _ in range(2):
        owner.remove(f"/servers/{nest['server_id']}/members/{member.user_id}")
        owner.say(room, "between")
        member.join(owner.invite(nest["server_id"]))
        again = owner.say(room, "again")
        frames = socket.events_until(member.say(own, "marker"))
        assert operations(frames) == [SERVER_MEMBER_REMOVE, SERVER_MEMBER_ADD, MESSAGE_CREATE]
        assert frames[1]["d"]["server"]["server_id"] == nest["server_id"] and frames[2]["d"] == again


def test_refused_removals_send_no_event(nest, room, owner, member, outsider, gateway):
    """4.7; 3.2: "403 (the owner cannot leave)", "403 (owner/admin)", "404 unknown_member"."""
    socket = gateway(member)
    members = f"/servers/{nest['server_id']}/members"
    for account, name in ((owner, "@me"), (member, owner.user_id), (outsider, member.user_id), (owner, outsider.user_id)):
        assert account.delete(f"{members}/{name}").status_code in (403, 404)
    assert member.delete(f"/servers/{nest['server_id']}").status_code == 403
    assert socket.events_until(owner.say(room, "marker")) == []


# A server that is deleted


def test_the_end_of_a_server_is_its_channels_ends_and_each_members_own_removal(nest, room, owner, member, outsider, gateway):
    """3.2: "22 per channel, then 31 (reason server_deleted) to every member about himself"; 5.4."""
    server = nest["server_id"]
    owner.create_channel(server, "birds")
    owner.say(room, "before the end")
    channels = owner.get(f"/servers/{server}/channels").json()
    people = (owner, member)
    corners = {account.user_id: account.corner() for account in (*people, outsider)}
    sockets = [(account, gateway(account, ext=ext)) for account in people for ext in (False, True)]
    outside = gateway(outsider, ext=True)
    owner.remove(f"/servers/{server}")
    markers = {account.user_id: account.say(corners[account.user_id], "marker") for account in (*people, outsider)}
    for account, socket in sockets:
        frames = socket.events_until(markers[account.user_id])
        assert operations(frames) == [CHANNEL_DELETE] * 2 + ([SERVER_DELETE] if socket.is_extended else []) + [SERVER_MEMBER_REMOVE]
        assert sorted((frame["d"] for frame in frames[:2]), key=lambda channel: channel["position"]) == channels
        check_removal(frames[-1], server, account, "server_deleted", 0)
        if socket.is_extended:
            assert (frames[2]["t"], frames[2]["d"]) == ("SERVER_DELETE", {"server_id": server})
    assert outside.events_until(markers[outsider.user_id]) == []
    assert owner.get(f"/servers/{server}").status_code == 404


# Direct channels


def test_a_new_dm_is_told_to_both_with_the_other_in_it(owner, member, outsider, gateway):
    """3.6: "Event 20 to both (each sees the other in recipients)"; 2: "DM also recipients [User] without the caller"."""
    theirs = outsider.corner()
    sockets = {owner: [gateway(owner), gateway(owner)], member: [gateway(member)]}
    outside = gateway(outsider)
    opened = owner.direct_channel(member)
    for account, other in ((owner, member), (member, owner)):
        [shown] = account.get("/users/@me/dm-channels").json()
        for socket in sockets[account]:
            frame = socket.expect(CHANNEL_CREATE)
            assert (frame["t"], frame["d"]) == ("CHANNEL_CREATE", shown)
        assert (shown["channel_id"], shown["type"], shown["server_id"], shown["name"]) == (opened["channel_id"], "dm", None, None)
        assert [user["user_id"] for user in shown["recipients"]] == [other.user_id]
        is_public_user(shown["recipients"][0])
    assert outside.events_until(outsider.say(theirs, "marker")) == []


def test_a_dm_that_exists_is_not_told_again(owner, member, gateway):
    """3.6: "200 with the existing one otherwise"; 4.7."""
    channel = owner.direct_channel(member)["channel_id"]
    sockets = [gateway(owner), gateway(member)]
    assert member.direct_channel(owner)["channel_id"] == owner.direct_channel(member)["channel_id"] == channel
    marker = owner.say(channel, "marker")
    for socket in sockets:
        assert socket.events_until(marker) == []


def test_what_is_said_in_a_dm_reaches_the_two_and_nobody_else(nest, owner, member, outsider, gateway):
    """3.6: "only the two participants have access"; 5.2: "server_id|null"."""
    third = register(owner.server, "third")
    owner.add(nest["server_id"], third)
    corners = {account: account.corner() for account in (third, outsider)}
    both, others = [gateway(owner), gateway(member), gateway(member)], {account: gateway(account) for account in corners}
    channel = owner.direct_channel(member)["channel_id"]
    said = owner.say(channel, "between us", nonce="n-1")
    answer = member.say(channel, "indeed")
    edited = member.edit(answer, "indeed!")
    member.remove(message_path(answer))
    marker = owner.say(channel, "marker")
    for socket in both:
        frames = socket.events_until(marker)
        assert operations(frames) == [CHANNEL_CREATE, MESSAGE_CREATE, MESSAGE_CREATE, MESSAGE_UPDATE, MESSAGE_DELETE]
        assert [frame["d"] for frame in frames[1:4]] == [said, answer, edited]
        assert [frame["d"]["server_id"] for frame in frames[1:]] == [None] * 4
        assert frames[4]["d"]["message_id"] == answer["message_id"]
    for account, corner in corners.items():
        assert others[account].events_until(account.say(corner, "marker")) == []


def test_a_dm_is_in_the_next_connected_of_both(owner, member, outsider, gateway):
    """5.1: "dm_channels [Channel]"."""
    owner.direct_channel(member)
    for account in (owner, member):
        data = gateway(account).connected["d"]
        assert data["dm_channels"] == account.get("/users/@me/dm-channels").json() and len(data["dm_channels"]) == 1
    assert gateway(outsider).connected["d"]["dm_channels"] == []


# SERVER_UPDATE and SERVER_DELETE

#: The ways to ask for the extensions (5.4).
ASKING = {
    "query with a header": lambda gateway, account: gateway(account, ext=True),
    "query and identify": lambda gateway, account: identified(gateway.open(account.server, ext=True), account),
    "identify": lambda gateway, account: identified(gateway.open(account.server), account, capabilities=CAPABILITIES),
    "identify with more": lambda gateway, account: identified(gateway.open(account.server), account, capabilities=["more", *CAPABILITIES]),
    "resume": lambda gateway, account: gateway.come_back(account, left(gateway(account)), capabilities=CAPABILITIES)[1],
    "query and resume": lambda gateway, account: gateway.come_back(account, left(gateway(account)), ext=True)[1],
}
#: Ways that do not ask.
NOT_ASKING = {
    "header": lambda gateway, account: gateway(account),
    "ext=0": lambda gateway, account: gateway(account, query={"ext": "0"}),
    "other capabilities": lambda gateway, account: identified(gateway.open(account.server), account, capabilities=["more"]),
    "no capabilities": lambda gateway, account: identified(gateway.open(account.server), account, capabilities=[]),
    "resume of what asked": lambda gateway, account: gateway.come_back(account, left(gateway(account, ext=True)))[1],
}


def identified(socket, account, **more):
    socket.is_extended = socket.is_extended or "server_events" in more.get("capabilities", ())
    socket.identify(account.access_token, **more)
    socket.expect(CONNECTED)
    return socket


def left(socket):
    socket.abort()
    return socket


@pytest.mark.parametrize("way", ASKING)
def test_who_asked_hears_of_changed_and_deleted_servers(nest, room, owner, member, gateway, way):
    """5.4: "send them only to sockets that asked with ?ext=1 or IDENTIFY {"capabilities":["server_events"]}"; "d = Server / {server_id}"."""
    own = member.corner()
    socket = ASKING[way](gateway, member)
    changed = owner.change(f"/servers/{nest['server_id']}", name="Aviary", description="of all birds")
    is_server(changed)
    frame = socket.expect(SERVER_UPDATE)
    assert (frame["t"], frame["d"]) == ("SERVER_UPDATE", changed)
    owner.remove(f"/servers/{nest['server_id']}")
    frames = socket.events_until(member.say(own, "marker"))
    assert operations(frames) == [CHANNEL_DELETE, SERVER_DELETE, SERVER_MEMBER_REMOVE]
    assert frames[1]["d"] == {"server_id": nest["server_id"]}


@pytest.mark.parametrize("way", NOT_ASKING)
def test_who_did_not_ask_hears_nothing_of_changed_servers(nest, room, owner, member, gateway, way):
    """5.4: "so that strict seed clients never see unknown opcodes"."""
    own = member.corner()
    socket = NOT_ASKING[way](gateway, member)
    # Whatever comes to this socket, it did not ask.
    socket.is_extended = False
    owner.change(f"/servers/{nest['server_id']}", name="Aviary")
    owner.remove(f"/servers/{nest['server_id']}")
    assert operations(socket.events_until(member.say(own, "marker"))) == [CHANNEL_DELETE, SERVER_MEMBER_REMOVE]


@pytest.mark.parametrize("members", [{"name": "Aviary"}, {"description": "d"}, {"icon_url": "https://example.org/i.png"}, {"owner_id": "the member"}], ids=str)
def test_each_change_of_a_server_is_told_whole_to_those_inside(nest, owner, member, outsider, gateway, members):
    """3.2: "any of name, description, icon_url, owner_id | 200 Server | 32"."""
    theirs = outsider.corner()
    inside, outside = [gateway(owner, ext=True), gateway(member, ext=True)], gateway(outsider, ext=True)
    members = members | ({"owner_id": member.user_id} if "owner_id" in members else {})
    changed = owner.change(f"/servers/{nest['server_id']}", **members)
    assert {name: changed[name] for name in members} == members
    for socket in inside:
        assert socket.expect(SERVER_UPDATE)["d"] == changed
    detail = member.get(f"/servers/{nest['server_id']}").json()
    assert {name: detail[name] for name in changed} == changed
    assert outside.events_until(outsider.say(theirs, "marker")) == []


def test_a_change_of_a_server_that_changes_nothing_is_not_told(nest, room, owner, member, gateway):
    """5.4: an update tells of a change."""
    socket = gateway(member, ext=True)
    for members in ({}, {"name": nest["name"]}, {"description": None}, {"owner_id": owner.user_id}):
        owner.change(f"/servers/{nest['server_id']}", **members)
    assert socket.events_until(owner.say(room, "marker")) == []


# Names


@pytest.mark.alone
def test_a_changed_name_is_the_name_in_all_later_events(nest, room, owner, member, gateway):
    """3.5: "A changed username shows in later author objects (old messages too)": in events as in answers."""
    old = member.say(room, "early")
    own = owner.corner()
    socket, typist = gateway(owner), gateway(member)
    changes = {"username": unique("new"), "display_name": "New", "avatar_url": "https://example.org/n.png"}
    member.change("/users/@me", **changes)
    author = changes | {"user_id": member.user_id}
    late = member.say(room, "late")
    assert socket.expect(MESSAGE_CREATE)["d"]["author"] == late["author"] == author
    member.edit(old, "early!")
    assert socket.expect(MESSAGE_UPDATE)["d"]["author"] == author
    typist.send(TYPING_START, {"channel_id": room})
    assert [data["username"] for data in socket.fleeting(TYPING_START)] == [changes["username"]]
    typist.send(PRESENCE_UPDATE, {"status": "dnd"})
    told = [data for data in socket.fleeting(PRESENCE_UPDATE, 2) if data["status"] == "dnd"]
    assert [(data["username"], data["user"]["username"]) for data in told] == [(changes["username"],) * 2]
    member.direct_channel(owner)
    assert socket.expect(CHANNEL_CREATE)["d"]["recipients"][0].items() >= author.items()
    member.remove(f"/servers/{nest['server_id']}/members/@me")
    owner.add(nest["server_id"], member)
    for frame in socket.events_until(owner.say(own, "marker")):
        assert frame["op"] in (SERVER_MEMBER_REMOVE, SERVER_MEMBER_ADD)
        assert frame["d"]["username"] == changes["username"] and frame["d"]["user"].items() >= author.items()
    connected = gateway(member).connected["d"]
    assert connected["username"] == connected["user"]["username"] == changes["username"]


# Many sockets


def test_every_socket_of_everybody_gets_every_change_in_one_order(nest, room, owner, member, gateway):
    """4.6: "Several sockets per user are allowed; every one gets all events"; 4.7."""
    server = nest["server_id"]
    sockets = [gateway(account, ext=True) for account in (owner, member) for _ in range(4)]
    newcomer = register(owner.server, "newcomer")
    message = member.say(room, "one")
    member.edit(message, "two")
    owner.remove(message_path(message))
    channel = owner.create_channel(server, "birds")["channel_id"]
    owner.change(f"/channels/{channel}", name="songbirds")
    owner.remove(f"/channels/{channel}")
    owner.add(server, newcomer)
    newcomer.remove(f"/servers/{server}/members/@me")
    owner.change(f"/servers/{server}", name="Aviary")
    marker = owner.say(room, "marker")
    seen = [socket.events_until(marker) for socket in sockets]
    assert operations(seen[0]) == [
        MESSAGE_CREATE, MESSAGE_UPDATE, MESSAGE_DELETE, CHANNEL_CREATE, CHANNEL_UPDATE, CHANNEL_DELETE, SERVER_MEMBER_ADD, SERVER_MEMBER_REMOVE,
        SERVER_UPDATE,
    ]  # fmt: skip
    assert all(frames == seen[0] for frames in seen)
