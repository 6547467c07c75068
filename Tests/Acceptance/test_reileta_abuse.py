"""What strangers and members cannot take from others (docs/decisions/0014-registry.md, DESIGN 10)."""

import hashlib
import json
import socket
import threading
import time
import urllib.parse

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect as dial

from support.cosmos_webhooks import wait_until
from support.reileta import Reileta, failed, failed_with, good, join, short_name
from support.reileta_socket import Socket, SocketFactory


@pytest.fixture
def stranger(registry):
    return Reileta(registry)


@pytest.fixture
def world(person):
    return person.make_world(tags=["avr:public"])


# Ids and names


def test_an_id_is_no_moment(person, stranger):
    """0014: "nobody guesses one": the id of one world does not lead to that of the next, though their numbers do."""
    first, second = person.make_world(), person.make_world()
    guess = first["id"][:-17] + second["id"][-17:]
    assert guess != second["id"]
    failed(stranger.get(f"/worlds/{guess}"), 25)
    assert good(stranger.get(f"/worlds/{second['id']}"))["id"] == second["id"]


def test_who_is_in_what_is_private_is_not_told(person, somebody, warden, stranger, world, connect):
    closed = person.make_instance(world)
    connect(person).ask("instance-join", instance=closed["id"])
    for caller in (stranger, somebody):
        for name in (closed["id"], closed["name"]):
            shown = good(caller.get(f"/instances/{name}"))
            assert (shown["users"], shown["players"], shown["connected"]) == ([], [], 1)
    for caller in (person, warden):
        assert good(caller.get(f"/instances/{closed['id']}"))["users"] == [person.reference]


def test_a_query_that_no_name_has_finds_nothing(registry, stranger, person):
    """PostgreSQL does not take U+0000; no name has it."""
    for path in ("/worlds", "/services", "/instances", "/users"):
        assert good(stranger.get(path + "?query=%00"))["total"] == 0
        assert good(person.get(path + "?q=a%00b"))["total"] == 0


@pytest.mark.parametrize("method,path,codes", [
    ("POST", "/server", [13]), ("PUT", "/services", [13]), ("GET", "/services", [5]), ("GET", "/users/@me/follows", [2, 5]),
    ("GET", "/users/@me/followers", [2, 5]), ("PUT", "/worlds", [13]), ("PUT", "/instances", [5]), ("GET", "/worlds", [5]), ("GET", "/users/@me", [5]),
])  # fmt: skip
def test_what_is_meant_for_another_server_is_not_done_here(person, method, path, codes):
    """2.1, 3.3: `?server=` names another server: 5 when it is not found, 13 for writes; never the own thing in its place."""
    failed_with(person.request(method, path + "?server=far.example", {} if method != "GET" else None), *codes)


# Sockets


def test_unsubscribing_ends_it(person, somebody, connect, registry):
    """5.3: who has been unsubscribed is not heard of; nor who was refused for the limit."""
    socket = connect(person)
    topic = f"update-user:{somebody.id}"
    socket.subscribe(topic)
    good(somebody.post("/users/@me", {"description": "first"}))
    assert socket.expect("update-user")["user"]["description"] == "first"
    socket.ask("unsubscribe", events=[topic])
    good(somebody.post("/users/@me", {"description": "second"}))
    good(person.post("/users/@me", {"description": "mine"}))
    # The own change comes after the other: it would have come before.
    assert socket.expect("update-user")["user"]["description"] == "mine"


def test_names_are_topics_of_what_they_name(person, somebody, world, connect):
    """5.3: `<event>:<object id>`; a name stands for the id, and is heard of."""
    instance = person.make_instance(world, name=short_name(), tags=["avr:public"])
    socket = connect(person)
    socket.subscribe(f"update-user:{somebody.username}", f"update-instance:{instance['name']}")
    good(somebody.post("/users/@me", {"description": "heard"}))
    assert socket.expect("update-user")["user"]["id"] == somebody.id
    good(person.post(f"/instances/{instance['id']}", {"title": "Heard"}))
    assert socket.expect("update-instance")["instance"]["title"] == "Heard"


