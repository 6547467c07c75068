"""Coming back to the event stream after a break (contracts/dawchat.md 4: "replay of what came after `Last-Event-ID` from the event log")."""

import threading
import time

import httpx
import pytest

from support.api import register
from support.both import chat_side, message_place, moved
from support.dawchat import channel_name, from_chat, host, newcomer, nothing
from support.event_stream import Comment, StreamEnded
from support.faults import SteppedClock


@pytest.fixture
def maker(server):
    return newcomer(server, "maker")


@pytest.fixture
def guest(server):
    return newcomer(server, "guest")


@pytest.fixture
def channel(maker, guest):
    """The id of a channel of `maker` that `guest` has joined."""
    channel = maker.make_channel()["channelId"]
    guest.join(channel)
    return channel


def ids(events):
    return [event.id for event in events]


def names(events):
    return [event.name for event in events]


def replayed(stream, person, channel):
    """What a stream that was just opened tells of the past."""
    return stream.events_until(person.say(channel, "marker"))


# What comes


@pytest.mark.parametrize("how", ["header", "query"])
@pytest.mark.parametrize("path", ["/api/user/listener", "/api/chat/listen"])
def test_what_was_missed_comes_in_order_and_then_what_happens(channel, maker, guest, listen, how, path):
    """4: everything after the creation of this message, in log order; "header, or query `lastEventId`"."""
    first = listen(guest)
    seen = maker.say(channel, "seen")
    first.expect_message(seen)
    first.abort()
    missed = [maker.say(channel, f"missed {number}") for number in range(3)]
    place = {"last_event_id": first.last_id} if how == "header" else {"query": {"lastEventId": first.last_id}}
    second = listen(guest, path=path, **place)
    events = [second.expect_message(message) for message in missed]
    live = maker.say(channel, "live again")
    events.append(second.expect_message(live))
    name = maker.info(channel)["channelName"]
    assert [event.data for event in events] == [message | {"channelName": name} for message in [*missed, live]]
    assert {event.fields for event in events} == {("id", "event", "data")}


def test_nothing_missed_is_nothing_told(channel, maker, guest, listen):
    """What was already seen does not come twice."""
    last = maker.say(channel)
    stream = listen(guest, last_event_id=last["messageId"])
    assert replayed(stream, maker, channel) == []


def test_without_a_place_nothing_is_replayed(channel, maker, guest, listen):
    """A new stream begins now."""
    maker.say(channel, "before")
    assert replayed(listen(guest), maker, channel) == []


def test_every_kind_of_event_is_replayed(channel, maker, guest, listen):
    """4: everything after that message, as it would have been told, in the order in which it happened."""
    live = listen(guest)
    start = maker.say(channel)
    live.expect_message(start)
    other = newcomer(maker.server, "other")
    second = other.make_channel()["channelId"]
    third = other.make_channel()["channelId"]
    name = channel_name("renamed")
    maker.rename(channel, name)
    guest.join(second)
    other.say(second, "welcome")
    guest.say(channel, "thanks")
    guest.join(third)
    nothing(other.channel_users_remove(guest.user_id, channelId=third))
    guest.leave(second)
    own = guest.make_channel(kind="private")["channelId"]
    marker = guest.say(own, "the end")
    gone = (second, third)
    told = [event for event in live.events_until(marker) if event.data["channelId"] not in gone]
    events = listen(guest, last_event_id=start["messageId"]).events_until(marker)
    assert [past(event) for event in events if event.data["channelId"] not in gone] == [past(event) for event in told]
    assert names(told) == ["channel-rename", "channel-message", "channel-message", "channel-join"]
    # Of what was joined and left again only the end is left to tell.
    assert names([event for event in events if event.id == third])[-1:] == ["channel-remove"]
    assert names([event for event in events if event.id == second])[-1:] == ["channel-leave"]
    assert not [event for event in events if event.name == "channel-message" and event.data["channelId"] in gone]


def past(event):
    """What a replayed event has in common with the one that was told: how far a channel has got is shown as it is now."""
    return event.name, event.id, {name: value for name, value in event.data.items() if name not in ("lastMessage", "lastRead")}


def test_the_place_in_one_channel_counts_for_all(maker, guest, listen):
    """4: "a message id of any channel -> everything after its creation that one can see now", also of the other channels."""
    channels = [maker.make_channel()["channelId"] for _ in range(3)]
    for channel in channels:
        guest.join(channel)
    posted = [maker.say(channels[number % 3], str(number))["messageId"] for number in range(12)]
    for position in (0, 4, 10):
        stream = listen(guest, last_event_id=posted[position])
        marker = maker.say(channels[0], "marker")
        assert ids(stream.events_until(marker)) == posted[position + 1 :]
        posted.append(marker["messageId"])


