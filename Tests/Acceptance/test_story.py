"""Two people from the first start of a server to its sudden end and after (contracts/chat.md, all of it; configuration.md)."""

import threading
import time

import httpx
import pytest

from support.api import Account, Api, PASSWORD, assert_error, unique
from support.gateway import CHANNEL_CREATE, MESSAGE_CREATE, RESUMED, SERVER_MEMBER_ADD

pytestmark = pytest.mark.alone


class Writer(threading.Thread):
    """Writes messages until the server is gone, each with a nonce; remembers what was acknowledged and what was under way."""

    def __init__(self, account, channel):
        super().__init__()
        self.account, self.channel = account, channel
        self.acknowledged = []
        self.under_way = None
        self.failure = None

    def body(self):
        number = len(self.acknowledged)
        return {"content": f"{self.account.username} {number}", "nonce": f"n{number}"}

    def run(self):
        while True:
            self.under_way = self.body()
            try:
                response = self.account.post(f"/channels/{self.channel}/messages", self.under_way)
            except (httpx.TransportError, RuntimeError):
                return
            if response.status_code != 201:
                self.failure = response.text
                return
            self.acknowledged.append(response.json()["message_id"])


def whole_history(account, channel):
    """All messages, oldest first, read in pages."""
    messages, query = [], {}
    while page := account.history(channel, limit=100, **query):
        messages += page
        query = {"before": page[-1]["message_id"]}
    return messages[::-1]


def missed(socket):
    """The ids of the messages of a replay, up to RESUMED."""
    ids = []
    while (frame := socket.receive())["op"] != RESUMED:
        assert frame["op"] == MESSAGE_CREATE
        ids.append(frame["d"]["message_id"])
    assert frame["d"]["replayed"] == len(ids)
    return ids


def test_a_community_survives_a_sudden_end(new_server, engine, gateway):
    """The whole story: setup code, accounts, a server, an invite, channels, messages live, SIGKILL in full flow, and everything goes on.

    DESIGN.md 5: "an acknowledged write has been fsynced"; contracts/chat.md 3.4: "The answer is sent after the message is durable";
    4.6: resume across restarts; 3.4: a message sent again with its nonce is there once.
    """
    server = new_server(engine)

    # The first start has a setup code; whoever registers with it is the administrator.
    answer = Api(server).post("/auth/register", {"username": unique("robin"), "password": PASSWORD, "setup_code": server.setup_code})
    assert answer.status_code == 201, answer.text
    robin = Account(server, answer.json(), PASSWORD)
    wren = Account(server, Api(server).post("/auth/register", {"username": unique("wren"), "password": PASSWORD}).json(), PASSWORD)

    # Both are connected before anything exists; all that happens reaches them live.
    robin_socket, wren_socket = gateway(robin), gateway(wren)
    nest = robin.create_server("Nest")
    robin_socket.expect(SERVER_MEMBER_ADD)
    assert_error(wren.get(f"/servers/{nest['server_id']}"), 403, 50001, "missing_access")
    wren.join(robin.invite(nest["server_id"]))
    assert robin_socket.expect(SERVER_MEMBER_ADD)["d"]["username"] == wren.username
    assert wren_socket.expect(SERVER_MEMBER_ADD)["d"]["server"]["name"] == "Nest"
    channel = robin.create_channel(nest["server_id"], "songs")["channel_id"]
    for socket in (robin_socket, wren_socket):
        assert socket.expect(CHANNEL_CREATE)["d"]["channel_id"] == channel
    wren.say(channel, "Hello!")
    for socket in (robin_socket, wren_socket):
        assert socket.expect_messages(1)[0]["content"] == "Hello!"

    # Both write as fast as they can, and in the middle of it the server is killed.
    writers = [Writer(account, channel) for account in (robin, wren)]
    for writer in writers:
        writer.start()
    received = []
    deadline = time.monotonic() + 1.5
    while time.monotonic() < deadline:
        received.append(wren_socket.expect(MESSAGE_CREATE))
    seen = wren_socket.last_s
    wren_socket.abort()
    server.process.kill()
    for writer in writers:
        writer.join(30)
        assert writer.failure is None and len(writer.acknowledged) > 5
    server.restart()
    assert server.setup_code is None

    # Everything acknowledged is there, once and in order; at most the message under way is there besides.
    messages = whole_history(robin, channel)
    ids = [message["message_id"] for message in messages]
    assert ids == sorted(set(ids), key=int)
    for writer in writers:
        own = [message for message in messages if message["author"]["user_id"] == writer.account.user_id and message["content"] != "Hello!"]
        assert [message["message_id"] for message in own][: len(writer.acknowledged)] == writer.acknowledged
        assert len(own) - len(writer.acknowledged) in (0, 1)
        assert [message["content"] for message in own] == [f"{writer.account.username} {number}" for number in range(len(own))]

    # The client does not know what became of the message under way: with its nonce it may send it again.
    for writer in writers:
        again = writer.account.post(f"/channels/{channel}/messages", writer.under_way)
        stood_there = writer.under_way["content"] in [message["content"] for message in messages]
        assert again.status_code == (200 if stood_there else 201)

    # Wren comes back where the line broke: nothing is missing, nothing comes twice.
    wren_socket = gateway.resume(wren, wren_socket.session_id, seen)
    rest = missed(wren_socket)
    whole = [message["message_id"] for message in whole_history(robin, channel)]
    assert whole[1:] == [frame["d"]["message_id"] for frame in received] + rest
    last = robin.say(channel, "Still here.")
    assert wren_socket.expect_messages(1) == [last]
    assert server.stop() == 0
