"""docs/api/chat-gateway.md can be relied on: its client works as it is printed, its examples are frames of this server."""

import json
import re
import subprocess
import sys
import threading
import time
from pathlib import Path

from support.api import register

GUIDE = (Path(__file__).resolve().parents[2] / "docs/api/chat-gateway.md").read_text()
ENGINES = ("sqlite",)


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)


class Client:
    """The client of the guide in a process of its own."""

    def __init__(self, folder, account):
        (program,) = blocks("python")
        (folder / "client.py").write_text(program)
        words = [sys.executable, "client.py", account.server.url, account.username, account.password]
        self.process = subprocess.Popen(words, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.lines = []
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))

    def expect(self, *lines, within=20):
        """Waits until exactly these lines have been printed."""
        deadline = time.monotonic() + within
        while self.lines != list(lines) and time.monotonic() < deadline:
            time.sleep(0.02)
        assert self.lines == list(lines)

    def end(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


def test_the_client_prints_messages_and_misses_none(engine, new_server, tmp_path):
    """The server is killed under it, and a message comes before it is back."""
    server = new_server(engine)
    robin, wren = register(server, "robin"), register(server, "wren")
    nest = robin.create_server()
    wren.join(robin.invite(nest["server_id"]))
    room = nest["channels"][0]["channel_id"]
    client = Client(tmp_path, wren)
    try:
        connected = f"connected as {wren.username}"
        client.expect(connected)
        robin.say(room, "Hello, Wren!")
        client.expect(connected, f"{robin.username}: Hello, Wren!")
        stay_at(server, server.port)
        server.restart()
        robin.say(room, "Are you still there?")
        client.expect(connected, f"{robin.username}: Hello, Wren!", f"{robin.username}: Are you still there?")
    finally:
        client.end()


def stay_at(server, port):
    """Lets a server come back at the same address."""
    command = server.command
    server.command = lambda **how: [word.replace("127.0.0.1:0", f"127.0.0.1:{port}") for word in command(**how)]


def test_every_example_is_a_frame():
    """Control frames have no `s` and `t`; logged events have both, presence and typing a name only."""
    frames = [json.loads(block) for block in blocks("json")]
    for frame in frames:
        is_from_client = frame["op"] in (40, 50) and "t" not in frame
        assert ("t" in frame) == (frame["op"] >= 10 and not is_from_client), frame
        assert ("s" in frame) == (frame["op"] >= 10 and frame["op"] not in (40, 50)), frame
    assert {frame["op"] for frame in frames} == {0, 1, 2, 3, 6, 7, 8, 9, 10, 11, 12, 13, 20, 21, 22, 30, 31, 32, 33, 40, 50}


def test_the_examples_have_the_members_of_what_the_server_sends(engine, server, owner, member, gateway):
    """Where the guide and the server could part unseen: the names in `d` of the events that are easily caused."""
    examples = {frame["op"]: frame["d"] for frame in map(json.loads, blocks("json")) if "t" in frame}
    socket = gateway(owner, ext=True)
    assert set(socket.connected["d"]) == set(examples[10])
    nest = owner.create_server()
    socket.expect(30)
    room = owner.create_channel(nest["server_id"])["channel_id"]
    assert set(socket.expect(20)["d"]) == set(examples[20])
    member.join(owner.invite(nest["server_id"]))
    assert set(socket.expect(30)["d"]) == set(examples[30])
    message = member.say(room, "A word", nonce="1")
    assert set(socket.expect(11)["d"]) == set(examples[11])
    change = member.api.request
    change("PATCH", f"/channels/{room}/messages/{message['message_id']}", json={"content": "Another"})
    assert set(socket.expect(12)["d"]) == set(examples[12])
    change("DELETE", f"/channels/{room}/messages/{message['message_id']}")
    assert set(socket.expect(13)["d"]) == set(examples[13])
    change("DELETE", f"/servers/{nest['server_id']}/members/@me")
    assert set(socket.expect(31)["d"]) == set(examples[31])
    owner.api.request("PATCH", f"/servers/{nest['server_id']}", json={"name": "Other nest"})
    assert set(socket.expect(32)["d"]) == set(examples[32])
    owner.api.request("DELETE", f"/channels/{room}")
    assert set(socket.expect(22)["d"]) == set(examples[22])