def test_the_note_of_a_channel_is_a_place_as_well(maker, guest, listen):
    """2, no 11: "lastMessage = id of the new channel-create message", which is a message; so is the note of a new name."""
    made = maker.make_channel()
    channel = made["channelId"]
    guest.join(channel)
    first = maker.say(channel, "first")["messageId"]
    maker.rename(channel, channel_name("renamed"))
    note = maker.info(channel)["lastMessage"]
    second = maker.say(channel, "second")["messageId"]
    stream = listen(guest, last_event_id=made["lastMessage"])
    events = replayed(stream, maker, channel)
    assert names(events) == ["channel-join", "channel-message", "channel-rename", "channel-message", "channel-message"]
    assert ids(events)[1:] == [first, channel, note, second]
    stream = listen(guest, last_event_id=note)
    assert ids(replayed(stream, maker, channel))[:1] == [second]


def test_a_message_of_others_is_a_place_and_shows_nothing_of_theirs(channel, maker, guest, listen):
    """4: "a message id of any channel"; nothing comes that one cannot see now."""
    hidden = maker.make_channel(kind="private")["channelId"]
    foreign = maker.say(hidden, "secret")["messageId"]
    maker.say(hidden, "more secrets")
    missed = maker.say(channel, "for both")["messageId"]
    assert ids(replayed(listen(guest, last_event_id=foreign), maker, channel)) == [missed]


def test_what_was_changed_and_removed_meanwhile(channel, maker, guest, listen):
    """DESIGN.md 6: "replay renders the object's present state and skips what no longer exists"."""
    chat = chat_side(maker)
    place = maker.say(channel)["messageId"]
    kept, edited, gone = (maker.say(channel, text) for text in ("kept", "typo", "regretted"))
    chat.change(message_place(channel, edited["messageId"]), content="corrected")
    chat.remove(message_place(channel, gone["messageId"]))
    events = replayed(listen(guest, last_event_id=place), maker, channel)
    assert [(event.id, event.data["content"]) for event in events] == [(kept["messageId"], "kept"), (edited["messageId"], "corrected")]


def test_a_message_that_was_removed_is_still_a_place(channel, maker, guest, listen):
    """4: "a message id stands for its creation": the log knows it, whatever became of the message."""
    chat = chat_side(maker)
    place, missed = maker.say(channel, "regretted")["messageId"], maker.say(channel, "missed")["messageId"]
    chat.remove(message_place(channel, place))
    assert ids(replayed(listen(guest, last_event_id=place), maker, channel)) == [missed]


def test_what_is_said_through_chat_is_replayed(channel, maker, guest, listen):
    """DESIGN.md 7: "A message sent through one API is seen through every other"."""
    chat = chat_side(maker)
    place = maker.say(channel)["messageId"]
    said = int(chat.say(channel, "from Chat")["message_id"])
    assert ids(replayed(listen(guest, last_event_id=place), maker, channel)) == [said]


# What does not


@pytest.mark.parametrize("place", ["", "0", "-1", "abc", "1", "1.5", "007", "9" * 15, str(2**53), "9" * 60, "1 2", "%00", "null"])
def test_what_is_no_message_replays_nothing(channel, maker, guest, listen, place):
    """4: "an id that is no message id means no replay"; the stream is there all the same."""
    maker.say(channel, "before")
    for how in ({"last_event_id": place}, {"query": {"lastEventId": place}}):
        stream = listen(guest, **how)
        assert replayed(stream, maker, channel) == []


def test_the_id_of_a_channel_or_a_person_replays_nothing(channel, maker, guest, listen):
    """4: the ids of other frames are ids of channels, which say nothing about the time."""
    maker.say(channel, "before")
    for place in (channel, guest.user_id, maker.user_id):
        stream = listen(guest, last_event_id=place)
        assert replayed(stream, maker, channel) == []
        # So the client knows that it may have missed something.
        assert [comment.text for comment in stream.comments].count("replay unavailable") == 1


