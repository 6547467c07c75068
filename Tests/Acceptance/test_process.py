"""The process: command line, ready file, exit codes, signals, what monitoring asks (contracts/configuration.md)."""

import json
import re
import signal
import stat
import subprocess

import pytest

from support.api import PASSWORD, Api, register, unique
from support.gateway import RECONNECT
from support.server import RoostServer

ENGINES = ("sqlite",)
SETUP_CODE = re.compile(r"ROOST(-?[0-9A-HJKMNP-TV-Z]+)+")


def plain(code):
    """A setup code without its prefix and separators."""
    return code.removeprefix("ROOST-").replace("-", "")


def run(roost_binary, tmp_path, *words, **environment):
    """Runs the program to its end, which must come soon."""
    command = [roost_binary, *words]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=30, cwd=tmp_path, stdin=subprocess.DEVNULL, env=RoostServer.environment(**environment)
    )


def serve(roost_binary, tmp_path, *words, **environment):
    """Tries to serve with these words; for what is refused."""
    start = ("serve", "--listen", "127.0.0.1:0", "--data", str(tmp_path / "data"), "--ready-file", str(tmp_path / "ready"))
    result = run(roost_binary, tmp_path, *start, *words, **environment)
    assert not (tmp_path / "ready").exists(), "it was ready although it refused to start"
    return result


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
    for socket in (connected, waiting):
        assert socket.expect(RECONNECT)["d"] is None
        socket.expect_close(1001)
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


# Refusing to start


@pytest.mark.parametrize("words", [("nonsense",), ("serve", "--nonsense"), ("serve", "--listen"), ("serve", "more", "words"), ("serve", "--set", "novalue")])
def test_a_wrong_command_line_ends_with_64(roost_binary, tmp_path, words):
    """"exit codes: ... 64 bad usage"."""
    result = run(roost_binary, tmp_path, *words)
    assert result.returncode == 64 and result.stderr.strip() and not result.stdout.strip()


def test_an_unknown_key_on_the_command_line_names_the_nearest(roost_binary, tmp_path):
    """"An unknown key or a bad value stops the start with file, line and the nearest known key"; "78 bad configuration"."""
    result = serve(roost_binary, tmp_path, "--set", "server.nmae=x")
    assert result.returncode == 78 and "server.nmae" in result.stderr and "server.name" in result.stderr


def test_an_unknown_key_in_the_file_is_told_with_file_and_line(roost_binary, tmp_path):
    """"stops the start with file, line and the nearest known key"."""
    file = tmp_path / "roost.yaml"
    file.write_text("server:\n  name: Nest\n  lisen: 127.0.0.1:0\n")
    result = serve(roost_binary, tmp_path, "--config", str(file))
    assert result.returncode == 78
    assert f"{file.name}:3" in result.stderr and "server.listen" in result.stderr


def test_an_unknown_variable_is_told(roost_binary, tmp_path):
    """"environment (`ROOST_` + path in upper case, `__` between levels)"."""
    result = serve(roost_binary, tmp_path, ROOST_SERVER__NMAE="x")
    assert result.returncode == 78 and "ROOST_SERVER__NMAE" in result.stderr and "name" in result.stderr.lower()


@pytest.mark.parametrize(
    "setting", ["server.loops=many", "server.loops=-1", "limits.rate=perhaps", "security.password_cost=cheap", "registration.mode=maybe", "log.level=loud"]
)
def test_a_bad_value_is_told_with_its_key(roost_binary, tmp_path, setting):
    """"a bad value stops the start"; "78 bad configuration"."""
    result = serve(roost_binary, tmp_path, "--set", setting)
    assert result.returncode == 78 and setting.split("=")[0] in result.stderr


@pytest.mark.parametrize("content", ["server: [", "server:\n\tname: x\n", "- a\n- b\n", None], ids=["cut", "tab", "list", "missing"])
def test_a_file_that_cannot_be_read_ends_with_78(roost_binary, tmp_path, content):
    """"78 bad configuration"."""
    file = tmp_path / "roost.yaml"
    if content is not None:
        file.write_text(content)
    result = serve(roost_binary, tmp_path, "--config", str(file))
    assert result.returncode == 78 and file.name in result.stderr


