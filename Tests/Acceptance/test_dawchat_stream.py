"""The event stream: its head, its frames, who gets them, and when it ends (contracts/dawchat.md 4)."""

import os
import re
import signal
import threading
import time

import pytest

from support.api import PASSWORD, register
from support.database import execute
from support.dawchat import (
    SHAPES, administrator, channel_name, from_chat, has_shape, host, newcomer, nothing, problem, problem_members, succeeded,
)  # fmt: skip
from support.event_stream import Comment, StreamRefused
from support.program import administer

LISTENER, ALIAS = "/api/user/listener", "/api/chat/listen"


@pytest.fixture
def people(server):
    """Three people who have no channel yet."""
    return tuple(newcomer(server, name) for name in ("maker", "guest", "other"))


@pytest.fixture
def maker(people):
    return people[0]


@pytest.fixture
def guest(people):
    return people[1]


@pytest.fixture
def other(people):
    return people[2]


@pytest.fixture
def channel(maker, guest):
    """The id of a channel of `maker` that `guest` has joined."""
    channel = maker.make_channel()["channelId"]
    guest.join(channel)
    return channel


def corner(person):
    """A channel that only this person reads: what is said there marks that all that was before has come."""
    return person.make_channel(kind="private")["channelId"]


def names(events):
    return [event.name for event in events]


# The head


@pytest.mark.parametrize("path", [LISTENER, ALIAS])
def test_the_head_and_the_first_bytes(maker, listen, path):
    """4: "text/event-stream", "Cache-Control: no-store", "X-Accel-Buffering: no", "serve the first, alias the second".

    It has no length and no chunks: it ends with the connection. A comment and the pause before coming back are there at once.
    """
    stream = listen(maker, path=path)
    assert stream.status == 200
    assert stream.header("content-type").split(";")[0].strip().lower() == "text/event-stream"
    assert stream.header("cache-control") == "no-store"
    assert stream.header("x-accel-buffering") == "no"
    assert stream.header("content-length") is None and stream.header("transfer-encoding") is None
    assert stream.header("connection").lower() == "close", "its end is the end of the connection"
    assert stream.header("set-cookie") is None
    start = b":roost\nretry: 1000\n\n"
    assert stream.first_bytes(len(start)) == start


def test_a_stream_is_open_to_a_bearer_token(maker, listen):
    """1: "also accept `Authorization: Bearer <same token>`"."""
    stream = listen(maker, bearer=True)
    stream.expect_message(maker.say(corner_of(stream, maker)))


def corner_of(stream, person):
    """A corner made while the stream is open, the event of which is taken."""
    channel = corner(person)
    assert stream.expect("channel-join").id == channel
    return channel


@pytest.mark.parametrize("path", [LISTENER, ALIAS])
@pytest.mark.parametrize("token", ["", "nonsense", "A" * 43 + "="], ids=["none", "nonsense", "unknown"])
def test_without_a_session_there_is_no_stream(maker, listen, path, token):
    """1: 401 without, or with a bad, session; 1.1: the bare 401, "plus the clearing cookie when a `t` cookie was present"."""
    with pytest.raises(StreamRefused) as refused:
        listen(maker, path=path, token=token)
    stream = refused.value.args[0]
    assert stream.status == 401
    assert stream.header("content-type").split(";")[0] == "application/problem+json"
    problem_members(stream.body, "Unauthorized")
    cookie = stream.header("set-cookie")
    assert (cookie or "").startswith("t=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:10 GMT; Path=/; HttpOnly") if token else cookie is None


def test_a_session_that_has_ended_opens_no_stream(maker, listen):
    """2, no 3: logout ends the session."""
    token = maker.token
    nothing(maker.user_logout())
    with pytest.raises(StreamRefused):
        listen(maker, token=token)


@pytest.mark.parametrize("path", [LISTENER, ALIAS])
def test_a_stream_is_only_got(maker, path):
    """1: "wrong method -> 405 + Allow"."""
    response = maker.http.post(path)
    problem(response, "MethodNotAllowed")
    assert "GET" in response.headers["allow"]


def test_the_answer_comes_at_once_and_events_within_moments(channel, maker, guest, listen):
    """4: "delivery within about 100 ms"; here with room for a busy machine, over the median of several."""
    stream = listen(guest)
    delays = []
    for _ in range(15):
        begin = time.monotonic()
        message = maker.say(channel)
        delays.append(stream.expect_message(message).at - begin)
    assert sorted(delays)[7] < 0.25, delays


