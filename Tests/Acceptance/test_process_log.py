"""The screen and the log (contracts/configuration.md, `log.format`, `log.level`; DESIGN.md 10)."""

import datetime
import json
import re
import subprocess

import pytest

from support.api import PASSWORD, Api, register, unique
from support.gateway import CONNECTED
from support.program import LIMIT, SETUP_CODE, on_terminal, plain
from support.server import RoostServer

ENGINES = ("sqlite",)

#: A line of the text format: time of day, level, message.
TEXT = re.compile(r"\d\d:\d\d:\d\d info Serving .*address=http://127\.0\.0\.1:\d+.*")


class Apart(RoostServer):
    """A server whose standard output and standard error streams go to files of their own."""

    def start(self):
        command = self.command()
        self.screen_file = self.folder / "screen"
        wrapper = ["/bin/sh", "-c", 'screen=$1; shift; exec "$@" >"$screen"', "sh", str(self.screen_file)]
        self.command = lambda **more: wrapper + command
        return super().start()

    @property
    def screen(self):
        return self.screen_file.read_text()


@pytest.fixture
def apart(roost_binary, tmp_path):
    """Makes servers whose log is apart from their screen."""
    made = []

    def make(**settings):
        folder = tmp_path / f"apart{len(made)}"
        folder.mkdir()
        made.append(Apart(folder, settings={path.replace("__", "."): value for path, value in settings.items()}))
        return made[-1].start()

    yield make
    for server in made:
        server.dispose()


def lines_of_json(log):
    """The lines of a log, each one JSON object with time, level and message."""
    lines = [json.loads(line) for line in log.splitlines()]
    assert lines
    for line in lines:
        assert datetime.datetime.fromisoformat(line["time"]).tzinfo is not None
        assert line["level"] in ("trace", "debug", "info", "warning", "error") and line["message"]
    return lines


def test_the_log_is_json_when_nobody_looks(apart):
    """"log.format | auto": JSON otherwise; the log goes to the standard error stream, the screen to the standard output."""
    server = apart()
    register(server)
    url = server.url
    assert server.stop() == 0
    lines = lines_of_json(server.log)
    assert [line["message"] for line in lines] == ["Serving", "Stopping", "Stopped"], "nothing at info for ordinary work"
    assert lines[0]["address"] == url
    assert url in server.screen and "{" not in server.screen


def test_the_log_is_text_at_a_terminal(roost_binary, tmp_path):
    """"log.format | auto": text for people."""
    with on_terminal(roost_binary, tmp_path) as (ready, stop):
        shown = stop()
    assert ready["url"] in shown
    assert any(TEXT.fullmatch(line) for line in shown.splitlines()), shown
    assert '{"time"' not in shown and "Stopped" in shown


def test_the_format_can_be_set(roost_binary, tmp_path, apart):
    """"log.format": json at a terminal, text in a file."""
    with on_terminal(roost_binary, tmp_path, "--set", "log.format=json") as (_, stop):
        shown = stop()
    lines = lines_of_json("\n".join(line for line in shown.splitlines() if line.startswith("{")))
    assert [line["message"] for line in lines] == ["Serving", "Stopping", "Stopped"]
    server = apart(log__format="text")
    assert server.stop() == 0
    assert TEXT.fullmatch(server.log.splitlines()[0])


def test_the_level_can_be_set(apart):
    """"log.level | info": error is quiet, debug tells of each request."""
    quiet, loud = apart(log__level="error"), apart(log__level="debug")
    for server in (quiet, loud):
        assert server.http.get("/healthz?token=secret-word").status_code == 200
        assert server.stop() == 0
    assert quiet.log == ""
    requests = [line for line in lines_of_json(loud.log) if line["message"] == "Request"]
    assert {"method": "GET", "route": "/healthz", "status": 200}.items() <= requests[0].items()
    assert "secret-word" not in loud.log


def test_the_first_start_shows_the_setup_code_to_people(roost_binary, tmp_path):
    """"shown grouped with the prefix `ROOST-`"; with an administrator nothing is shown."""
    with on_terminal(roost_binary, tmp_path) as (ready, stop):
        shown = stop()
    code = ready["setup_code"]
    assert code in shown and re.fullmatch(r"ROOST(-[0-9A-HJKMNP-TV-Z]{5,6}){5}", code)
    command = [roost_binary, "admin", "create", "--username", "robin", "--data", "data", "--set", "security.password_cost=minimum"]
    subprocess.run(command, input=PASSWORD, text=True, check=True, timeout=LIMIT, cwd=tmp_path, capture_output=True, env=RoostServer.environment())
    with on_terminal(roost_binary, tmp_path) as (ready, stop):
        shown = stop()
    assert ready["setup_code"] is None and not SETUP_CODE.search(shown)


def test_no_secret_is_in_the_log(apart, gateway):
    """DESIGN 10: "No secret in a log or a URL we build", even when it tells everything."""
    server = apart(log__level="trace")
    code = server.setup_code
    admin = register(server, "admin", setup_code=code, email=f"{unique()}@example.org")
    wrong = "wrong " + PASSWORD
    assert Api(server).post("/auth/login", {"username": admin.username, "password": wrong}).status_code == 401
    assert Api(server).post("/auth/register", {"username": unique(), "password": PASSWORD, "setup_code": code}).status_code >= 400
    assert Api(server, "made-up-token").get("/auth/me").status_code == 401
    refreshed = Api(server).post("/auth/refresh", {"refresh_token": admin.refresh_token}).json()
    gateway.open(server, query={"token": admin.access_token}).expect(CONNECTED)
    gateway.open(server).identify(admin.access_token)
    room = admin.create_server()["channels"][0]["channel_id"]
    admin.say(room, "between you and me")
    assert admin.post(f"/channels/{room}/messages?token=in-the-query", {"content": ""}).status_code == 400
    assert server.stop() == 0
    lines_of_json(server.log)
    secrets = [PASSWORD, wrong, code, plain(code), "made-up-token", "in-the-query", "between you and me", "@example.org"]
    secrets += [admin.access_token, admin.refresh_token, refreshed["access_token"], refreshed["refresh_token"]]
    for secret in secrets:
        assert secret not in server.log
