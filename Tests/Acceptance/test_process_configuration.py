"""Configuration of the process: its layers, what is refused, and what the keys do (contracts/configuration.md)."""

import json
import re
import time

import pytest
from websockets.exceptions import InvalidStatus

from support.api import PASSWORD, Api, register, unique
from support.gateway import Gateway
from support.program import run, serve
from support.tokens import claims

ENGINES = ("sqlite",)


# What is refused


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


def test_the_wrong_value_of_a_secret_is_not_repeated(roost_binary, tmp_path):
    """DESIGN 10: "No secret in a log"."""
    for setting in ("database.url=mysql://roost:secret-word@db/roost", 'registration.bootstrap={"username": "robin", "passwrd": "secret-word"}'):
        result = serve(roost_binary, tmp_path, "--set", setting)
        assert result.returncode == 78 and "secret-word" not in result.stderr + result.stdout


@pytest.mark.parametrize("password", ["short", ""])
def test_a_bootstrap_that_breaks_the_rules_is_told_with_file_and_line(roost_binary, tmp_path, password):
    """"a bad value stops the start with file, line"."""
    file = tmp_path / "roost.yaml"
    file.write_text(f'registration:\n  bootstrap:\n    username: robin\n    password: "{password}"\n')
    result = serve(roost_binary, tmp_path, "--config", str(file), "--set", "security.password_cost=minimum")
    assert result.returncode == 78 and "roost.yaml:" in result.stderr and "registration.bootstrap" in result.stderr, result.stderr


# Layers


def shown(result):
    """What `roost config` has printed: key to (value, origin)."""
    assert result.returncode == 0, result.stderr
    lines = [re.fullmatch(r"(\S+): (.*)  # (.+)", line) for line in result.stdout.splitlines()]
    return {line[1]: (line[2], line[3]) for line in lines}


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


def test_each_value_is_shown_with_its_origin(roost_binary, tmp_path):
    """"`roost config [same options]` prints the effective configuration and where each value came from"; "`--set path=value` (repeatable ...)"."""
    (tmp_path / "roost.yaml").write_text("server:\n  name: Nest\n  listen: 127.0.0.1:1\nlog:\n  level: debug\n")
    words = ("--config", "roost.yaml", "--set", "limits.rate=false", "--set", "server.data=set", "--listen", "127.0.0.1:0", "--data", "flag")
    values = shown(run(roost_binary, tmp_path, "config", *words, "--ready-file", "ready", ROOST_LOG__LEVEL="warning", ROOST_SERVER__LOOPS="3"))
    assert values["server.name"] == ('"Nest"', "roost.yaml:2")
    assert values["log.level"] == ("warning", "ROOST_LOG__LEVEL")
    assert values["server.loops"] == ("3", "ROOST_SERVER__LOOPS")
    assert values["limits.rate"] == ("false", "--set")
    assert values["server.listen"] == ('"127.0.0.1:0"', "--listen")
    assert values["server.data"] == ('"flag"', "--data")
    assert values["chat.enabled"] == ("true", "default")
    assert {path.name for path in tmp_path.iterdir()} == {"roost.yaml"}, "looking at a configuration makes nothing"


def test_what_is_printed_can_be_given_back(roost_binary, tmp_path):
    """The effective configuration is YAML of the same keys."""
    words = ("--set", 'server.name=a "b" #c', "--set", 'server.trusted_proxies=["10.0.0.0/8", "::1"]')
    before = run(roost_binary, tmp_path, "config", *words)
    (tmp_path / "roost.yaml").write_text(before.stdout)
    after = run(roost_binary, tmp_path, "config", "--config", "roost.yaml")
    assert {key: value for key, (value, _) in shown(after).items()} == {key: value for key, (value, _) in shown(before).items()}


def test_a_value_may_be_json_or_yaml(roost_binary, tmp_path):
    """"a value that parses as JSON or YAML is taken as such"."""
    words = ("--set", 'server.name="Nest"', "--set", "server.trusted_proxies=[10.0.0.0/8]", "--set", "registration={mode: closed}")
    values = shown(run(roost_binary, tmp_path, "config", *words, ROOST_SERVER__PUBLIC_URL="null", ROOST_CHAT='{"enabled": false}'))
    assert values["server.name"][0] == '"Nest"' and values["server.trusted_proxies"][0] == '["10.0.0.0/8"]'
    assert values["registration.mode"][0] == "closed" and values["chat.enabled"] == ("false", "ROOST_CHAT")
    assert values["server.public_url"] == ("null", "default")


def test_the_password_of_the_bootstrap_is_not_printed(roost_binary, tmp_path):
    """"secrets as `***`", whatever layer they come from."""
    bootstrap = json.dumps({"username": "robin", "password": "secret-word"})
    for words, variables in ((("--set", f"registration.bootstrap={bootstrap}"), {}), ((), {"ROOST_REGISTRATION__BOOTSTRAP": bootstrap})):
        result = run(roost_binary, tmp_path, "config", *words, **variables)
        assert shown(result)["registration.bootstrap.password"][0] == '"***"'
        assert shown(result)["registration.bootstrap.username"][0] == '"robin"' and "secret-word" not in result.stdout + result.stderr


