"""`roost admin`: works on the data folder, also while the server runs (contracts/configuration.md, "Command line")."""

import os
import pty
import subprocess

import pytest

from support.api import PASSWORD, Api, register, unique
from support.program import LIMIT, administer, read_to_the_end
from support.server import RoostServer

NEW_PASSWORD = "another " + PASSWORD


def log_in(server, username, password=PASSWORD):
    return Api(server).post("/auth/login", {"username": username, "password": password}).status_code


def test_an_administrator_is_made_while_the_server_runs(engine, new_server):
    """"`roost admin create` ... need no code"; "setup code only while there is no administrator"."""
    server = new_server(engine)
    result = administer(server, "create", "--username", "robin", "--password-stdin", typed=PASSWORD + "\n")
    assert result.returncode == 0, result.stderr
    assert "robin" in result.stdout and PASSWORD not in result.stdout + result.stderr
    assert log_in(server, "robin") == 200
    late = {"username": unique(), "password": PASSWORD, "setup_code": server.setup_code}
    assert 400 <= Api(server).post("/auth/register", late).status_code < 429, "the setup code is worth nothing now"
    assert log_in(server, late["username"]) == 401
    assert register(server).create_server()["server_id"], "the server goes on"
    server.restart()
    assert server.setup_code is None


def test_an_administrator_is_made_before_the_first_start(engine, new_server):
    """"they work on the data folder": there need be no server yet."""
    server = new_server(engine, start=False)
    assert administer(server, "create", "--username", "robin", typed=PASSWORD).returncode == 0
    assert administer(server, "create", "--username", "wren", typed=PASSWORD).returncode == 0, "there may be a second one"
    server.start()
    assert server.setup_code is None
    assert log_in(server, "robin") == 200 and log_in(server, "wren") == 200


def test_a_password_is_reset_while_the_server_runs(engine, new_server):
    """"`roost admin reset-password`": the old password and all logins are worth nothing, for this account only."""
    server = new_server(engine)
    robin, wren = register(server, "robin"), register(server, "wren")
    room = robin.create_server()["channels"][0]["channel_id"]
    robin.say(room, "before")
    result = administer(server, "reset-password", "--username", robin.username.upper(), "--password-stdin", typed=NEW_PASSWORD + "\n")
    assert result.returncode == 0, result.stderr
    assert NEW_PASSWORD not in result.stdout + result.stderr
    assert log_in(server, robin.username) == 401 and log_in(server, robin.username, NEW_PASSWORD) == 200
    assert robin.get("/auth/me").status_code == 401
    assert Api(server).post("/auth/refresh", {"refresh_token": robin.refresh_token}).status_code == 401
    assert wren.get("/auth/me").status_code == 200
    robin.password = NEW_PASSWORD
    again = robin.log_in_again()
    again.say(room, "after")
    assert [message["content"] for message in again.history(room)] == ["after", "before"]


def test_events_still_arrive_after_another_process_has_written(engine, new_server, gateway):
    """"also while the server runs": the event log stays in order and sockets miss nothing."""
    server = new_server(engine)
    robin, wren = register(server, "robin"), register(server, "wren")
    room = robin.create_server()["channels"][0]["channel_id"]
    socket = gateway(robin)
    robin.say(room, "before")
    assert administer(server, "reset-password", "--username", wren.username, typed=NEW_PASSWORD).returncode == 0
    robin.say(room, "after")
    assert [message["content"] for message in socket.expect_messages(2)] == ["before", "after"]


def test_the_sockets_of_ended_logins_end(engine, new_server, gateway):
    """All logins end with a reset, those of open sockets too, although another process has done it; new logins and other people stay."""
    server = new_server(engine)
    robin, wren = register(server, "robin"), register(server, "wren")
    room = robin.create_server()["channels"][0]["channel_id"]
    stolen, other = gateway(robin), gateway(wren)
    assert administer(server, "reset-password", "--username", robin.username, typed=NEW_PASSWORD).returncode == 0
    robin.password = NEW_PASSWORD
    again = robin.log_in_again()
    fresh = gateway(again)
    # The server's own events go on meanwhile, and are younger than the end of the login.
    again.say(room, "meanwhile")
    fresh.expect_messages(1)
    stolen.expect_close(4004)
    for socket in (fresh, other):
        socket.beat()


@pytest.mark.parametrize(
    ("words", "typed", "code"),
    [
        (("create", "--username", "taken"), PASSWORD, 70), (("create", "--username", "TAKEN"), PASSWORD, 70),
        (("create", "--username", "a b"), PASSWORD, 64), (("create", "--username", "robin"), "short", 64),
        (("create", "--username", "robin"), "", 64), (("reset-password", "--username", "nobody"), PASSWORD, 70),
        (("reset-password", "--username", "taken"), "short", 64), (("create",), PASSWORD, 64), (("remove", "--username", "taken"), PASSWORD, 64),
        ((), PASSWORD, 64), (("create", "--username", "robin", "--set", "log.level=loud"), PASSWORD, 78),
    ],
)
def test_what_is_no_good_changes_nothing(new_server, words, typed, code):
    """"exit codes: ... 64 bad usage, 78 bad configuration, ... 70 anything else"."""
    server = new_server()
    register(server, "other")
    taken = Api(server).post("/auth/register", {"username": "taken", "password": PASSWORD})
    assert taken.status_code == 201
    result = administer(server, *words, typed=typed)
    assert (result.returncode, result.stdout) == (code, "") and result.stderr.strip()
    assert log_in(server, "taken") == 200 and log_in(server, "robin") == 401
    server.restart()
    assert server.setup_code, "there is still no administrator"


def test_the_first_line_of_the_input_is_enough(new_server):
    """"--password-stdin": a terminal, or a script that talks on, does not end the stream."""
    server = new_server()
    command = [server.command()[0], "admin", "create", "--username", "robin", "--data", str(server.data), "--set", "security.password_cost=minimum"]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=RoostServer.environment(), cwd=server.folder
    )
    try:
        process.stdin.write(PASSWORD.encode() + b"\n")
        process.stdin.flush()
        assert process.wait(LIMIT) == 0
    finally:
        process.kill()
        process.communicate()
    assert log_in(server, "robin") == 200


def test_a_person_is_asked_and_nobody_sees_the_answer(new_server):
    """"[--password-stdin]": without a script a person types, and the screen does not show what."""
    server = new_server()
    screen, terminal = pty.openpty()
    command = [server.command()[0], "admin", "create", "--username", "robin", "--data", str(server.data), "--set", "security.password_cost=minimum"]
    process = subprocess.Popen(command, stdin=terminal, stdout=terminal, stderr=terminal, env=RoostServer.environment(), cwd=server.folder)
    os.close(terminal)
    try:
        shown = b""
        while b"Password: " not in shown:
            shown += os.read(screen, 1024)
        os.write(screen, PASSWORD.encode() + b"\n")
        shown += read_to_the_end(screen)
        assert process.wait(LIMIT) == 0
    finally:
        process.kill()
        process.wait(LIMIT)
        os.close(screen)
    assert b"robin is an administrator now." in shown and PASSWORD.encode() not in shown
    assert log_in(server, "robin") == 200