# The events


def test_a_message_is_told_to_all_members_and_the_author(channel, maker, guest, other, listen):
    """4: "channel-message | messageId | Message + channelId, channelName | all members incl. author"."""
    name = maker.info(channel)["channelName"]
    streams = [listen(person) for person in (maker, guest)]
    outside = listen(other)
    message = maker.say(channel, "hello\r\nthere \u2028 \U0001f99c \"quoted\" \\ </script>")
    for stream in streams:
        event = stream.expect("channel-message")
        assert event.fields == ("id", "event", "data")
        assert event.id == message["messageId"]
        assert event.data == message | {"channelId": channel, "channelName": name}
        assert set(event.data) == set(SHAPES["Message"]) | {"channelName"}
    marker = other.say(corner(other))
    assert names(outside.events_until(marker)) == ["channel-join"], "somebody else's message is nobody's business"


def test_who_may_only_read_hears_as_well(maker, other, listen):
    """4: "all members"; 1.4: "Reading checks membership only"."""
    channel = maker.make_channel(kind="private")["channelId"]
    maker.bring(channel, other, ["read"])
    stream = listen(other)
    stream.expect_message(maker.say(channel))


def test_a_channel_that_is_made_is_told_to_its_maker_alone(maker, other, listen):
    """4: "channel-join | channelId | UserChannel (with lastRead) | only the user who joined or created"; no channel-message for channel-create."""
    own, outside = listen(maker), listen(other)
    made = maker.make_channel()
    event = own.expect("channel-join")
    assert event.fields == ("id", "event", "data") and event.id == made["channelId"]
    assert has_shape(event.data, "UserChannel") == made == maker.info(made["channelId"])
    own.expect_message(maker.say(made["channelId"]))
    assert names(outside.events_until(other.say(corner(other)))) == ["channel-join"]


@pytest.mark.parametrize("kind", ["public", "private"])
def test_who_joins_is_told_and_nobody_else(maker, guest, other, listen, kind):
    """4: "channel-join ... only the user who joined"; from then on messages come."""
    channel = maker.make_channel(kind=kind)["channelId"]
    invite = maker.invite(channel, guest, ["write", "rename"]) if kind == "private" else None
    old, joining, outside = listen(maker), listen(guest), listen(other)
    joined = guest.join(channel, invite)
    event = joining.expect("channel-join")
    assert event.id == channel and has_shape(event.data, "UserChannel") == joined
    message = maker.say(channel, "welcome")
    joining.expect_message(message)
    old.expect_message(message)
    assert names(outside.events_until(other.say(corner(other)))) == ["channel-join"]


def test_a_new_name_is_told_as_such_and_then_as_a_message(channel, maker, guest, other, listen):
    """2, detail 13: "members get the SSE events channel-rename, then channel-message"; 1.5: "channel-rename (content = new name)"."""
    streams, outside = [listen(person) for person in (maker, guest)], listen(other)
    name = channel_name("renamed")
    maker.rename(channel, name)
    note = maker.history(channel)[0]
    for stream in streams:
        event = stream.expect("channel-rename")
        assert event.fields == ("id", "event", "data") and event.id == channel
        assert event.data == {"channelId": channel, "channelName": name}
        event = stream.expect_message(note)
        assert event.data == note | {"channelName": name}
        assert (event.data["type"], event.data["content"], event.data["userId"]) == ("channel-rename", name, maker.user_id)
    assert names(outside.events_until(other.say(corner(other)))) == ["channel-join"]


def test_who_leaves_is_told_and_nobody_else(channel, maker, guest, listen):
    """4: "channel-leave | channelId | channelId | only the leaver"; a former member hears no more."""
    staying, leaving = listen(maker), listen(guest)
    guest.leave(channel)
    event = leaving.expect("channel-leave")
    assert event.fields == ("id", "event", "data") and event.id == channel and event.data == {"channelId": channel}
    staying.expect_message(maker.say(channel, "gone"))
    assert names(leaving.events_until(guest.say(corner(guest)))) == ["channel-join"]


def test_an_owner_who_leaves_is_told_and_the_new_owner_is_not(channel, maker, guest, listen):
    """4: no event says that somebody owns a channel now."""
    leaving, staying = listen(maker), listen(guest)
    maker.leave(channel, newOwner=guest.user_id)
    assert leaving.expect("channel-leave").data == {"channelId": channel}
    staying.expect_message(guest.say(channel, "mine now"))


