"""What sockets of Chat make of what happens in Dawchat: coming back after a break, and who is there (contracts/chat.md 4.6 and 5.5)."""

import time

import pytest

from support.api import register, unique
from support.both import chat_side, message_place
from support.dawchat import administrator, channel_name, from_chat, newcomer, nothing
from support.gateway import CHANNEL_CREATE, CHANNEL_DELETE, CHANNEL_UPDATE, MESSAGE_CREATE, SERVER_MEMBER_ADD, SERVER_MEMBER_REMOVE

QUICK = {"chat.offline_after_ms": "300", "chat.offline_after_lost_ms": "1500"}


@pytest.fixture(scope="module")
def house(mortal):
    """A server with an administrator, `root`, who owns the home space."""
    mortal.root = administrator(mortal)
    return mortal


@pytest.fixture
def ann(house):
    return newcomer(house, "ann")


@pytest.fixture
def cleo(house):
    """Somebody who uses both; `cleo.chat` is her other side."""
    cleo = newcomer(house, "cleo")
    cleo.chat = chat_side(cleo)
    return cleo


def seen(frames):
    return [(frame["op"], frame["s"]) for frame in frames]


# Coming back


def test_what_happened_in_dawchat_is_resumed_as_it_was_told(ann, cleo, gateway):
    """contracts/chat.md 4.6: "missed events with s > seq in order"; without the notes, which Chat does not know."""
    room, lost, doomed, later = (ann.make_channel()["channelId"] for _ in range(4))
    for channel in (room, lost, doomed):
        cleo.join(channel)
    away, staying = gateway(cleo.chat), gateway(cleo.chat)
    away.abort()
    ann.say(room, "one")
    ann.rename(room, channel_name("renamed"))
    ann.rename(lost, channel_name("renamed"))
    nothing(ann.channel_users_remove(cleo.user_id, channelId=lost))
    cleo.join(later)
    ann.say(later, "welcome")
    chat_side(ann).remove(f"/channels/{doomed}")
    own = cleo.make_channel(kind="private")["channelId"]
    marker = cleo.say(own, "marker")
    live = staying.events_until({"message_id": str(marker["messageId"])})
    expected = [
        MESSAGE_CREATE, CHANNEL_UPDATE, CHANNEL_UPDATE, CHANNEL_DELETE, CHANNEL_CREATE, MESSAGE_CREATE, CHANNEL_DELETE, CHANNEL_CREATE,
    ]  # fmt: skip
    assert [frame["op"] for frame in live] == expected
    replayed, again = gateway.come_back(cleo.chat, away)
    # Of what one does not see any more, only the end is left to tell.
    visible = [frame for frame in live if frame["d"].get("channel_id") != str(lost) or frame["op"] == CHANNEL_DELETE]
    assert seen(replayed)[:-1] == seen(visible)
    assert replayed[-1]["d"]["message_id"] == str(marker["messageId"])
    ended = [frame["d"] for frame in replayed if frame["op"] == CHANNEL_DELETE]
    assert [channel["channel_id"] for channel in ended] == [str(lost), str(doomed)]
    ann.say(room, "live again")
    assert [message["content"] for message in again.expect_messages(1)] == ["live again"]


def test_the_first_channel_joined_meanwhile_is_resumed(ann, house, gateway):
    """"op 30 with the server, then op 20 for the channel", also for who was away."""
    person = newcomer(house)
    chat = chat_side(person)
    away = gateway(chat)
    away.abort()
    channel = ann.make_channel()["channelId"]
    ann.say(channel, "before")
    person.join(channel)
    said = ann.say(channel, "welcome")
    replayed, _ = gateway.come_back(chat, away)
    assert [frame["op"] for frame in replayed] == [SERVER_MEMBER_ADD, CHANNEL_CREATE, MESSAGE_CREATE]
    assert replayed[0]["d"]["server"]["server_id"] == chat.get("/servers").json()[0]["server_id"]
    assert replayed[1]["d"]["channel_id"] == str(channel) and replayed[2]["d"]["message_id"] == str(said["messageId"])


