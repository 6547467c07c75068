"""Losing sight in the middle of much that happens: nothing comes after the end, and nobody else misses anything (contracts/chat.md 4.7, 5.4)."""

import threading

import pytest

from support.api import message_path, register
from support.gateway import CHANNEL_CREATE, MESSAGE_CREATE, MESSAGE_DELETE, MESSAGE_UPDATE, RESUMED, SERVER_MEMBER_ADD, SERVER_MEMBER_REMOVE

#: Rounds of each writer before and after the loss: enough that several are under way when it happens.
ROUNDS = 6


class Burst:
    """A server in which three people write, edit, remove and change channels at the same time, each on connections of his own."""

    def __init__(self, server):
        self.owner, self.admin, self.member, self.leaver = (register(server, name) for name in ("owner", "admin", "member", "leaver"))
        nest = self.owner.create_server()
        self.server, self.room = nest["server_id"], nest["channels"][0]["channel_id"]
        for account in (self.admin, self.member, self.leaver):
            self.owner.add(self.server, account)
        self.owner.change(f"/servers/{self.server}/members/{self.admin.user_id}", role="admin")
        self.channels = {account.user_id: self.owner.create_channel(self.server)["channel_id"] for account in (self.owner, self.admin)}
        self.leavers_path = f"/servers/{self.server}/members/{self.leaver.user_id}"
        self.corner = self.leaver.corner()
        self.done = threading.Event()
        self.lost = threading.Barrier(4)
        self.failures = []

    def run(self, loss):
        """The writers run; `loss` happens in the middle of it."""
        writers = [threading.Thread(target=self._guarded, args=(account,)) for account in (self.owner, self.admin, self.member)]
        for writer in writers:
            writer.start()
        self.lost.wait(20)
        loss(self)
        for writer in writers:
            writer.join(30)
            assert not writer.is_alive()
        assert not self.failures, self.failures

    def _guarded(self, account):
        try:
            for number in range(2 * ROUNDS):
                if number == ROUNDS:
                    self.lost.wait(20)
                self._round(account, number)
        except Exception as failure:  # told by the thread of the test
            self.failures.append(repr(failure))
            self.lost.abort()

    def _round(self, account, number):
        first, second = (self._do(account, "POST", f"/channels/{self.room}/messages", {"content": f"{number}"}) for _ in range(2))
        if first and second:
            self._do(account, "PATCH", message_path(first), {"content": "edited"})
            self._do(account, "DELETE", message_path(second))
        own = self.channels.get(account.user_id)
        if own:
            self._do(account, "PATCH", f"/channels/{own}", {"topic": f"{number}"})
            self._do(account, "POST", f"/channels/{own}/messages", {"content": f"{number}"})
            made = self._do(account, "POST", f"/servers/{self.server}/channels", {"name": f"of {number}"})
            if made and number % 2:
                self._do(account, "DELETE", f"/channels/{made['channel_id']}")

    def _do(self, account, method, path, body=None):
        """A request that succeeds, or finds that the server is deleted: then None."""
        response = account.api.request(method, path, **({"json": body} if body else {}))
        assert response.status_code in (200, 201, 204, 404), f"{response.status_code} {response.text}"
        return response.json() if response.status_code in (200, 201) else None


#: Requests of one writer and round, and what they are told as; the owner and the admin have channels of their own.
TOLD_OF_MESSAGES = {MESSAGE_CREATE: 2 * 3 + 2, MESSAGE_UPDATE: 3, MESSAGE_DELETE: 3, CHANNEL_CREATE: 2}

LOSSES = {
    "kicked": lambda burst: burst.owner.remove(burst.leavers_path),
    "left": lambda burst: burst.leaver.remove(burst.leavers_path),
    "server_deleted": lambda burst: burst.owner.remove(f"/servers/{burst.server}"),
}


def without_removals(frames):
    """What both see the same of: the removal itself is told to the one who goes in his own place of the log."""
    return [frame for frame in frames if frame["op"] != SERVER_MEMBER_REMOVE]


def of_server(frames, server):
    return [frame for frame in frames if frame["d"].get("server_id") == server]


@pytest.mark.parametrize("reason", LOSSES)
def test_nothing_of_a_server_comes_after_one_has_lost_it(server, gateway, reason):
    """5.4: "After it he gets no further events of that server"; until then he has all that the others have, in the same order."""
    burst = Burst(server)
    leaving = [gateway(burst.leaver) for _ in range(3)]
    stays = burst.member.corner()
    staying = [gateway(burst.member) for _ in range(3)]
    burst.run(LOSSES[reason])
    marker, last = burst.leaver.say(burst.corner, "marker"), burst.member.say(stays, "marker")
    told = [socket.events_until(last) for socket in staying]
    assert told[0] == told[1] == told[2], "all sockets have the same, in the same order"
    for socket in leaving:
        frames = socket.events_until(marker)
        ends = [at for at, frame in enumerate(frames) if frame["op"] == SERVER_MEMBER_REMOVE]
        assert ends == [len(frames) - 1], "his removal comes once, and nothing comes after it"
        end = frames[-1]
        assert (end["d"]["user_id"], end["d"]["server_id"], end["d"]["reason"]) == (burst.leaver.user_id, burst.server, reason)
        before = [frame for frame in told[0] if frame["s"] < end["s"]]
        assert without_removals(frames) == without_removals(before), "until then he has what the others have"
    removals = [frame["d"] for frame in told[0] if frame["op"] == SERVER_MEMBER_REMOVE]
    about = burst.member if reason == "server_deleted" else burst.leaver
    assert [(removal["user_id"], removal["reason"]) for removal in removals] == [(about.user_id, reason)]
    if reason == "server_deleted":
        assert told[0][-1]["op"] == SERVER_MEMBER_REMOVE
    else:
        # Nothing is missing and nothing came twice: as many events as there were changes.
        for operation, each_round in TOLD_OF_MESSAGES.items():
            assert sum(frame["op"] == operation for frame in told[0]) == each_round * 2 * ROUNDS, operation
        history = burst.member.history(burst.room, limit=100)
        removed = {frame["d"]["message_id"] for frame in told[0] if frame["op"] == MESSAGE_DELETE}
        made = [frame["d"]["message_id"] for frame in told[0] if frame["op"] == MESSAGE_CREATE and frame["d"]["channel_id"] == burst.room]
        assert [message["message_id"] for message in history] == [message for message in reversed(made) if message not in removed]


