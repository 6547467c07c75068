"""Clients that go on whatever happens to the server, and write down what they did: one JSON object a line, for `checker.py`."""

import http.client
import json
import threading
import time

from websockets.exceptions import ConnectionClosed, InvalidHandshake

from .api import register
from .gateway import CONNECTED, FLEETING, HEARTBEAT, HELLO, MESSAGE_CREATE, RESUME, RESUMED, Gateway


class Journal:
    """A file of JSON lines."""

    def __init__(self, path):
        self.file = open(path, "w")

    def write(self, **line):
        self.file.write(json.dumps(line) + "\n")

    def close(self):
        self.file.close()


class Sender(threading.Thread):
    """Sends numbered messages to one channel. One that is not acknowledged is sent again with its nonce until it is."""

    #: What an answer may be while something is wrong: it says that the message may be sent again.
    TROUBLE = (500, 503)

    def __init__(self, server, account, channel, name, folder, ending):
        super().__init__(name=name)
        self.server, self.channel, self.ending = server, channel, ending
        self.token = account.access_token
        self.journal = Journal(folder / f"sender-{name}.jsonl")
        self.count = 0
        self.troubles = []
        self.failure = None
        self.connection = None

    def run(self):
        try:
            while not self.ending.is_set():
                self._send_until_acknowledged()
                self.count += 1
        except Exception as error:  # told by the test, which waits for all
            self.failure = repr(error)
        finally:
            self._hang_up()
            self.journal.close()

    def _send_until_acknowledged(self):
        content, nonce = f"{self.name}.{self.count}", f"{self.name}.{self.count}"
        body = json.dumps({"content": content, "nonce": nonce})
        self.journal.write(event="sent", channel=self.channel, content=content, time=time.monotonic())
        deadline = time.monotonic() + 60
        while True:
            status, answer = self._post(body)
            if status in (200, 201):
                self.journal.write(
                    event="acknowledged", channel=self.channel, content=content, message_id=answer["message_id"], time=time.monotonic()
                )
                return
            if status is not None:
                if status not in self.TROUBLE or type(answer["code"]) is not int or not answer["error"] or not answer["message"]:
                    raise AssertionError(f"{status} {answer}")
                self.troubles.append(status)
            if time.monotonic() > deadline:
                raise AssertionError(f"{content} was not acknowledged within 60 s")
            time.sleep(0.03)

    def _post(self, body):
        """The status and the answer; None when there was none."""
        try:
            if self.connection is None:
                self.connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=20)
            headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
            self.connection.request("POST", f"/api/rest/channels/{self.channel}/messages", body, headers)
            response = self.connection.getresponse()
            return response.status, json.loads(response.read())
        except (OSError, http.client.HTTPException):
            self._hang_up()
            return None, None

    def _hang_up(self):
        if self.connection:
            self.connection.close()
        self.connection = None


class Reader(threading.Thread):
    """Listens on the gateway and resumes after each loss of the line, until it has seen the message `last`."""

    LOSSES = (ConnectionClosed, InvalidHandshake, OSError, EOFError)

    def __init__(self, server, account, name, folder, last):
        super().__init__(name=name)
        self.server, self.token, self.last = server, account.access_token, last
        self.journal = Journal(folder / f"reader-{name}.jsonl")
        self.session_id = self.seen = None
        self.resumes = 0
        self.failure = None
        self.connected = threading.Event()
        self.giving_up = threading.Event()

    def run(self):
        try:
            while not self.giving_up.is_set():
                try:
                    if self._listen():
                        return
                except self.LOSSES:
                    time.sleep(0.02)
        except Exception as error:  # told by the test, which waits for all
            self.failure = repr(error)
        finally:
            self.journal.close()

    def _listen(self):
        """Whether the last message has come."""
        socket = Gateway(self.server, header=self.token if self.session_id is None else None)
        try:
            socket.expect(HELLO)
            if self.session_id is None:
                hello = socket.expect(CONNECTED)
                self.session_id, self.seen = socket.session_id, hello["s"]
                self.connected.set()
            else:
                socket.last_s = self.seen
                socket.send(RESUME, {"token": self.token, "session_id": self.session_id, "seq": self.seen})
                self.resumes += 1
            return self._follow(socket)
        finally:
            socket.abort()

    def _follow(self, socket):
        while not self.giving_up.is_set():
            try:
                frame = socket.receive(0.5)
            except TimeoutError:
                continue
            socket.frames.clear()
            if frame["op"] == MESSAGE_CREATE:
                self.seen = frame["s"]
                message = frame["d"]
                self.journal.write(
                    s=frame["s"], message_id=message["message_id"], channel=message["channel_id"], content=message["content"]
                )
                if message["content"] == self.last:
                    return True
            elif frame["op"] not in (*FLEETING, HEARTBEAT, RESUMED):
                raise AssertionError(f"unexpected {frame}")
        return False


class Traffic:
    """Senders and resuming readers on one server; begins when constructed, and `finish` checks what became of it."""

    CHANNELS = 8

    def __init__(self, server, folder, *, senders, readers=2, accounts=16):
        self.server, self.folder = server, folder
        folder.mkdir()
        self.owner = register(server, "owner")
        nest = self.owner.create_server()
        self.channels = [self.owner.create_channel(nest["server_id"], f"room{n}")["channel_id"] for n in range(self.CHANNELS)]
        code = self.owner.invite(nest["server_id"])
        people = [register(server, f"p{n}") for n in range(accounts + readers)]
        for person in people:
            person.join(code)
        self.ending = threading.Event()
        self.readers = [Reader(server, people[-1 - n], str(n), folder, "the last") for n in range(readers)]
        for reader in self.readers:
            reader.start()
        for reader in self.readers:
            assert reader.connected.wait(20), reader.failure
        self.senders = [
            Sender(server, people[n % accounts], self.channels[n % self.CHANNELS], f"s{n}", folder, self.ending) for n in range(senders)
        ]
        for sender in self.senders:
            sender.start()

    @property
    def acknowledged(self):
        return sum(sender.count for sender in self.senders)

    @property
    def troubles(self):
        """The statuses of all requests that were refused."""
        return [status for sender in self.senders for status in sender.troubles]

    def end_senders(self):
        """Lets each message under way be acknowledged, and stops."""
        self.ending.set()
        for sender in self.senders:
            sender.join(70)
        failures = [sender.failure for sender in self.senders if sender.failure]
        assert not failures, failures[:5]

    def finish(self):
        """Ends the senders, lets the readers catch up, and writes down the history as the API shows it."""
        self.end_senders()
        self.owner.say(self.channels[0], "the last")
        for reader in self.readers:
            reader.join(30)
        assert not any(reader.is_alive() or reader.failure for reader in self.readers), [reader.failure for reader in self.readers]
        journal = Journal(self.folder / "history.jsonl")
        for channel in self.channels:
            for message in self._history(channel):
                journal.write(channel=channel, message_id=message["message_id"], content=message["content"])
        journal.close()

    def give_up(self):
        """For the end of a test, whatever became of it."""
        self.ending.set()
        for reader in self.readers:
            reader.giving_up.set()
        for thread in (*self.senders, *self.readers):
            thread.join(70)

    def _history(self, channel):
        messages, query = [], {}
        while page := self.owner.history(channel, limit=100, **query):
            messages += page
            query = {"before": page[-1]["message_id"]}
        return messages[::-1]