def test_who_is_refused_stays_who_it_was(engine, new_server):
    """5.3: re-authenticating replaces the identity; an account with all its sockets refuses, and nothing is lost."""
    server = new_server(engine, {"limits.rate": "false", "reileta.sockets_per_user": "1"})
    full, guest = join(server), join(server)
    sockets = SocketFactory()
    try:
        held, other = sockets(full), sockets(guest)
        world = guest.make_world()
        instance = guest.make_instance(world)
        other.ask("instance-join", instance=instance["id"])
        other.refused(140, "authenticate", token=full.token)
        assert good(guest.get(f"/instances/{instance['id']}"))["users"] == [guest.reference]
        assert other.ask("instance-leave", instance=instance["id"])["type"] == 3
        held.sync()
    finally:
        sockets.end()


def test_passwords_of_instances_cannot_be_tried_for_long(engine, new_server):
    """10: each try is a hash like that of a login; five in a minute, and none for those whom the tags keep out."""
    server = new_server(engine, {"limits.rate": "true"})
    owner, other = join(server), join(server)
    world = owner.make_world()
    instance = owner.make_instance(world, tags=["avr:public"], password="sesame open")
    closed = owner.make_instance(world, password="sesame open")
    sockets = SocketFactory()
    try:
        socket = sockets(other)
        for _ in range(5):
            socket.refused(49, "instance-join", instance=instance["id"], password="wrong one")
        socket.refused(140, "instance-join", instance=instance["id"], password="sesame open")
        for password in ("sesame open", "wrong one"):
            error = socket.request("instance-join", {"instance": closed["id"], "password": password})["error"]
            assert error["code"] == 49 and "password" not in error["message"].lower()
    finally:
        sockets.end()


def test_an_instance_that_is_gone_can_be_left(person, somebody, world, connect):
    """5.4: players get `instance-left` with type 3; joining while it is deleted leaves nobody in a room that is not there."""
    for _ in range(5):
        instance = person.make_instance(world, tags=["avr:public"])
        socket = connect(somebody)
        gone = threading.Thread(target=lambda: good(person.delete(f"/instances/{instance['id']}")))
        gone.start()
        frame = socket.request("instance-join", {"instance": instance["id"]})
        gone.join()
        if frame["data"]["success"]:
            assert socket.expect("instance-left")["type"] == 3
        socket.refused(36, "instance-leave", instance=instance["id"])
        socket.close()


def test_all_connections_are_not_taken(engine, new_server):
    """Sockets that need no login have a quarter of the connections: whoever has many networks takes no more."""
    server = new_server(engine, {"limits.connections": "64"})
    sockets = [Socket(server) for _ in range(16)]
    try:
        with pytest.raises(InvalidStatus) as refused:
            Socket(server)
        assert refused.value.response.status_code == 429 and b"16" in refused.value.response.body
        assert int(refused.value.response.headers["Retry-After"]) > 0
        assert good(Reileta(server).get("/server"))
        with pytest.raises(InvalidStatus):
            dial(server.url.replace("http", "ws", 1) + "/socket.io/?EIO=4&transport=websocket", proxy=None)
        sockets.pop().close()
        wait_until(lambda: _opens(server))
    finally:
        for socket in sockets:
            socket.close()


def _opens(server):
    try:
        Socket(server).close()
    except InvalidStatus:
        return False
    return True


def test_a_line_without_a_namespace_counts_and_ends(engine, new_server):
    """5.1: who does not come into the namespace has 20 s, however often it answers pings that nobody sent."""
    server = new_server(engine, {"limits.connections": "64"})
    address = server.url.replace("http", "ws", 1) + "/socket.io/?EIO=4&transport=websocket"
    lines = [dial(address, proxy=None, ping_interval=None, close_timeout=1, legacy=True) for _ in range(16)]
    with pytest.raises(InvalidStatus) as refused:
        Socket(server)
    assert refused.value.response.status_code == 429
    end = time.monotonic() + 40
    with pytest.raises(ConnectionClosed):
        while time.monotonic() < end:
            lines[0].send("3")
            time.sleep(0.5)
    wait_until(lambda: _opens(server))


