"""The process: command line, ready file, exit codes, signals, what monitoring asks (contracts/configuration.md)."""

import json
import re
import signal
import socket
import stat
import time

import pytest

from support.api import PASSWORD, Api, register, unique
from support.gateway import RECONNECT
from support.program import SETUP_CODE, plain, run, serve
from support.raw import statuses

ENGINES = ("sqlite",)


# Ready


def test_the_ready_file_tells_where_it_serves(new_server):
    """Command line: "the ready file (written whole, by rename) holds JSON {url, pid, setup_code}"."""
    server = new_server()
    ready = json.loads(server.ready_file.read_text())
    assert set(ready) == {"url", "pid", "setup_code"}
    assert re.fullmatch(r"http://127\.0\.0\.1:[1-9]\d*", ready["url"])
    assert ready["pid"] == server.pid
    assert SETUP_CODE.fullmatch(ready["setup_code"]) and len(plain(ready["setup_code"])) == 26
    assert stat.S_IMODE(server.ready_file.stat().st_mode) & 0o077 == 0, "the setup code is nobody else's affair"
    leftovers = [path.name for path in server.folder.iterdir() if path.name.startswith("ready")]
    assert leftovers == ["ready"]


def test_it_says_that_it_lives_and_is_ready_and_how_it_does(server):
    """DESIGN.md 2 and the brief of operation: /healthz, /readyz, /metrics."""
    assert server.http.get("/healthz").status_code == 200
    assert server.http.get("/readyz").status_code == 200
    metrics = server.http.get("/metrics")
    assert metrics.status_code == 200
    assert metrics.headers["content-type"].startswith("text/plain; version=0.0.4")
    samples = [line for line in metrics.text.splitlines() if line and not line.startswith("#")]
    assert samples
    for line in samples:
        assert re.fullmatch(r'[a-zA-Z_:][a-zA-Z0-9_:]*(\{.*\})? (-?[0-9.e+-]+|NaN|[+-]Inf)( \d+)?', line), line
    assert metrics.text.endswith("\n")


def test_metrics_do_not_grow_with_what_clients_make_up(server):
    """Labels are routes and not paths: a client cannot fill the memory with made-up paths."""
    for _ in range(20):
        server.http.get("/" + unique("made-up"))
        server.http.get("/api/rest/servers/" + unique("made-up"))
    assert "made-up" not in server.http.get("/metrics").text


# The setup code


def test_the_setup_code_is_shown_until_there_is_an_administrator(new_server):
    """"While there is no administrator each start makes a new one"; "It works once"; register takes it as `setup_code`."""
    server = new_server()
    first = server.setup_code
    assert plain(first) in server.log.replace("-", "")
    register(server)
    server.restart()
    second = server.setup_code
    assert second and second != first
    old = {"username": unique(), "password": PASSWORD, "setup_code": first}
    assert 400 <= Api(server).post("/auth/register", old).status_code < 500
    typed = plain(second).lower().replace("0", "o")
    assert Api(server).post("/auth/register", {"username": unique("admin"), "password": PASSWORD, "setup_code": typed}).status_code == 201
    used = {"username": unique(), "password": PASSWORD, "setup_code": second}
    assert 400 <= Api(server).post("/auth/register", used).status_code < 500
    length = len(server.log)
    server.restart()
    assert server.setup_code is None and not SETUP_CODE.search(server.log[length:])
    for refused in (old, used):
        login = {"username": refused["username"], "password": PASSWORD}
        assert Api(server).post("/auth/login", login).status_code == 401


# Stopping


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT"])
def test_a_signal_drains_and_ends_with_0(new_server, gateway, name):
    """"SIGTERM and SIGINT drain and stop", "0 stopped in order"; contracts/chat.md 4.5: "1001 ... server restart (sent after op 7)"."""
    server = new_server()
    account = register(server)
    connected, waiting = gateway(account), gateway.open(server)
    server.process.send_signal(getattr(signal, name))
    for connection in (connected, waiting):
        assert connection.expect(RECONNECT)["d"] is None
        connection.expect_close(1001)
    assert server.stop() == 0


def test_what_was_written_before_a_stop_is_there_after_it(new_server):
    """Stopping in order loses nothing."""
    server = new_server()
    account = register(server)
    room = account.create_server()["channels"][0]["channel_id"]
    message = account.say(room, "kept")
    assert server.stop() == 0
    server.start()
    assert account.history(room) == [message]


def unfinished_request(server):
    """A connection with a request whose body is still on its way, and the rest of the body."""
    body = json.dumps({"username": "nobody", "password": PASSWORD}).encode()
    head = f"POST /api/rest/auth/login HTTP/1.1\r\nHost: roost\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    connection = socket.create_connection(("127.0.0.1", server.port), timeout=15)
    connection.sendall(head.encode() + body[:10])
    return connection, body[10:]


def wait_until_refused(server, within=5):
    """Waits until nobody can connect any more."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", server.port), timeout=1).close()
        except ConnectionRefusedError:
            return
        time.sleep(0.02)
    raise AssertionError("it still takes connections")


def test_what_has_begun_is_finished_and_nothing_new_is_taken(new_server):
    """"SIGTERM and SIGINT drain and stop"; a second signal changes nothing."""
    server = new_server()
    connection, rest = unfinished_request(server)
    with connection:
        server.process.terminate()
        wait_until_refused(server)
        server.process.terminate()
        connection.sendall(rest)
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert statuses(answer) == [401], answer
    assert server.stop(within=5) == 0
    assert not server.ready_file.exists(), "a script would take it for a server that serves"


def test_a_client_that_never_ends_does_not_keep_it(new_server):
    """DESIGN 1.5: draining has a limit."""
    server = new_server()
    with unfinished_request(server)[0]:
        assert server.stop(within=20) == 0


# Refusing to start


@pytest.mark.parametrize("words", [("nonsense",), ("serve", "--nonsense"), ("serve", "--listen"), ("serve", "more", "words"), ("serve", "--set", "novalue")])
def test_a_wrong_command_line_ends_with_64(roost_binary, tmp_path, words):
    """"exit codes: ... 64 bad usage"."""
    result = run(roost_binary, tmp_path, *words)
    assert result.returncode == 64 and result.stderr.strip() and not result.stdout.strip()


def test_a_missing_database_ends_with_69(roost_binary, tmp_path):
    """"69 a needed service is missing (database)"."""
    result = serve(roost_binary, tmp_path, "--set", "database.url=postgresql://roost:secret-word@127.0.0.1:1/none")
    assert result.returncode == 69 and result.stderr.strip()
    assert "secret-word" not in result.stderr + result.stdout


def test_a_second_process_on_the_same_data_ends_with_73(new_server, roost_binary, tmp_path):
    """"73 data folder in use"; the first one goes on."""
    server = new_server()
    result = run(roost_binary, tmp_path, *server.command(ready_file=tmp_path / "second")[1:])
    assert result.returncode == 73 and result.stderr.strip()
    assert not (tmp_path / "second").exists()
    assert server.http.get("/readyz").status_code == 200


# Other commands


def test_it_tells_its_version(roost_binary, tmp_path):
    """"`roost version`"."""
    result = run(roost_binary, tmp_path, "version")
    assert result.returncode == 0 and re.search(r"\d+\.\d+", result.stdout)
