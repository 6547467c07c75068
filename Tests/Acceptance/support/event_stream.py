"""A client of event streams on a bare socket, which takes every byte for what it is (contracts/dawchat.md 4)."""

import contextlib
import json
import re
import socket
import time
from dataclasses import dataclass
from urllib.parse import urlencode

#: What a stream may tell; `user-invite` is ours.
EVENTS = ("channel-message", "channel-rename", "channel-join", "channel-leave", "channel-remove", "user-invite")


@dataclass(frozen=True)
class Event:
    """One frame of id, event and data. `fields` are the names of its lines in their order, `at` is when its last byte came."""

    id: int | None
    name: str
    data: dict
    fields: tuple
    at: float


@dataclass(frozen=True)
class Comment:
    """A line that begins with a colon."""

    text: str
    at: float


class StreamEnded(Exception):
    """The server has ended the stream, between two frames."""


class StreamRefused(Exception):
    """The answer was not 200; the head and the body are on the stream."""


class EventStream:
    """One request and what comes back for as long as it is open.

    Strict: lines end with LF alone, a frame is `id`, `event`, `data` in this order, a blank line ends it, comments stand between frames,
    data is one line of JSON, events are those of the contract.

    - `token`: instead of the session of `person`; `""` sends none. `bearer` sends it as a Bearer token.
    - `last_event_id` is sent as the header, what `query` names in the address.
    - `receive_buffer`: the bytes that the system takes for a reader who does not read; small for a slow one.
    """

    def __init__(
        self, person, *, path="/api/user/listener", token=None, bearer=False, last_event_id=None, query=None, receive_buffer=None, timeout=10,
    ):  # fmt: skip
        self.person = person
        self.comments = []
        self.retry = None
        self.last_id = None
        self._pending = b""
        self._fields = []
        self._ended = None
        self._connection = self._connect(person.server.port, receive_buffer)
        self._ask(path, person.token if token is None else token, bearer, last_event_id, query)
        self._read_head(time.monotonic() + timeout)

    # Opening

    @staticmethod
    def _connect(port, receive_buffer):
        connection = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        connection.settimeout(10)
        if receive_buffer:
            # It counts for the window only when it is set before the connection is there.
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        connection.connect(("127.0.0.1", port))
        return connection

    def _ask(self, path, token, bearer, last_event_id, query):
        lines = [f"GET {path}{'?' + urlencode(query) if query else ''} HTTP/1.1", "Host: roost", "Accept: text/event-stream"]
        if token:
            lines.append(f"Authorization: Bearer {token}" if bearer else f"Cookie: t={token}")
        if last_event_id is not None:
            lines.append(f"Last-Event-ID: {last_event_id}")
        self._connection.sendall("\r\n".join([*lines, "", ""]).encode())

    def _read_head(self, deadline):
        while b"\r\n\r\n" not in self._pending:
            if not self._read(deadline):
                raise AssertionError(f"the connection ended in the head: {self._pending!r}")
        head, _, self._pending = self._pending.partition(b"\r\n\r\n")
        status, *fields = head.decode().split("\r\n")
        self.status = int(re.fullmatch(r"HTTP/1\.1 (\d{3}) .*", status)[1])
        self.headers = [(name.lower(), value.strip()) for name, _, value in (field.partition(":") for field in fields)]
        if self.status != 200:
            length = int(self.header("content-length"))
            while len(self._pending) < length and self._read(deadline):
                pass
            self.body = self._pending[:length]
            self.abort()
            raise StreamRefused(self)

    def header(self, name):
        """The value of the only field of this name, or None."""
        values = [value for other, value in self.headers if other == name]
        assert len(values) <= 1, f"{name} is there more than once: {values}"
        return values[0] if values else None

    # Bytes

    def _read(self, deadline):
        """Reads something more; false at the end of the connection. Raises TimeoutError at the deadline."""
        if self._ended:
            return False
        self._connection.settimeout(max(0.001, deadline - time.monotonic()))
        try:
            data = self._connection.recv(65536)
        except (ConnectionResetError, BrokenPipeError) as error:
            self._ended = repr(error)
            return False
        if not data:
            self._ended = "closed"
            return False
        self._pending += data
        return True

    def first_bytes(self, count, timeout=5):
        """The bytes right after the head; nothing must have been received yet."""
        deadline = time.monotonic() + timeout
        while len(self._pending) < count and self._read(deadline):
            pass
        return self._pending[:count]

    # Frames

    def receive(self, timeout=10):
        """The next event or comment. Raises TimeoutError, or StreamEnded."""
        deadline = time.monotonic() + timeout
        while True:
            while b"\n" not in self._pending:
                if not self._read(deadline):
                    self._check_end()
                    raise StreamEnded(self._ended)
            line, _, self._pending = self._pending.partition(b"\n")
            if (frame := self._take(line.decode())) is not None:
                return frame

    def _check_end(self):
        assert self._ended == "closed", f"the connection broke off: {self._ended}"
        assert not self._pending and not self._fields, f"the stream ended within a frame: {self._fields} {self._pending!r}"

    def _take(self, line):
        """What this line completes, if anything."""
        assert "\r" not in line, f"a line ends with LF alone: {line!r}"
        if line == "":
            return self._complete()
        name, colon, value = line.partition(":")
        assert colon, f"a line without a colon: {line!r}"
        if name == "":
            assert not self._fields, f"a comment within a frame: {line!r} after {self._fields}"
            comment = Comment(value, time.monotonic())
            self.comments.append(comment)
            return comment
        assert name in ("id", "event", "data", "retry"), f"the contract knows no {line!r}"
        self._fields.append((name, value.removeprefix(" ")))
        return None

    def _complete(self):
        fields, self._fields = dict(self._fields), []
        names = tuple(fields)
        if names in ((), ("retry",)):
            self.retry = int(fields["retry"]) if fields else self.retry
            return None
        assert names in (("id", "event", "data"), ("event", "data")), f"lines out of order: {names}"
        assert fields["event"] in EVENTS, f"the contract knows no {fields}"
        assert re.fullmatch(r"[1-9]\d*", fields.get("id", "1")), f"{fields['id']!r} is no id"
        event = Event(int(fields["id"]) if "id" in fields else None, fields["event"], json.loads(fields["data"]), names, time.monotonic())
        if event.name == "channel-message":
            self.last_id = event.id
        return event

    # What tests wait for

    def next_event(self, timeout=10):
        """The next event, whatever it is; comments may come before."""
        deadline = time.monotonic() + timeout
        while True:
            frame = self.receive(max(0.001, deadline - time.monotonic()))
            if isinstance(frame, Event):
                return frame

    def expect(self, name, timeout=10):
        """The next event, which must be this one."""
        event = self.next_event(timeout)
        assert event.name == name, f"expected {name}, got {event}"
        return event

    def expect_message(self, message, timeout=10):
        """The next event, which must tell of this message."""
        event = self.expect("channel-message", timeout)
        assert event.data["messageId"] == message["messageId"], f"expected {message}, got {event}"
        return event

    def expect_messages(self, count, timeout=30):
        """The next `count` events, all channel-message: their data."""
        deadline = time.monotonic() + timeout
        return [self.expect("channel-message", max(0.001, deadline - time.monotonic())).data for _ in range(count)]

    def events_until(self, message, timeout=20):
        """The events before the one of this message, which is the marker."""
        deadline = time.monotonic() + timeout
        found = []
        while True:
            event = self.next_event(max(0.001, deadline - time.monotonic()))
            if event.name == "channel-message" and event.id == message["messageId"]:
                return found
            found.append(event)

    def expect_nothing(self, seconds=0.4):
        """No event comes for a moment, and the stream goes on."""
        try:
            raise AssertionError(f"unexpected {self.next_event(seconds)}")
        except TimeoutError:
            pass

    def expect_end(self, timeout=10):
        """The server ends the stream, between two frames: the events that came before."""
        deadline = time.monotonic() + timeout
        found = []
        try:
            while True:
                found.append(self.next_event(max(0.001, deadline - time.monotonic())))
        except StreamEnded:
            return found
        except TimeoutError:
            raise AssertionError(f"the stream was not ended within {timeout} s") from None

    def messages_until_cut(self, timeout=20):
        """What a reader whom the server has cut still gets from the system: the ids of the messages. The cut may be anywhere."""
        deadline = time.monotonic() + timeout
        found = []
        try:
            while True:
                found.append(self.expect("channel-message", max(0.001, deadline - time.monotonic())).id)
        except (StreamEnded, AssertionError):
            assert self._ended, "something else than a message came"
            return found
        except TimeoutError:
            raise AssertionError(f"not cut: {len(found)} messages came, and the connection is still there") from None

    def send(self, data):
        """Bytes that nobody asked for."""
        self._connection.sendall(data)

    # Ending

    def abort(self):
        """The line breaks, and nobody reads any more."""
        self._connection.close()

    def break_off(self):
        """The line breaks for whoever is reading, in another thread."""
        with contextlib.suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)


class StreamFactory:
    """Opens streams and ends them with the test."""

    def __init__(self):
        self.opened = []

    def __call__(self, person, **how):
        """An open stream of this person; everything that happens from now on comes."""
        stream = EventStream(person, **how)
        self.opened.append(stream)
        return stream

    def come_back(self, stream, **how):
        """A new stream of the same person, after the last message that was told on the former one."""
        return self(stream.person, last_event_id=stream.last_id, **how)

    def end(self):
        for stream in self.opened:
            stream.abort()