# What the keys do


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


def test_the_bootstrap_is_for_the_first_start_only(new_server):
    """"made administrator at first start": later it changes nothing, neither the password nor who administers."""
    server = new_server(settings={"registration.bootstrap": json.dumps({"username": "admin", "password": PASSWORD})})
    server.settings["registration.bootstrap"] = json.dumps({"username": "admin", "password": "another " + PASSWORD})
    server.restart()
    assert Api(server).post("/auth/login", {"username": "admin", "password": PASSWORD}).status_code == 200
    assert Api(server).post("/auth/login", {"username": "admin", "password": "another " + PASSWORD}).status_code == 401
    server.settings["registration.bootstrap"] = json.dumps({"username": "second", "password": PASSWORD})
    server.restart()
    assert Api(server).post("/auth/login", {"username": "second", "password": PASSWORD}).status_code == 401


def test_registration_by_invitation_needs_one(new_server):
    """"in mode `invite` Chat takes the same tokens as `invite_token`"; the setup code still lets the administrator in."""
    server = new_server(settings={"registration.mode": "invite"})
    for more in ({}, {"invite_token": "made-up"}):
        name = unique()
        assert 400 <= Api(server).post("/auth/register", {"username": name, "password": PASSWORD} | more).status_code < 500
        assert Api(server).post("/auth/login", {"username": name, "password": PASSWORD}).status_code == 401
    register(server, "admin", setup_code=server.setup_code)


def test_a_dialect_that_is_off_is_not_there(new_server):
    """"chat.enabled ... | a dialect that is off answers 404 as if not there"."""
    # What is below another API's paths would be answered in its shape.
    server = new_server(settings={"chat.enabled": "false", "reileta.enabled": "false"})
    nothing = server.http.get("/no/such/path")
    for path in ("/api/rest/servers", "/api/rest/auth/me", "/api/ws", "/api/rest"):
        answer = server.http.get(path)
        assert (answer.status_code, answer.content) == (404, nothing.content) and "www-authenticate" not in answer.headers
    with pytest.raises(InvalidStatus) as refused:
        Gateway(server)
    assert refused.value.response.status_code == 404
    assert server.http.get("/readyz").status_code == 200


def test_the_chat_keys_are_followed(new_server, gateway):
    """"chat.heartbeat_interval_ms", "chat.access_token_seconds / chat.refresh_token_days", "limits.json_body_bytes"."""
    settings = {"chat.heartbeat_interval_ms": "1500", "chat.access_token_seconds": "77", "limits.json_body_bytes": "2048"}
    server = new_server(settings=settings)
    account = register(server)
    assert gateway.open(server).hello["d"]["heartbeat_interval"] == 1500
    assert account.answer["expires_in"] == 77
    token = claims(account.access_token)
    assert token["exp"] - token["iat"] == 77
    assert account.post("/servers", {"name": "Nest", "description": "x" * 2048}).status_code == 413
    assert account.post("/servers", {"name": "Nest", "description": "x" * 1000}).status_code == 201


def test_the_address_behind_a_trusted_proxy_counts(new_server):
    """"server.trusted_proxies | CIDRs whose X-Forwarded-* are believed"; "five wrong tries from one address"."""
    for proxies, others_are_blocked in (('["127.0.0.0/8"]', False), ("[]", True)):
        server = new_server(settings={"server.trusted_proxies": proxies})

        def guess(address, code="ROOST-" + "0" * 26):
            body = {"username": unique(), "password": PASSWORD, "setup_code": code}
            return Api(server).post("/auth/register", body, headers={"X-Forwarded-For": address}).status_code

        for _ in range(5):
            assert guess("198.51.100.7") < 429
        assert guess("198.51.100.7", server.setup_code) == 429
        assert guess("198.51.100.7, 127.0.0.9", server.setup_code) == 429, "another trusted proxy on the way"
        assert guess("192.0.2.1, 198.51.100.7", server.setup_code) == 429, "what the client wrote itself counts for nothing"
        assert (guess("198.51.100.8") == 429) is others_are_blocked


def test_people_are_shown_the_public_url_and_scripts_the_address(new_server):
    """"server.public_url | canonical origin": people are shown it, scripts get the address that listens."""
    server = new_server(settings={"server.public_url": "https://nest.example.org/", "server.name": "Robin's Nest"})
    assert server.url.startswith("http://127.0.0.1:")
    deadline = time.monotonic() + 10
    while "Ctrl-C" not in server.log and time.monotonic() < deadline:
        time.sleep(0.01)
    assert "Robin's Nest" in server.log and "https://nest.example.org/api/rest" in server.log and "wss://nest.example.org/api/ws" in server.log
