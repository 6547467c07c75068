"""The events and who gets them (contracts/chat.md 4.7 and 5)."""

import threading

from support.api import register, unique
from support.gateway import CHANNEL_CREATE, MESSAGE_CREATE, SERVER_MEMBER_ADD
from support.shapes import is_channel, is_public_user, is_self_user, is_server, is_server_detail, is_time

# CONNECTED


def test_connected_tells_who_one_is_and_what_one_sees(nest, owner, member, gateway):
    """5.1: "user (Self user) and, flattened, user_id, username; session_id; servers [Server with channels]; dm_channels; presences; resumed false; heartbeat_interval; v 1"."""
    own = member.create_server("own")
    frame = gateway(member).connected
    data = frame["d"]
    assert (frame["op"], frame["t"]) == (10, "CONNECTED")
    is_self_user(data["user"])
    assert (data["user_id"], data["username"]) == (member.user_id, member.username)
    assert data["user"]["user_id"] == member.user_id
    assert isinstance(data["session_id"], str) and data["session_id"]
    assert {server["server_id"] for server in data["servers"]} == {nest["server_id"], own["server_id"]}
    for server in data["servers"]:
        is_server(server)
        assert [channel["name"] for channel in server["channels"]] == ["general"]
        is_channel(server["channels"][0])
    assert data["dm_channels"] == []
    assert isinstance(data["presences"], list)
    assert (data["resumed"], data["heartbeat_interval"], data["v"]) == (False, 30000, 1)


def test_connected_tells_who_is_there(nest, owner, member, outsider, gateway):
    """5.1: "presences [{user_id, status}] of visible users who are not offline"."""
    gateway(outsider)
    assert gateway(owner).connected["d"]["presences"] == []
    gateway(owner)
    assert gateway(member).connected["d"]["presences"] == [{"user_id": owner.user_id, "status": "online"}]


def test_connected_tells_who_is_there_of_those_one_writes_to(owner, member, outsider, gateway):
    """5.1: "presences of visible users who are not offline"; 5.5: "sharing a server or a DM"."""
    owner.direct_channel(member)
    gateway(member)
    gateway(outsider)
    assert gateway(owner).connected["d"]["presences"] == [{"user_id": member.user_id, "status": "online"}]


def test_connected_tells_the_email_to_its_owner(server, gateway):
    """2: "Self user = User + email"."""
    account = register(server, email=f"{unique('mail')}@example.org")
    assert gateway(account).connected["d"]["user"]["email"] == account.answer["user"]["email"]


def test_every_connection_is_a_session_of_its_own(account, gateway):
    """4.6: "CONNECTED gives session_id and the current `s`"."""
    first, second = gateway(account), gateway(account)
    assert first.session_id != second.session_id
    assert type(first.connected["s"]) is int


def test_connected_tells_the_direct_channels_in_the_order_of_their_list(server, owner, gateway):
    """5.1: "dm_channels [Channel]"; 3.6: "ordered by last activity, newest first"."""
    channels = [owner.direct_channel(register(server))["channel_id"] for _ in range(3)]
    owner.say(channels[1], "hello")
    shown = gateway(owner).connected["d"]["dm_channels"]
    assert [channel["channel_id"] for channel in shown] == [channels[1], channels[2], channels[0]]
    assert shown == owner.get("/users/@me/dm-channels").json()


# MESSAGE_CREATE


def test_a_message_event_is_the_sample_of_the_contract(room, nest, owner, member, gateway):
    """5.2: "message_id, channel_id, author{user_id, username}, content, timestamp exactly as in the seed sample"."""
    socket = gateway(member)
    message = owner.say(room, "Hello!")
    frame = socket.expect(MESSAGE_CREATE)
    assert (frame["op"], frame["t"]) == (11, "MESSAGE_CREATE")
    data = frame["d"]
    sample = {"message_id", "channel_id", "author", "content", "timestamp"}
    assert sample <= set(data) and {"user_id", "username"} <= set(data["author"])
    assert (data["message_id"], data["channel_id"], data["content"]) == (message["message_id"], room, "Hello!")
    assert (data["author"]["user_id"], data["author"]["username"]) == (owner.user_id, owner.username)
    is_time(data["timestamp"])
    assert (data["server_id"], data["edited_timestamp"]) == (nest["server_id"], None)
    # What the seed does not know is what the contract adds (2), and nothing else.
    assert set(data) == sample | {"id", "server_id", "edited_timestamp", "type"}
    assert set(data["author"]) == {"user_id", "username", "display_name", "avatar_url"}
    assert set(frame) == {"op", "d", "s", "t"}