def test_the_last_one_who_leaves_is_told_so(maker, listen):
    """4: "channel-leave ... only the leaver", also when the channel ends with it."""
    channel = maker.make_channel()["channelId"]
    stream = listen(maker)
    maker.leave(channel)
    assert stream.expect("channel-leave").id == channel
    assert names(stream.events_until(maker.say(corner(maker)))) == ["channel-join"]


def test_who_is_removed_is_told_and_nobody_else(channel, maker, guest, other, listen):
    """4: "channel-remove | channelId | channelId | only the removed user"; a former member hears no more."""
    other.join(channel)
    staying, removed, witness = listen(maker), listen(guest), listen(other)
    nothing(maker.channel_users_remove(guest.user_id, channelId=channel))
    event = removed.expect("channel-remove")
    assert event.fields == ("id", "event", "data") and event.id == channel and event.data == {"channelId": channel}
    message = maker.say(channel, "without you")
    staying.expect_message(message)
    witness.expect_message(message)
    assert names(removed.events_until(guest.say(corner(guest)))) == ["channel-join"]


def test_several_who_are_removed_are_told_each(channel, maker, guest, other, listen):
    """2, no 21: toRemove is a list; each of them hears of it once."""
    other.join(channel)
    streams = [listen(guest), listen(other)]
    nothing(maker.channel_users_remove(guest.user_id, other.user_id, guest.user_id, channelId=channel))
    for stream, person in zip(streams, (guest, other)):
        assert stream.expect("channel-remove").id == channel
        assert names(stream.events_until(person.say(corner(person)))) == ["channel-join"]


def test_an_invite_is_told_to_whom_it_is_for(maker, guest, other, listen):
    """4: "Extra optional events: user-invite (new pending channel invite)"; ours, without an id: the place of the stream stays."""
    channel = maker.make_channel(kind="private")["channelId"]
    inviting, invited, outside = listen(maker), listen(guest), listen(other)
    invite = maker.invite(channel, guest, ["write"])
    event = invited.expect("user-invite")
    assert event.fields == ("event", "data") and event.id is None
    [pending] = guest.received()
    assert has_shape(event.data, "ChannelInvite") == pending and pending["inviteId"] == invite
    inviting.expect_message(maker.say(channel))
    assert names(outside.events_until(other.say(corner(other)))) == ["channel-join"]


def test_an_invite_that_is_declined_or_revoked_is_not_told(maker, guest, listen):
    """4: the table knows no such event."""
    channel = maker.make_channel(kind="private")["channelId"]
    nothing(guest.user_channel_invites_remove(maker.invite(channel, guest)))
    revoked = maker.invite(channel, guest)
    inviting, invited = listen(maker), listen(guest)
    nothing(maker.channel_invites_remove(revoked))
    inviting.expect_message(maker.say(channel))
    assert names(invited.events_until(guest.say(corner(guest)))) == ["channel-join"]


def test_what_is_refused_is_not_told(channel, maker, guest, listen):
    """An event tells what has happened."""
    stream = listen(guest)
    for answer in (
        maker.channel_messages_create(channel, ""), guest.channel_rename(channel, "newer name"), maker.channel_rename(channel, "abc"),
        guest.channel_join(channel), maker.channel_leave(channel), maker.channel_users_remove(maker.user_id, channelId=channel),
    ):  # fmt: skip
        assert 400 <= answer.status_code < 500
    stream.expect_message(maker.say(channel))


def test_reading_is_not_told(channel, maker, guest, listen):
    """4: the table knows no event of the read marker."""
    message = maker.say(channel)
    stream = listen(guest)
    nothing(guest.channel_messages_read(channel, message["messageId"]))
    stream.expect_message(maker.say(channel))


def test_what_happens_elsewhere_is_not_told(maker, guest, listen):
    """The channels here are those of the home space: not those of other servers, and no direct messages, though one is part of them."""
    speaker, hearer = register(maker.server), register(maker.server)
    stream = listen(from_chat(hearer))
    room = hearer.join(speaker.invite(speaker.create_server()["server_id"]))["channels"][0]["channel_id"]
    speaker.say(room, "in another server")
    speaker.say(speaker.direct_channel(hearer)["channel_id"], "between us")
    assert names(stream.events_until(from_chat(hearer).say(corner(from_chat(hearer))))) == ["channel-join"]