def test_a_channel_that_was_left_shows_only_that(channel, maker, guest, listen):
    """4: "that one can see now": what was said before and after one left does not come, the leaving does."""
    place = maker.say(channel)["messageId"]
    maker.say(channel, "before")
    maker.rename(channel, channel_name("renamed"))
    guest.leave(channel)
    maker.say(channel, "after")
    own = guest.make_channel()["channelId"]
    events = replayed(listen(guest, last_event_id=place), guest, own)
    assert [(event.name, event.id, event.data if event.name == "channel-leave" else None) for event in events] == [
        ("channel-leave", channel, {"channelId": channel}), ("channel-join", own, None),
    ]  # fmt: skip


def test_who_was_removed_meanwhile_is_told_only_that(channel, maker, guest, listen):
    """4: channel-remove, and nothing else of that channel."""
    place = maker.say(channel)["messageId"]
    maker.say(channel, "before")
    nothing(maker.channel_users_remove(guest.user_id, channelId=channel))
    maker.say(channel, "after")
    own = guest.make_channel()["channelId"]
    events = replayed(listen(guest, last_event_id=place), guest, own)
    assert [(event.name, event.id) for event in events] == [("channel-remove", channel), ("channel-join", own)]


def test_a_channel_that_was_deleted_meanwhile_shows_only_that(channel, maker, guest, listen):
    """A channel deleted through Chat is told as channel-remove."""
    place = maker.say(channel)["messageId"]
    maker.say(channel, "before")
    chat_side(maker).remove(f"/channels/{channel}")
    own = guest.make_channel()["channelId"]
    events = replayed(listen(guest, last_event_id=place), guest, own)
    assert [(event.name, event.id) for event in events] == [("channel-remove", channel), ("channel-join", own)]


def test_what_happens_to_others_is_not_replayed(channel, maker, guest, listen):
    """4: joins, leavings and removals are told to whom they concern."""
    other = newcomer(maker.server, "other")
    place = maker.say(channel)["messageId"]
    for _ in range(2):
        other.join(channel)
        nothing(maker.channel_users_remove(other.user_id, channelId=channel))
    other.join(channel)
    other.leave(channel)
    other.make_channel()
    maker.invite(channel, other)
    assert replayed(listen(guest, last_event_id=place), maker, channel) == []


def test_messages_of_other_servers_are_not_replayed(server, listen):
    """The stream tells of the home space alone; a message of another server is a message, and so a place."""
    speaker, account = register(server), register(server)
    hearer = from_chat(account).log_in()
    own = hearer.make_channel()["channelId"]
    room = account.join(speaker.invite(speaker.create_server()["server_id"]))["channels"][0]["channel_id"]
    place = speaker.say(room, "one")["message_id"]
    speaker.say(room, "two")
    speaker.say(speaker.direct_channel(account)["channel_id"], "three")
    mine = hearer.say(own, "four")["messageId"]
    assert ids(replayed(listen(hearer, last_event_id=place), hearer, own)) == [mine]


@pytest.mark.linux
def test_a_place_that_has_fallen_out_of_the_log_is_said_to_be_lost(new_server, engine, listen, tmp_path):
    """"If the log does not reach back: a comment `:replay unavailable`"; DESIGN.md 6: "retention: by age (7 days)"."""
    clock = SteppedClock(tmp_path)
    server = new_server(engine, environment=clock.environment)
    maker = newcomer(server)
    channel = maker.make_channel()["channelId"]
    old = maker.say(channel, "old")["messageId"]
    maker.say(channel, "missed")
    clock.step(8 * 86_400)
    server.restart()
    deadline = time.monotonic() + 10
    while "Old events forgotten" not in server.log and time.monotonic() < deadline:
        time.sleep(0.05)
    moved(maker)
    maker.log_in()
    stream = listen(maker, last_event_id=old)
    frame = stream.receive()
    if frame.text == "roost":
        frame = stream.receive()
    assert isinstance(frame, Comment) and frame.text == "replay unavailable"
    recent = maker.say(channel, "recent")
    stream.expect_message(recent)
    missed = maker.say(channel, "missed as well")
    stream = listen(maker, last_event_id=recent["messageId"])
    stream.expect_message(missed)
    assert "replay unavailable" not in [comment.text for comment in stream.comments]


# Much of it


def test_a_long_absence_is_replayed_whole(channel, maker, guest, listen):
    """4: everything, however many."""
    place = maker.say(channel)["messageId"]
    posted = [maker.say(channel, str(number))["messageId"] for number in range(600)]
    stream = listen(guest, last_event_id=place)
    assert [data["messageId"] for data in stream.expect_messages(600)] == posted
    assert replayed(stream, maker, channel) == []