def test_the_event_is_the_object_of_the_answer(room, owner, member, gateway):
    """3.4: "the event carries the same object", "including the author's own sockets"; 2: nonce in the answer and the event."""
    watching, writing = gateway(member), gateway(owner)
    message = owner.say(room, "same", nonce="n-1")
    assert watching.expect_messages(1) == writing.expect_messages(1) == [message]
    assert message["nonce"] == "n-1"


def test_a_repeated_nonce_sends_no_event(room, owner, member, gateway):
    """3.4: "the first message again, 200, no event"."""
    socket = gateway(member)
    first = owner.say(room, "once", nonce="n")
    assert owner.post(f"/channels/{room}/messages", {"content": "twice", "nonce": "n"}).status_code == 200
    marker = owner.say(room, "marker")
    assert socket.expect_messages(2) == [first, marker]


def test_a_refused_message_sends_no_event(room, owner, member, gateway):
    """4.7: "An event is sent only after the change is committed"."""
    socket = gateway(member)
    owner.post(f"/channels/{room}/messages", {"content": "  "})
    owner.post(f"/channels/{room}/messages", {"content": "x" * 2001})
    marker = owner.say(room, "marker")
    assert socket.expect_messages(1) == [marker]


def test_an_event_comes_when_its_change_can_be_read(room, owner, member, gateway):
    """4.7: "An event is sent only after the change is committed"."""
    socket = gateway(member)
    for number in range(20):
        owner.say(room, str(number))
        assert member.history(room, limit=1) == socket.expect_messages(1)


# CHANNEL_CREATE


def test_a_new_channel_is_told_to_all_members_and_nobody_else(nest, owner, member, outsider, gateway):
    """5.3: "the whole Channel. Receivers: all members of the server"."""
    inside, outside = [gateway(owner), gateway(member)], gateway(outsider)
    channel = owner.create_channel(nest["server_id"], "birds", topic="all of them")
    for socket in inside:
        frame = socket.expect(CHANNEL_CREATE)
        assert (frame["t"], frame["d"]) == ("CHANNEL_CREATE", channel)
    outside.expect_nothing()


def test_messages_of_a_new_channel_reach_sockets_that_are_open(nest, owner, member, gateway):
    """4.7: events go to all who can see the channel at that time."""
    socket = gateway(member)
    channel = owner.create_channel(nest["server_id"])
    message = owner.say(channel["channel_id"], "first")
    socket.expect(CHANNEL_CREATE)
    assert socket.expect_messages(1) == [message]


# SERVER_MEMBER_ADD


def check_addition(frame, server_id, account, role, count):
    data = frame["d"]
    assert (frame["op"], frame["t"]) == (30, "SERVER_MEMBER_ADD")
    assert (data["server_id"], data["user_id"], data["username"]) == (server_id, account.user_id, account.username)
    is_public_user(data["user"])
    assert data["user"]["user_id"] == account.user_id
    assert (data["role"], data["member_count"]) == (role, count)
    is_time(data["joined_at"])


def test_making_a_server_is_told_to_its_creator_with_the_server(owner, outsider, gateway):
    """3.2: "30 to the creator (with server)"."""
    socket, outside = gateway(owner), gateway(outsider)
    server = owner.create_server("fresh")
    frame = socket.expect(SERVER_MEMBER_ADD)
    check_addition(frame, server["server_id"], owner, "owner", 1)
    is_server_detail(frame["d"]["server"])
    assert frame["d"]["server"]["server_id"] == server["server_id"]
    outside.expect_nothing()