def test_who_was_kicked_meanwhile_is_told_that_and_nothing_else(ann, cleo, house, gateway, listen):
    """"Somebody removed from a server while away gets 31 about himself on resume, and nothing else of that server"; Dawchat: channel-remove."""
    channel = ann.make_channel()["channelId"]
    cleo.join(channel)
    away, place = gateway(cleo.chat), ann.say(channel)["messageId"]
    away.abort()
    ann.say(channel, "before")
    root = chat_side(house.root)
    home = cleo.chat.get("/servers").json()[0]["server_id"]
    root.remove(f"/servers/{home}/members/{cleo.user_id}")
    ann.say(channel, "after")
    replayed, _ = gateway.come_back(cleo.chat, away)
    assert [(frame["op"], frame["d"].get("user_id")) for frame in replayed if frame["d"].get("user_id")] == [
        (SERVER_MEMBER_REMOVE, str(cleo.user_id))
    ]  # fmt: skip
    assert MESSAGE_CREATE not in [frame["op"] for frame in replayed]
    stream = listen(cleo, last_event_id=place)
    event = stream.expect("channel-remove")
    assert event.id == channel
    stream.expect_nothing(0.3)


def test_a_message_that_chat_deleted_meanwhile_is_not_resumed_in_either(ann, cleo, gateway, listen):
    """contracts/chat.md: "13 is replayed, 11 of a message that is gone is not"."""
    channel = ann.make_channel()["channelId"]
    cleo.join(channel)
    place = ann.say(channel)["messageId"]
    away = gateway(cleo.chat)
    away.abort()
    gone, kept = ann.say(channel, "gone"), ann.say(channel, "kept")
    chat_side(ann).remove(message_place(channel, gone["messageId"]))
    replayed, _ = gateway.come_back(cleo.chat, away)
    assert [frame["d"]["message_id"] for frame in replayed if frame["op"] == MESSAGE_CREATE] == [str(kept["messageId"])]
    stream = listen(cleo, last_event_id=place)
    stream.expect_message(kept)
    stream.expect_nothing(0.2)


def test_a_note_is_a_gap_in_s_and_nothing_more(ann, cleo, gateway):
    """contracts/chat.md 4.1: "strictly rising per socket, gaps allowed": a session can be resumed at each place around it."""
    channel = ann.make_channel()["channelId"]
    cleo.join(channel)
    socket = gateway(cleo.chat)
    for number in range(3):
        ann.say(channel, str(number))
        ann.rename(channel, channel_name("renamed"))
    marker = ann.say(channel, "marker")
    live = socket.events_until({"message_id": str(marker["messageId"])})
    assert [frame["op"] for frame in live] == [MESSAGE_CREATE, CHANNEL_UPDATE] * 3
    last = socket.last_s
    socket.abort()
    for number, frame in enumerate(live):
        again = gateway.resume(cleo.chat, socket.session_id, frame["s"])
        assert seen(again.events_until_resumed()) == [*seen(live[number + 1 :]), (MESSAGE_CREATE, last)]
        again.abort()


# Presence


@pytest.fixture
def quick(engine, new_server):
    """A server that forgets people soon, with somebody of Dawchat and a watcher on Chat who share the home space, and a stranger to both."""
    server = new_server(engine, QUICK)
    server.root = administrator(server)
    person, watcher = newcomer(server, "person"), newcomer(server, "watcher")
    channel = server.root.make_channel()["channelId"]
    for member in (person, watcher):
        member.join(channel)
    return person, chat_side(watcher), register(server)


def status(reader, person):
    return reader.get(f"/users/{person.user_id}").json()["status"]


def wait_for_status(reader, person, wanted, within=5):
    deadline = time.monotonic() + within
    while status(reader, person) != wanted and time.monotonic() < deadline:
        time.sleep(0.02)
    assert status(reader, person) == wanted