@pytest.mark.timeout(120)
def test_more_than_the_server_queues_for_one_reader_is_replayed_whole(channel, maker, guest, listen):
    """DESIGN.md 1.5: the queue has a limit, which what was missed must not run into: it is sent as it is read."""
    place = maker.say(channel)["messageId"]
    posted = [maker.say(channel, str(number) + "\U0001f99c" * 8_000)["messageId"] for number in range(150)]
    stream = listen(guest, last_event_id=place, receive_buffer=16_384)
    for number, message in enumerate(posted):
        # A reader on a thin line: always behind, never at a standstill.
        time.sleep(0.01)
        assert stream.expect("channel-message").id == message, f"message {number}"
    assert replayed(stream, maker, channel) == []


@pytest.mark.timeout(120)
def test_a_replay_ends_with_its_session(channel, maker, guest, listen):
    """1.2: "logout ends only this session", and with it a stream that is far behind with what was missed."""
    place = maker.say(channel)["messageId"]
    for number in range(300):
        maker.say(channel, str(number) + "\U0001f99c" * 8_000)
    stream, other = listen(guest, last_event_id=place, receive_buffer=16_384), listen(guest.another_browser())
    stream.expect("channel-message")
    nothing(guest.user_logout())
    received = 0
    with pytest.raises(StreamEnded):
        while True:
            time.sleep(0.01)
            stream.expect("channel-message")
            received += 1
    # What was on its way still comes: the queue, and what the systems hold.
    assert received < 290
    other.expect_message(maker.say(channel, "afterwards"))


def test_a_replay_while_messages_arrive_leaves_no_gap(channel, maker, guest, listen):
    """What was missed and what is happening meet without a gap and without a copy."""
    place = maker.say(channel)["messageId"]
    posted = [maker.say(channel, f"missed {number}")["messageId"] for number in range(300)]
    going = threading.Event()

    def write():
        while not going.is_set():
            posted.append(maker.say(channel, f"live {len(posted)}")["messageId"])

    writer = threading.Thread(target=write)
    writer.start()
    try:
        streams = [listen(guest, last_event_id=place) for _ in range(3)]
        received = [[data["messageId"] for data in stream.expect_messages(330)] for stream in streams]
    finally:
        going.set()
        writer.join(20)
    for stream, got in zip(streams, received):
        got += [data["messageId"] for data in stream.expect_messages(len(posted) - len(got))]
        assert got == posted