def test_a_joining_is_told_to_all_members_and_the_server_to_the_new_one(nest, owner, member, outsider, gateway):
    """5.4: "for the added user himself also server (detail form)... Receivers: all members including the new one"."""
    old, new, elsewhere = [gateway(owner), gateway(member)], gateway(outsider), gateway(register(owner.server))
    outsider.join(owner.invite(nest["server_id"]))
    for socket in old:
        frame = socket.expect(SERVER_MEMBER_ADD)
        check_addition(frame, nest["server_id"], outsider, "member", 3)
        assert "server" not in frame["d"]
    frame = new.expect(SERVER_MEMBER_ADD)
    check_addition(frame, nest["server_id"], outsider, "member", 3)
    is_server_detail(frame["d"]["server"])
    assert len(frame["d"]["server"]["members"]) == 3
    elsewhere.expect_nothing()


def test_after_joining_an_open_socket_gets_the_events_of_the_server(nest, room, owner, outsider, gateway):
    """4.7 and 5.4: from the joining on."""
    socket = gateway(outsider)
    owner.say(room, "before")
    outsider.join(owner.invite(nest["server_id"]))
    message = owner.say(room, "after")
    socket.expect(SERVER_MEMBER_ADD)
    assert socket.expect_messages(1) == [message]


# Who, how many, in which order


def test_messages_reach_members_only(nest, room, owner, member, outsider, gateway):
    """4.7: "Events go only to users who can see the object at that time"."""
    theirs = outsider.create_server()["channels"][0]["channel_id"]
    inside, outside = gateway(member), gateway(outsider)
    message = owner.say(room, "for members")
    marker = outsider.say(theirs, "marker")
    assert outside.expect_messages(1) == [marker]
    assert inside.expect_messages(1) == [message]
    inside.expect_nothing()
    outside.expect_nothing()


def test_ten_sockets_of_a_user_get_every_event(room, owner, member, gateway):
    """4.6: "Several sockets per user are allowed (default 10 sessions); every one gets all events"."""
    sockets = [gateway(member) for _ in range(10)]
    messages = [owner.say(room, str(number)) for number in range(5)]
    for socket in sockets:
        assert socket.expect_messages(5) == messages


def test_all_sockets_see_the_same_order(nest, room, owner, member, gateway):
    """4.7: "Events of one channel arrive in the order of their ids/commits on every socket; s is strictly increasing per socket"."""
    other = owner.create_channel(nest["server_id"])["channel_id"]
    sockets = [gateway(owner), gateway(member), gateway(member)]
    writers = [threading.Thread(target=write, args=(account, channel)) for account in (owner, member) for channel in (room, other)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    seen = [[socket.expect(MESSAGE_CREATE) for _ in range(60)] for socket in sockets]
    assert seen[0] == seen[1] == seen[2]
    for channel in (room, other):
        ids = [frame["d"]["message_id"] for frame in seen[0] if frame["d"]["channel_id"] == channel]
        assert ids == [message["message_id"] for message in reversed(owner.history(channel))]
        assert ids == sorted(ids, key=int) and len(ids) == 30


def write(account, channel):
    for number in range(15):
        account.say(channel, f"{account.username} {number}")


def test_connecting_while_messages_arrive_leaves_no_gap(room, owner, member, gateway):
    """4.6: after CONNECTED with its s, every later event arrives; what was before is in the history."""
    stop = threading.Event()
    written = []

    def chatter():
        while not stop.is_set():
            written.append(owner.say(room, f"chatter {len(written)}")["message_id"])

    writer = threading.Thread(target=chatter)
    writer.start()
    try:
        sockets = [gateway(member) for _ in range(8)]
        lasts = []
        for socket in sockets:
            channels = [c for server in socket.connected["d"]["servers"] for c in server["channels"] if c["channel_id"] == room]
            lasts.append(int(channels[0]["last_message_id"] or 0))
    finally:
        stop.set()
        writer.join()
    for socket, last in zip(sockets, lasts):
        expected = [message for message in written if int(message) > last]
        assert [message["message_id"] for message in socket.expect_messages(len(expected))] == expected
