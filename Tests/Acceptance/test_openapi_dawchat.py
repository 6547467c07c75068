"""docs/api/dawchat.openapi.yaml is true: schemathesis reads it from the running server and tries everything it says."""

import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from support.api import PASSWORD, register
from support.dawchat import channel_name, newcomer
from support.openapi import WIDE_LIMITS, check_with_schemathesis, methods, operations, read_document

ROOT = Path(__file__).resolve().parents[2]
DIALECT = ROOT / "Sources/Dialects/Dawchat"
PATH = "/user/openapi.yaml"
#: They answer for ever; the last tests of this file try them.
STREAMS = ("GET /user/listener", "GET /chat/listen")


@pytest.fixture
def document(server):
    return read_document(server, "/api" + PATH)


def mounted():
    """The operations of the source: each group of routes with what it begins with."""
    source = (DIALECT / "DawchatDialect.swift").read_text()
    prefixes = re.findall(r'"(/api[^"]*)"', re.search(r"prefixes = \[(.*?)\]", source)[1])
    for beginning, group in re.findall(r"router\.group\((.*?)\) \{ group in(.*?)\n        \}", source, re.DOTALL):
        number = re.fullmatch(r"Self\.prefixes\[(\d)\]", beginning)
        prefix = prefixes[int(number[1])] if number else beginning.strip('"')
        files = [(DIALECT / f"Routes/{name}.swift").read_text() for name in re.findall(r"(\w+)\(endpoints: endpoints\)\.mount", group)]
        for method, path in re.findall(r'(?:router|group)\.(get|post|put|patch|delete)\("([^"]+)"', "\n".join([group, *files])):
            yield f"{method.upper()} {prefix.removeprefix('/api')}{path}"


def test_every_route_of_the_server_is_in_it(document):
    assert set(mounted()) == operations(document)


def test_the_server_has_every_route_that_is_in_it(server, document):
    """`Allow` names the methods of the document, and those that come with every route."""
    for path, item in document["paths"].items():
        response = server.http.options("/api" + path)
        assert response.status_code == 204, path
        assert set(response.headers["allow"].split(", ")) == methods(item), path


def test_every_error_of_the_server_is_in_it(document):
    """contracts/dawchat.md 1.1: the kinds of the source have the type, title, status and short name of the document."""
    source = (DIALECT / "Errors/ProblemKind.swift").read_text()
    base = re.search(r'base = "([^"]+)"', source)[1]
    kinds = {code: (base + suffix, title) for code, suffix, title in re.findall(r'ProblemKind\(\s*"(\w+)", "([\w-]+)", "([^"]+)"', source)}
    problems = {name: schema["allOf"][1]["properties"] for name, schema in document["components"]["schemas"].items() if "allOf" in schema}
    named = {name: (problem["type"]["const"], problem["title"]["const"]) for name, problem in problems.items()}
    assert all(problem["code"]["const"] == name for name, problem in problems.items())
    assert kinds == {name: pair for name, pair in named.items() if pair[0] != "about:blank"} and len(kinds) == 21


@pytest.mark.timeout(360)
def test_the_server_does_what_it_says(engine, new_server, document, tmp_path):
    """All checks of schemathesis with its coverage, fuzzing and stateful phases; and each operation has succeeded at least once."""
    server = new_server(engine, WIDE_LIMITS | {"dawchat.sessions_per_user": "1000"})
    people = {name: {"username": register(server, name).username, "password": PASSWORD} for name in ("robin", "wren")}
    check_with_schemathesis(document, server, "/api", PATH, "openapi_dawchat_hooks.py", people, tmp_path, untried=STREAMS)


# The event stream and the cookie


@pytest.mark.parametrize("operation", STREAMS)
def test_the_event_stream_is_as_it_says(server, listen, document, operation):
    """Its head, and each kind of event with the id and the data that are told of it."""
    path = operation.split(" ")[1]
    reference = document["paths"][path]["get"]["responses"]["200"]["$ref"]
    described = document["components"]["responses"][reference.rpartition("/")[2]]
    events = described["content"]["text/event-stream"]["x-events"]
    robin, wren, seen = newcomer(server, "robin"), newcomer(server, "wren"), set()
    stream = listen(robin, path="/api" + path)
    assert stream.header("content-type").startswith("text/event-stream")
    for name, header in described["headers"].items():
        assert stream.header(name.lower()) == header["schema"]["const"]

    def expect(name):
        event = stream.expect(name)
        Draft202012Validator(events[name]["data"] | {"components": document["components"]}).validate(event.data)
        told = events[name]["id"].removeprefix("the ")
        assert event.id == (event.data[told] if told != "none" else None), name
        seen.add(name)

    channel = robin.make_channel()["channelId"]
    expect("channel-join")
    robin.say(channel)
    expect("channel-message")
    robin.rename(channel, channel_name())
    expect("channel-rename")
    expect("channel-message")
    wren.join(channel)
    robin.leave(channel, newOwner=wren.user_id)
    expect("channel-leave")
    invite = wren.invite(channel, robin)
    expect("user-invite")
    robin.join(channel, invite)
    expect("channel-join")
    wren.channel_users_remove(robin.user_id, channelId=channel)
    expect("channel-remove")
    assert seen == set(events)


@pytest.mark.parametrize("operation", STREAMS)
def test_the_event_stream_needs_a_session(server, operation):
    assert server.http.get("/api" + operation.split(" ")[1]).status_code == 401


def test_the_cookie_is_as_it_says(server, document):
    """contracts/dawchat.md 1.2: the attributes in their order, at login and at logout."""
    headers, robin = document["components"]["headers"], newcomer(server, "robin")
    login = robin.user_login(username=robin.username, password=robin.password)
    for response, name in ((login, "SessionCookie"), (robin.user_logout(), "ClearedCookie")):
        assert re.fullmatch(headers[name]["schema"]["pattern"], response.headers["set-cookie"])