@pytest.mark.parametrize("reason", LOSSES)
def test_nothing_of_a_server_is_read_after_one_has_lost_it(server, reason):
    """1.1: "403 missing_access"; 404 when it is gone: from the answer to the loss on, however busy the server is."""
    burst = Burst(server)
    message = burst.owner.say(burst.room, "early")
    paths = [f"/servers/{burst.server}", f"/channels/{burst.room}", f"/channels/{burst.room}/messages", message_path(message)]
    lost, answers, late = threading.Event(), [], []

    def read():
        while len(late) < 8:
            is_late = lost.is_set()
            for path in paths:
                (late if is_late else answers).append(burst.leaver.get(path).status_code)

    def lose(burst):
        LOSSES[reason](burst)
        lost.set()

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    try:
        burst.run(lose)
    finally:
        lost.set()
        for reader in readers:
            reader.join(20)
    refused = 404 if reason == "server_deleted" else 403
    assert 200 in answers and set(answers) <= {200, refused}
    assert set(late) == {refused}


@pytest.mark.parametrize("reason", LOSSES)
def test_who_loses_a_server_while_coming_back_gets_nothing_after_that(server, gateway, reason):
    """4.6 and 5.4: the replay of much that was missed, and the loss in the middle of it."""
    burst = Burst(server)
    first = gateway(burst.leaver)
    first.abort()
    missed = [burst.owner.say(burst.room, str(number))["message_id"] for number in range(250)]
    gate = threading.Barrier(2)

    def lose():
        gate.wait(20)
        LOSSES[reason](burst)

    loser = threading.Thread(target=lose)
    loser.start()
    gate.wait(20)
    socket = gateway.resume(burst.leaver, first.session_id, first.last_s)
    loser.join(20)
    burst.owner.post(f"/channels/{burst.room}/messages", {"content": "without him"})
    marker = burst.leaver.say(burst.corner, "marker")
    frames = [frame for frame in socket.events_until(marker) if frame["op"] != RESUMED]
    removals = [at for at, frame in enumerate(frames) if frame["op"] == SERVER_MEMBER_REMOVE]
    assert removals == [len(frames) - 1], "his removal comes once, and nothing comes after it"
    got = [frame["d"]["message_id"] for frame in frames if frame["op"] == MESSAGE_CREATE]
    assert got == missed[: len(got)], "what he was still told is in order and without a gap"


def test_who_goes_and_returns_again_and_again_never_hears_of_the_time_between(server, gateway):
    """5.4 and 4.7: on every socket, 30 and 31 take turns, and the server is told of only between a 30 and the next 31."""
    burst = Burst(server)
    sockets = [gateway(burst.leaver) for _ in range(3)]
    code = burst.owner.invite(burst.server)

    def come_and_go(burst):
        for _ in range(6):
            burst.owner.remove(burst.leavers_path)
            burst.leaver.join(code)

    burst.run(come_and_go)
    marker = burst.leaver.say(burst.corner, "marker")
    seen = [socket.events_until(marker) for socket in sockets]
    assert seen[0] == seen[1] == seen[2]
    is_inside, turns = True, 0
    for frame in of_server(seen[0], burst.server):
        if frame["op"] in (SERVER_MEMBER_ADD, SERVER_MEMBER_REMOVE) and frame["d"]["user_id"] == burst.leaver.user_id:
            assert is_inside == (frame["op"] == SERVER_MEMBER_REMOVE), "coming and going take turns"
            is_inside, turns = not is_inside, turns + 1
        else:
            assert is_inside, f"told while away: {frame}"
    assert turns == 12


def test_a_dm_stays_between_two_however_busy_both_are(server, gateway):
    """3.6: "only the two participants have access": what they say there comes to no member of their common server."""
    burst = Burst(server)
    stays = burst.member.corner()
    mine, others = gateway(burst.leaver), gateway(burst.member)
    said = []

    def whisper(burst):
        channel = burst.owner.direct_channel(burst.leaver)["channel_id"]
        said.extend(burst.owner.say(channel, f"psst {number}") for number in range(10))

    burst.run(whisper)
    channel = said[0]["channel_id"]
    told = mine.events_until(burst.leaver.say(burst.corner, "marker"))
    assert [frame["d"] for frame in told if frame["op"] == MESSAGE_CREATE and frame["d"]["channel_id"] == channel] == said
    assert not [frame for frame in others.events_until(burst.member.say(stays, "marker")) if frame["d"].get("channel_id") == channel]