def test_all_streams_of_somebody_tell_the_same_in_the_same_order(channel, maker, guest, listen):
    """Several streams of one session (tabs), and of several sessions: each tells everything."""
    phone = guest.another_browser()
    streams = [listen(guest), listen(guest, path=ALIAS), listen(phone)]
    maker.say(channel, "one")
    maker.rename(channel, channel_name("again"))
    guest.say(channel, "two")
    second = guest.make_channel()["channelId"]
    nothing(maker.channel_users_remove(guest.user_id, channelId=channel))
    marker = guest.say(second)
    told = [[(event.name, event.id, event.data) for event in stream.events_until(marker)] for stream in streams]
    assert told[0] == told[1] == told[2]
    kinds = ["channel-message", "channel-rename", "channel-message", "channel-message", "channel-join", "channel-remove"]
    assert [name for name, _, _ in told[0]] == kinds


def test_messages_of_many_authors_come_once_and_in_the_order_of_the_history(channel, maker, guest, other, listen):
    """4: each message once; 1: message ids rise with time."""
    other.join(channel)
    streams = [listen(person) for person in (maker, guest, other)]
    posted = []

    def write(person):
        for number in range(40):
            posted.append(person.say(channel, f"{person.username} {number}")["messageId"])

    writers = [threading.Thread(target=write, args=[person]) for person in (maker, guest, other)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    assert len(posted) == 120
    for stream in streams:
        assert [data["messageId"] for data in stream.expect_messages(120)] == sorted(posted)
    assert [message["messageId"] for message in maker.history(channel, limit=100)] == sorted(posted)[::-1][:100]


# Keeping alive


def test_a_comment_comes_while_nothing_happens(new_server, listen):
    """4: "comment keep-alive every 15 s"; "comment lines `:<epoch>`"; here every 0.3 s."""
    person = administrator(new_server(settings={"dawchat.keep_alive_ms": "300"}))
    stream = listen(person)
    stream.expect_nothing(2)
    first, *beats = stream.comments
    assert first.text == "roost"
    assert 4 <= len(beats) <= 8, beats
    for beat in beats:
        assert re.fullmatch(r"\d+", beat.text) and abs(int(beat.text) - time.time()) < 5, beat
    gaps = [later.at - earlier.at for earlier, later in zip(beats, beats[1:])]
    assert all(0.1 < gap < 1.5 for gap in gaps), gaps
    channel = person.make_channel()["channelId"]
    assert stream.expect("channel-join").id == channel, "it still tells what happens"


def test_no_comment_comes_before_its_time(maker, listen):
    """4: every 15 s."""
    stream = listen(maker)
    assert isinstance(stream.receive(), Comment)
    stream.expect_nothing(1.5)
    assert [comment.text for comment in stream.comments] == ["roost"]


# The end


def test_a_logout_ends_the_streams_of_this_session_and_no_other(channel, maker, guest, listen):
    """4: "end the stream on logout"; 1.2: "logout ends only this session"."""
    phone = guest.another_browser()
    ending, going, others = [listen(guest), listen(guest)], listen(phone), listen(maker)
    nothing(guest.user_logout())
    for stream in ending:
        assert stream.expect_end(5) == []
    message = maker.say(channel)
    going.expect_message(message)
    others.expect_message(message)


def test_a_new_password_ends_all_streams_of_the_account(server, listen):
    """A changed password ends all sessions."""
    account = register(server)
    person = from_chat(account)
    streams, bystander = [listen(person.log_in()), listen(person.another_browser())], listen(host(server))
    account.change("/users/@me", password=PASSWORD + "!", current_password=PASSWORD)
    for stream in streams:
        assert stream.expect_end(5) == []
    bystander.expect_nothing(0.2)


def test_a_session_that_ends_by_the_administrator_ends_its_streams(engine, new_server, listen):
    """Session list and revocation: `roost admin end-session --username NAME --all`."""
    server = new_server(engine, {"dawchat.keep_alive_ms": "500"})
    person = administrator(server)
    stream = listen(person)
    ended = administer(server, "end-session", "--username", person.username, "--all")
    assert ended.returncode == 0, ended.stderr
    assert stream.expect_end(15) == []
    problem(person.user_info(), "Unauthorized")


def test_a_stream_ends_when_its_session_expires(engine, new_server, listen):
    """4: "end the stream on ... expiry"."""
    server = new_server(engine, {"dawchat.keep_alive_ms": "500"})
    person = administrator(server)
    other = newcomer(server)
    other.leave(other.make_channel()["channelId"])
    server.stop()
    soon = int((time.time() + 6) * 1e6)
    execute(server, f"UPDATE sessions SET expires_at = {soon} WHERE account_id = {person.user_id}")
    server.start()
    ending, going = listen(person), listen(other)
    assert ending.expect_end(15) == []
    assert -1 < time.time() - soon / 1e6 < 4
    going.expect_nothing(0.3)
    problem(person.http.get(f"{server.url}/api/user/info"), "Unauthorized")


def test_one_stream_too_many_ends_the_oldest(engine, new_server, listen):
    """dawchat.streams_per_user: "more than streams_per_user of one account: the oldest ends", over all its sessions."""
    server = new_server(engine, {"dawchat.streams_per_user": "3"})
    person = administrator(server)
    other = newcomer(server)
    channel = person.make_channel()["channelId"]
    phone = person.another_browser()
    bystander = listen(other)
    streams = [listen(who) for who in (person, phone, person, phone, person)]
    for stream in streams[:2]:
        assert stream.expect_end(5) == []
    message = person.say(channel)
    for stream in streams[2:]:
        stream.expect_message(message)
    bystander.expect_nothing(0.2)


def test_a_stream_that_has_gone_makes_room(new_server, listen):
    """Only streams that are open count."""
    person = administrator(new_server(settings={"dawchat.streams_per_user": "2"}))
    channel = person.make_channel()["channelId"]
    first = listen(person)
    for _ in range(5):
        listen(person).abort()
        time.sleep(0.2)
    first.expect_message(person.say(channel))


@pytest.mark.timeout(120)
def test_who_does_not_read_is_cut_and_the_others_go_on(channel, maker, guest, other, listen):
    """DESIGN.md 4: "above 1 MiB queued or 10 s without progress the connection is cut"."""
    other.join(channel)
    slow, quick = listen(guest, receive_buffer=4096), listen(other)
    posted = []

    def write():
        for number in range(400):
            posted.append(maker.say(channel, str(number) + "\U0001f99c" * 8_000)["messageId"])

    writer = threading.Thread(target=write)
    writer.start()
    received = [data["messageId"] for data in quick.expect_messages(400, timeout=90)]
    writer.join(90)
    assert received == posted, "who reads gets everything, whatever others do"
    got = slow.messages_until_cut(30)
    assert got == posted[: len(got)] and len(got) < 400, f"{len(got)} came in order before the cut"
    # What it missed comes when it comes back.
    again = listen(guest, last_event_id=posted[len(posted) - 20])
    assert [data["messageId"] for data in again.expect_messages(19)] == posted[-19:]


def test_who_sends_on_a_stream_does_no_harm(channel, maker, guest, listen):
    """A stream has one direction: bytes after the request are not answered, others go on."""
    chatty, quiet = listen(guest), listen(maker)
    chatty.send(b"GET /api/user/info HTTP/1.1\r\nHost: roost\r\n\r\n" * 50)
    quiet.expect_message(maker.say(channel))


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT"])
def test_a_stop_ends_the_streams_in_order_and_soon(new_server, listen, name):
    """"SIGTERM and SIGINT drain and stop": streams have no end of their own and do not keep it."""
    server = new_server()
    person = administrator(server)
    channel = person.make_channel()["channelId"]
    streams = [listen(person) for _ in range(5)]
    message = person.say(channel, "last words")
    begin = time.monotonic()
    server.process.send_signal(getattr(signal, name))
    for stream in streams:
        assert [event.id for event in stream.expect_end(10)] == [message["messageId"]]
    assert server.stop() == 0
    assert time.monotonic() - begin < 8


@pytest.mark.linux
def test_many_streams_come_and_go(channel, maker, guest, listen):
    """What is opened is closed again: after hundreds of streams everything works, and the server holds no more files than before."""
    def files():
        return len(os.listdir(f"/proc/{maker.server.pid}/fd"))

    before = files()
    for _ in range(200):
        listen(guest).abort()
    deadline = time.monotonic() + 15
    while files() > before + 8 and time.monotonic() < deadline:
        maker.say(channel)
        time.sleep(0.1)
    assert files() <= before + 8
    stream = listen(guest)
    stream.expect_message(maker.say(channel))
    assert succeeded(guest.user_info())["userId"] == guest.user_id