def test_a_cookie_does_not_take_chat_away(server, account, person_of_chat):
    """DESIGN 8: a browser sends the cookie with everything; what says Chat is Chat's."""
    cookie = {"Cookie": f"_suid={person_of_chat.token}"}
    connection = dial(f"{server.socket_url}?token={account.access_token}&v=1", additional_headers=cookie, user_agent_header="Mozilla/5.0", proxy=None)
    with connection:
        assert json.loads(connection.recv(timeout=15))["op"] == 0
    with dial(server.socket_url, additional_headers=cookie, user_agent_header="Mozilla/5.0", proxy=None) as connection:
        assert json.loads(connection.recv(timeout=15))["command"] == "authenticated"


@pytest.fixture
def person_of_chat(server):
    return join(server)


# Uploads


def slow_upload(person, path, size, started, finish):
    """A form whose file stops in its middle until it may go on; `started` once the server wants it. The status in the end."""
    head = b'--edge\r\nContent-Disposition: form-data; name="file"; filename="w"\r\n\r\n'
    tail = b"\r\n--edge--\r\n"
    fields = (
        f"POST /api{path}/file HTTP/1.1\r\nHost: x\r\nAuthorization: {person.token}\r\nContent-Type: multipart/form-data; boundary=edge\r\n"
        f"Content-Length: {len(head) + size + len(tail)}\r\nExpect: 100-continue\r\n\r\n"
    )
    url = urllib.parse.urlsplit(person.server.url)
    with socket.create_connection((url.hostname, url.port), timeout=90) as line:
        line.sendall(fields.encode())
        assert line.recv(4_096) == b"HTTP/1.1 100 Continue\r\n\r\n"
        line.sendall(head + b"x" * (size // 2))
        started.set()
        finish.wait(60)
        line.sendall(b"x" * (size - size // 2) + tail)
        return int(line.recv(4_096).split(b" ", 2)[1])


def test_uploads_at_once_have_no_more_room(engine, new_server):
    """0014: a person's files together have `reileta.max_user_bytes`, also those on their way."""
    server = new_server(engine, {"reileta.max_user_bytes": "100000", "limits.rate": "false"})
    person = join(server)
    world = person.make_world()
    paths = [f"/worlds/{world['id']}/assets/{person.make_asset(world, version=str(number))['id']}" for number in range(2)]
    started, finish, answers = threading.Event(), threading.Event(), []
    first = threading.Thread(target=lambda: answers.append(slow_upload(person, paths[0], 60_000, started, finish)))
    first.start()
    try:
        assert started.wait(30)
        assert "100000" in failed(person.upload(paths[1] + "/file", b"y" * 60_000), 130).replace(",", "")
    finally:
        finish.set()
        first.join()
    assert answers == [200]
    failed(person.upload(paths[1] + "/file", b"y" * 60_000), 130)
    assert good(person.upload(paths[1] + "/file", b"y" * 30_000)) == "UPLOADED"


def test_what_was_not_announced_is_not_kept(engine, new_server):
    """0014: 133, and nothing of it stays: not for the hour that an upload without a row has."""
    server = new_server(engine, {"limits.rate": "false"})
    person = join(server)
    path = person.empty_asset()
    content = b"not what was announced" * 100
    failed(person.upload(path + "/file", content, announced=hashlib.sha256(b"else").hexdigest()), 133)
    digest = hashlib.sha256(content).hexdigest()
    kept = [file for file in (server.data / "blobs").rglob("*") if file.is_file()]
    assert not any(digest[4:] in file.name for file in kept) and all(file.stat().st_size != len(content) for file in kept), kept


@pytest.mark.parametrize("members", [
    {"url": "https://", "version": "2"}, {"url": "http:///world.avrw"}, {"url": "https://files.example/w", "size": 2**31}, {"hash": "zz"}, {"size": -1},
])  # fmt: skip
def test_files_elsewhere_have_addresses_and_sizes(person, members):
    """4.4: `size` fits int32; an address has a host."""
    failed(person.post(person.empty_asset(), members), 26)
