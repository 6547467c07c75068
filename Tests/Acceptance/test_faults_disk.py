"""A disk that is full, fails, or may not be written, and a process without room for another file (docs/reliability.md)."""

import contextlib
import http.client
import socket
import sqlite3
import subprocess
import time

import pytest

from support.api import PASSWORD, Api, register
from support.faults import SmallDisk, failing, open_files_limited
from support.gale import Gale, archive
from support.server import RoostServer
from support.traffic import Traffic
from test_faults_kill import checked

ENGINES = ("sqlite",)
pytestmark = [pytest.mark.linux, pytest.mark.alone]

#: What SQLite writes with and makes durable with.
WRITES, SYNCS = "pwrite64,ftruncate", "fsync,fdatasync"


class Room:
    """A server with one person and one channel."""

    def __init__(self, server):
        self.server = server
        self.owner = register(server, "owner")
        self.channel = self.owner.create_server()["channels"][0]["channel_id"]
        self.kept = []

    def say(self, content):
        self.kept.append(self.owner.say(self.channel, content)["content"])

    def try_to_say(self, content):
        return self.owner.post(f"/channels/{self.channel}/messages", {"content": content})

    def history(self):
        return [message["content"] for message in self.owner.history(self.channel, limit=100)][::-1]


def assert_trouble(response):
    """The server's fault, in the API's shape (contracts/chat.md 1.1)."""
    assert response.status_code in (500, 503), f"{response.status_code} {response.text}"
    body = response.json()
    assert type(body["code"]) is int and body["error"] and body["message"]
    # What is wrong with the operator's disk is not the caller's to know.
    assert not any(word in response.text.lower() for word in ("sqlite", "disk", "/", "errno"))


def assert_whole(room):
    """The database of a server that has stopped: whole, and with what was acknowledged. Opening it makes no new one."""
    with contextlib.closing(sqlite3.connect(f"{room.server.database_file.as_uri()}?mode=rw", uri=True)) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert [content for (content,) in database.execute("SELECT content FROM messages ORDER BY id")] == room.kept


def works_again(room, content):
    """Soon after the cause has gone, without a restart."""
    deadline = time.monotonic() + 10
    while (response := room.try_to_say(content)).status_code != 201:
        assert_trouble(response)
        assert time.monotonic() < deadline, response.text
        time.sleep(0.05)
    room.kept.append(content)


@contextlib.contextmanager
def on_a_small_disk(tmp_path, megabytes):
    """A disk, and a room of a server that has its data there."""
    disk = SmallDisk(tmp_path / "disk", megabytes)
    folder = tmp_path / "server"
    folder.mkdir()
    server = RoostServer(folder, data=disk.folder / "data")
    try:
        room = Room(server.start())
        room.say("before")
        yield disk, room
    finally:
        server.dispose()
        disk.unmount()


def test_a_full_disk_refuses_writes_and_serves_reads_until_there_is_room_again(roost_binary, tmp_path):
    """DESIGN.md 5: what cannot be made durable is not acknowledged; what was acknowledged before stays."""
    with on_a_small_disk(tmp_path, megabytes=8) as (disk, room):
        server = room.server
        disk.fill()
        refused = 0
        for number in range(200):
            response = room.try_to_say(f"{number} " + "a" * 1_900)
            if response.status_code == 201:
                # The files had room of their own: what is acknowledged counts.
                room.kept.append(response.json()["content"])
                continue
            assert_trouble(response)
            refused += 1
            if refused == 20:
                break
        assert refused == 20
        assert_trouble(Api(server).post("/auth/register", {"username": "somebody", "password": "correct horse battery"}))
        assert room.history() == room.kept[-100:]
        assert server.http.get("/healthz").status_code == 200
        disk.free()
        works_again(room, "there is room again")
        assert room.history() == room.kept[-100:]
        server.restart()
        assert room.history() == room.kept[-100:]
        assert server.stop() == 0
        assert_whole(room)


@pytest.mark.parametrize(
    ("calls", "error"), [(SYNCS, "EIO"), (SYNCS, "ENOSPC"), (WRITES, "EIO"), (WRITES, "ENOSPC"), (WRITES, "EROFS")],
    ids=["EIO at sync", "ENOSPC at sync", "EIO at write", "ENOSPC at write", "EROFS at write"],
)
def test_what_the_disk_does_not_take_is_not_acknowledged(new_server, calls, error):
    """DESIGN.md 5: "an acknowledged write has been fsynced"; the failure is gone when the disk works again, without a restart."""
    server = new_server()
    room = Room(server)
    room.say("before")
    with failing(server, calls, error) as report:
        for number in range(5):
            assert_trouble(room.try_to_say(f"refused {number}"))
        assert room.history() == ["before"]
        assert "INJECTED" in report.read_text(), "the fault was never met"
    works_again(room, "after")
    assert room.history() == room.kept
    server.restart()
    assert room.history() == room.kept, "what was refused came back after the restart, or what was kept has gone"
    room.say("later")
    assert server.stop() == 0
    assert_whole(room)