def test_an_open_stream_shows_its_person_as_online(quick, listen, gateway):
    """"An open stream counts as presence for Chat (online)", for those who share the home server, as long as it is open."""
    person, watcher, stranger = quick
    chat = chat_side(person)
    assert status(watcher, person) == "offline"
    socket, outside = gateway(watcher), gateway(stranger)
    stream = listen(person)
    assert socket.expect_presence(chat, "online")["username"] == person.username
    assert status(watcher, person) == "online"
    assert {"user_id": chat.user_id, "status": "online"} in gateway(watcher).connected["d"]["presences"]
    second = listen(person)
    stream.abort()
    assert socket.presences(chat, 2) == [], "somebody with two streams is as present as with one"
    second.abort()
    socket.expect_presence(chat, "offline")
    assert status(watcher, person) == "offline"
    assert outside.presences(chat, 0.2) == []


def test_a_logout_is_a_departure(quick, listen):
    """A login that ends takes its streams with it: nobody is waited for."""
    person, watcher, _ = quick
    listen(person)
    wait_for_status(watcher, person, "online")
    nothing(person.user_logout())
    wait_for_status(watcher, person, "offline")


def test_who_comes_back_in_time_was_never_away(quick, listen, gateway):
    """contracts/chat.md 5.5: the grace for who was lost; a browser comes back a second after an error."""
    person, watcher, _ = quick
    chat, socket = chat_side(person), gateway(watcher)
    stream = listen(person)
    socket.expect_presence(chat, "online")
    stream.abort()
    time.sleep(0.3)
    listen(person)
    assert socket.presences(chat, 3) == []


def test_a_stream_and_a_socket_are_one_presence(quick, listen, gateway):
    """One person, whatever it uses: only when the last of both has gone it is offline; the status chosen in Chat holds for both."""
    person, watcher, _ = quick
    chat, socket = chat_side(person), gateway(watcher)
    own = gateway(chat)
    socket.expect_presence(chat, "online")
    chat.change("/users/@me", status="dnd")
    socket.expect_presence(chat, "dnd")
    stream = listen(person)
    own.close()
    assert socket.presences(chat, 2) == []
    assert status(watcher, person) == "dnd"
    stream.abort()
    socket.expect_presence(chat, "offline")
    chat.change("/users/@me", status="invisible")
    listen(person)
    assert socket.presences(chat, 1.5) == [] and status(watcher, person) == "offline"


def test_reading_without_a_stream_is_no_presence(quick, gateway):
    """Only an open stream counts."""
    person, watcher, _ = quick
    socket = gateway(watcher)
    channel = person.channels()[0]["channelId"]
    person.say(channel)
    person.history(channel)
    socket.expect(MESSAGE_CREATE)
    assert socket.presences(chat_side(person), 1.2) == [] and status(watcher, person) == "offline"


def test_who_left_the_last_channel_is_still_seen_in_the_home_server(quick, listen, gateway):
    """"Leaving the last channel leaves the person in the home space": who is there is shown to those who share it."""
    person, watcher, _ = quick
    person.leave(person.channels()[0]["channelId"])
    socket = gateway(watcher)
    listen(person)
    socket.expect_presence(chat_side(person), "online")


def test_typing_in_chat_is_nothing_for_a_stream(ann, cleo, listen):
    """4: the table knows no such event."""
    channel = ann.make_channel()["channelId"]
    cleo.join(channel)
    stream = listen(ann)
    assert cleo.chat.post(f"/channels/{channel}/typing").status_code == 204
    cleo.chat.change("/users/@me", status="idle", display_name=unique("display"))
    stream.expect_message(ann.say(channel))


def test_a_stream_of_somebody_who_registered_in_chat(house, listen):
    """One person with a login in each: the stream ends with its own login only."""
    account = register(house)
    person = from_chat(account).log_in()
    channel = person.make_channel()["channelId"]
    stream = listen(person)
    assert account.post("/auth/logout").status_code == 204
    stream.expect_message(person.say(channel))