@pytest.mark.timeout(180)
@pytest.mark.parametrize("place", [None, 7], ids=["no place", "no message"])
def test_what_happens_once_the_stream_is_open_comes(server, listen, place):
    """What is said after the head has been read is in the stream, also when nothing is replayed: who reads the history then misses nothing."""
    missed = []

    def open_and_say(person):
        channel = person.make_channel()["channelId"]
        for number in range(120):
            stream = listen(person, last_event_id=place)
            message = person.say(channel)
            try:
                stream.expect_message(message, 5)
            except TimeoutError:
                missed.append((person.username, number))
            stream.abort()

    threads = [threading.Thread(target=open_and_say, args=[newcomer(server)]) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(150)
    assert missed == []


# Breaks and sudden ends


class Writer(threading.Thread):
    """Posts numbered messages until told to stop, also over restarts; a number that was not acknowledged is never used again."""

    def __init__(self, person, channel, name):
        super().__init__()
        self.person, self.channel, self.name_of_messages = person, channel, name
        self.token = person.token
        self.acknowledged = []
        self.ending = threading.Event()
        self.failure = None

    def run(self):
        number = 0
        with httpx.Client(timeout=5, trust_env=False) as client:
            while not self.ending.is_set():
                number += 1
                try:
                    self._post(client, f"{self.name_of_messages} {number}")
                except httpx.TransportError:
                    time.sleep(0.02)
                except Exception as error:  # told by the test, which waits for all
                    self.failure = repr(error)
                    return

    def _post(self, client, content):
        answer = client.post(
            f"{self.person.server.url}/api/channel/messages/create", headers={"Authorization": f"Bearer {self.token}"},
            json={"channelId": self.channel, "type": "text", "content": content},
        )  # fmt: skip
        assert answer.status_code in (201, 503), answer.text
        if answer.status_code == 201:
            self.acknowledged.append(answer.json()["messageId"])


class Listener(threading.Thread):
    """Follows a stream until the message `last` has come, and comes back after each break at the last message it has seen."""

    def __init__(self, listen, person, place, last):
        super().__init__()
        self.listen, self.person, self.place, self.last = listen, person, place, last
        self.received = []
        self.breaks = 0
        self.failure = None
        self.stream = None
        self.giving_up = threading.Event()

    def run(self):
        while not self.giving_up.is_set():
            try:
                self._follow()
                return
            except (OSError, StreamEnded):
                self.breaks += 1
                time.sleep(0.02)
            except Exception as error:  # told by the test, which waits for all
                # A server that is killed breaks off anywhere, also in the head.
                if not any(words in repr(error) for words in ("broke off", "ended in the head", "ended within a frame")):
                    self.failure = repr(error)
                    return
                self.breaks += 1

    def _follow(self):
        self.stream = self.listen(self.person, last_event_id=self.place)
        while not self.giving_up.is_set():
            try:
                event = self.stream.next_event(0.5)
            except TimeoutError:
                continue
            assert event.name == "channel-message", f"unexpected {event}"
            self.received.append((event.data["channelId"], event.id))
            self.place = event.id
            if event.data["content"] == self.last:
                return


def whole_history(person, channel):
    """All messages of a channel, oldest first."""
    messages, bound = [], {}
    while page := person.history(channel, **bound):
        messages += page
        bound = {"lastMessage": page[-1]["messageId"]}
    return messages[::-1]


def check_exactly_once(server, listen, breaking, *, rounds):
    """Writers and listeners run while `breaking` breaks what it breaks, round after round; then each listener has seen the history."""
    moved(host(server))
    maker = newcomer(server, "maker")
    channels = [maker.make_channel()["channelId"] for _ in range(3)]
    people = [newcomer(server, f"p{number}") for number in range(3)]
    for person in people:
        for channel in channels:
            person.join(channel)
    place = maker.say(channels[0], "the first")["messageId"]
    writers = [Writer(people[number % 3], channels[number % 3], f"w{number}") for number in range(4)]
    listeners = [Listener(listen, person, place, "the last") for person in people]
    try:
        for thread in (*writers, *listeners):
            thread.start()
        for _ in range(rounds):
            time.sleep(0.5)
            breaking(listeners)
        time.sleep(0.3)
        for writer in writers:
            writer.ending.set()
            writer.join(20)
        moved(maker, *people)
        maker.say(channels[0], "the last")
        for listener in listeners:
            listener.join(30)
            assert not listener.is_alive() and not listener.failure, listener.failure
    finally:
        for writer in writers:
            writer.ending.set()
        for listener in listeners:
            listener.giving_up.set()
    assert not [writer.failure for writer in writers if writer.failure]
    assert sum(len(writer.acknowledged) for writer in writers) > rounds, "something was written"
    for channel in channels:
        there = [message["messageId"] for message in whole_history(maker, channel) if message["type"] == "text" and message["messageId"] > place]
        for writer in writers:
            assert writer.channel != channel or set(writer.acknowledged) <= set(there), "what was acknowledged is there"
        for listener in listeners:
            assert [message for where, message in listener.received if where == channel] == there
    assert all(listener.breaks >= rounds // 2 for listener in listeners), [listener.breaks for listener in listeners]


def test_nothing_is_lost_or_doubled_when_lines_break(server, listen):
    """4: exactly once, in order, over any number of breaks while others write."""
    def break_lines(listeners):
        for listener in listeners:
            if listener.stream:
                listener.stream.break_off()

    check_exactly_once(server, listen, break_lines, rounds=10)


@pytest.mark.timeout(180)
def test_nothing_is_lost_or_doubled_when_the_server_is_killed(mortal, listen):
    """The decision at the top: "replay ... from the event log", which is on disk: over sudden ends as well."""
    check_exactly_once(mortal, listen, lambda _: mortal.restart(), rounds=6)


def test_what_was_missed_comes_after_a_sudden_end(mortal, listen):
    """The place of a client outlives the server."""
    moved(host(mortal))
    maker = newcomer(mortal)
    channel = maker.make_channel()["channelId"]
    stream = listen(maker)
    stream.expect_message(maker.say(channel, "seen"))
    missed = [maker.say(channel, "missed before the end")]
    stream.abort()
    mortal.restart()
    moved(maker, host(mortal))
    missed.append(maker.say(channel, "missed after the start"))
    name = channel_name("renamed")
    maker.rename(channel, name)
    second = listen.come_back(stream)
    for message in missed:
        second.expect_message(message)
    assert second.expect("channel-rename").data == {"channelId": channel, "channelName": name}
    second.expect_message(maker.history(channel)[0])
    second.expect_message(maker.say(channel, "live"))