@pytest.mark.timeout(120)
def test_faults_of_the_disk_under_many_senders_lose_nothing(new_server, tmp_path, long):
    """DESIGN.md 5: groups that fail are refused as a whole; senders that try again with their nonces have each message once."""
    server = new_server()
    traffic = Traffic(server, tmp_path / "journals", senders=64 if long else 16)
    try:
        for calls, error in [(SYNCS, "EIO:when=5+7"), (WRITES, "ENOSPC:when=50+97"), (WRITES, "EIO:when=31+83")] * (5 if long else 1):
            with failing(server, calls, error):
                time.sleep(1)
            time.sleep(0.3)
        traffic.finish()
    finally:
        traffic.give_up()
    assert traffic.troubles, "no fault was met"
    assert server.stop() == 0
    counts = checked(tmp_path / "journals", server.database_file) | {"refused": len(traffic.troubles)}
    print(counts)


def test_a_data_folder_that_may_not_be_written_is_refused_at_the_start_with_a_reason(roost_binary, tmp_path):
    """contracts/configuration.md: what stops a start is one sentence; nothing is changed, and the next start works."""
    with on_a_small_disk(tmp_path, megabytes=16) as (disk, room):
        server = room.server
        assert server.stop() == 0
        disk.remount("ro")
        result = subprocess.run(server.command(), capture_output=True, text=True, timeout=30, env=server.environment(), cwd=server.folder)
        assert result.returncode in (69, 70, 73), result
        sentences = result.stderr.strip().splitlines()
        assert len(sentences) == 1 and sentences[0].startswith("roost: ") and str(server.data) in sentences[0], result.stderr
        disk.remount("rw")
        server.start()
        assert room.history() == ["before"]
        room.say("after")
        assert server.stop() == 0
        assert_whole(room)


def test_archives_are_given_out_when_nothing_can_be_written(new_server):
    """contracts/gale.md 7.4: the count of downloads is for the server; whoever wants the archive gets it."""
    server = new_server()
    gale = Gale(server).log_in_here(register(server, "gale").username, PASSWORD)
    content = archive()
    profile = gale.make(content)["id"]
    with failing(server, WRITES, "ENOSPC") as report:
        answer = gale.get(f"/profile/{profile}")
        assert answer.status_code == 302
        assert gale.http.get(answer.headers["location"]).content == content
        assert "INJECTED" in report.read_text(), "the fault was never met"


def test_without_room_for_another_file_those_connected_go_on_and_others_come_in_later(new_server):
    """DESIGN.md 4: running out of descriptors refuses new connections; it takes nothing from those that are there."""
    server = new_server()
    room = Room(server)
    room.say("before")
    with open_files_limited(server, 3):
        strangers = [connection_to(server) for _ in range(40)]
        try:
            answered = [answer_on(connection) for connection in strangers]
            assert None in answered, "the limit was never met"
            for number in range(5):
                room.say(f"meanwhile {number}")
            assert room.history() == room.kept
        finally:
            for connection in strangers:
                connection.close()
    works_again_for_newcomers(server)
    assert server.stop() == 0
    assert_whole(room)


def test_a_rush_of_connections_leaves_the_database_its_files(new_server):
    """DESIGN.md 4: where the system allows fewer files than `limits.connections`, the rest is refused before the database has none."""
    server = new_server(settings={"server.loops": "1"}, open_files=200)
    owner = register(server, "owner")
    channel = owner.create_server()["channels"][0]["channel_id"]
    server.restart()
    # This connection is there before the rush, and asks the database for the first time in its midst.
    assert server.http.get("/healthz").status_code == 200
    strangers = [socket.create_connection(("127.0.0.1", server.port), timeout=5) for _ in range(300)]
    try:
        time.sleep(0.3)
        assert owner.say(channel, "in the rush")["content"] == "in the rush"
        assert len(owner.history(channel)) == 1
        assert answer_on(connection_to(server), close=True) in (503, None)
    finally:
        for connection in strangers:
            connection.close()
    works_again_for_newcomers(server)
    assert server.stop() == 0


def works_again_for_newcomers(server):
    deadline = time.monotonic() + 10
    while answer_on(connection_to(server), close=True) != 200:
        assert time.monotonic() < deadline, "nobody comes in any more"
        time.sleep(0.1)


def connection_to(server):
    return http.client.HTTPConnection("127.0.0.1", server.port, timeout=2)


def answer_on(connection, *, close=False):
    """The status of /healthz, None when there was no answer."""
    try:
        connection.request("GET", "/healthz")
        response = connection.getresponse()
        response.read()
        return response.status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        if close:
            connection.close()