def test_a_missing_database_ends_with_69(roost_binary, tmp_path):
    """"69 a needed service is missing (database)"."""
    result = serve(roost_binary, tmp_path, "--set", "database.url=postgresql://roost:secret-word@127.0.0.1:1/none")
    assert result.returncode == 69 and result.stderr.strip()
    assert "secret-word" not in result.stderr + result.stdout


def test_a_second_process_on_the_same_data_ends_with_73(new_server, roost_binary, tmp_path):
    """"73 data folder in use"; the first one goes on."""
    server = new_server()
    result = subprocess.run(
        server.command(ready_file=tmp_path / "second"), capture_output=True, text=True, timeout=30, env=RoostServer.environment(), cwd=tmp_path
    )
    assert result.returncode == 73 and result.stderr.strip()
    assert not (tmp_path / "second").exists()
    assert server.http.get("/readyz").status_code == 200


# Configuration


def test_flags_win_over_environment_over_file(roost_binary, tmp_path):
    """"Flags over environment over file over defaults"; "`roost config` prints the effective configuration and where each value came from"."""
    file = tmp_path / "roost.yaml"
    file.write_text("server:\n  name: from-file\n  loops: 1\nregistration:\n  mode: invite\n")
    words = ("config", "--config", str(file), "--set", "server.name=from-flag")
    result = run(roost_binary, tmp_path, *words, ROOST_SERVER__NAME="from-environment", ROOST_REGISTRATION__MODE="closed")
    assert result.returncode == 0, result.stderr
    assert "from-flag" in result.stdout and "closed" in result.stdout
    assert "from-environment" not in result.stdout and "from-file" not in result.stdout


def test_secrets_are_not_printed(roost_binary, tmp_path):
    """"secrets as `***`"."""
    result = run(roost_binary, tmp_path, "config", "--set", "database.url=postgresql://roost:secret-word@localhost/roost")
    assert result.returncode == 0 and "***" in result.stdout and "secret-word" not in result.stdout


def test_it_tells_its_version(roost_binary, tmp_path):
    """"`roost version`"."""
    result = run(roost_binary, tmp_path, "version")
    assert result.returncode == 0 and re.search(r"\d+\.\d+", result.stdout)


def test_closed_registration_makes_no_accounts(new_server):
    """"registration.mode | open, invite, closed"; with the setup code the administrator still comes in."""
    server = new_server(settings={"registration.mode": "closed"})
    name = unique()
    assert Api(server).post("/auth/register", {"username": name, "password": PASSWORD}).status_code == 403
    assert Api(server).post("/auth/login", {"username": name, "password": PASSWORD}).status_code == 401
    register(server, "admin", setup_code=server.setup_code)


def test_an_administrator_may_come_from_the_configuration(new_server):
    """"registration.bootstrap | {username, password} made administrator at first start"; then there is no setup code."""
    bootstrap = json.dumps({"username": "admin", "password": PASSWORD})
    server = new_server(settings={"registration.bootstrap": bootstrap})
    assert server.setup_code is None
    assert Api(server).post("/auth/login", {"username": "admin", "password": PASSWORD}).status_code == 200


def test_a_password_that_is_reset_ends_the_sockets_of_its_account(new_server, roost_binary, engine, gateway):
    """"they work on the data folder, also while the server runs"; contracts/chat.md 4.3: "password change ... close it with 4004"."""
    server = new_server(engine)
    account, other = register(server, "forgetful"), register(server, "other")
    socket, bystander = gateway(account), gateway(other)
    words = ["admin", "reset-password", "--username", account.username, "--password-stdin", "--data", str(server.data)]
    for path, value in server.settings.items():
        if path in ("database.url", "security.password_cost"):
            words += ["--set", f"{path}={value}"]
    done = subprocess.run(
        [str(roost_binary), *words], input="a new password\n", text=True, capture_output=True, timeout=30, env=server.environment()
    )
    assert done.returncode == 0, done.stderr
    assert account.get("/auth/me").status_code == 401
    socket.expect_close(4004)
    bystander.beat()
    login = {"username": account.username, "password": "a new password"}
    assert Api(server).post("/auth/login", login).status_code == 200
