"""Dawchat as its operator sets it: with limits, with a failing storage, or not at all (contracts/dawchat.md 1)."""

import time

import pytest

from support.api import PASSWORD, Account, Api, register, unchanged, unique
from support.database import execute
from support.dawchat import DawchatPerson, administrator, from_chat, newcomer, problem, succeeded


# Limits of requests, shared with Chat


@pytest.fixture
def limited(new_server):
    return new_server(settings={"limits.rate": "true"})


def check_refusal(response, wait):
    """429 with Retry-After, a whole number of seconds."""
    problem(response, "RateLimited")
    assert 1 <= int(response.headers["retry-after"]) <= wait


@pytest.mark.alone
def test_messages_are_limited_per_channel_and_user(limited):
    """Messages by user and channel, 5 per 5 s, whether they come through Dawchat or Chat."""
    root = administrator(limited)
    room, other = (root.make_channel()["channelId"] for _ in range(2))
    answer = Api(limited).post("/auth/login", {"login": root.username, "password": PASSWORD}).json()
    chat = Account(limited, answer, PASSWORD)
    for number in range(3):
        root.say(room, str(number))
    for number in range(2):
        chat.say(str(room), str(number))
    with unchanged(lambda: root.history(room)):
        response = root.channel_messages_create(room, "too many")
        check_refusal(response, 5)
    root.say(other, "another channel")
    time.sleep(int(response.headers["retry-after"]) + 0.1)
    root.say(room, "after the wait")


@pytest.mark.parametrize("way", ["login", "create"])
def test_signing_in_is_limited_per_address(limited, way):
    """Sign-ins by address, 10 per minute: create and login."""
    register(limited)
    visitor = DawchatPerson(limited)
    for _ in range(12):
        if way == "login":
            response = visitor.user_login(username="nobody", password="wrong password")
        else:
            response = visitor.user_create(username=unique(), password=PASSWORD, inviteToken="nope")
        if response.status_code == 429:
            break
        problem(response, "InvalidCredentials" if way == "login" else "InvalidUserInvite")
    check_refusal(response, 60)
    check_refusal(visitor.user_login(username="nobody", password="wrong password"), 60)
    assert Api(limited).post("/auth/login", {"login": "nobody", "password": "wrong password"}).status_code == 429


@pytest.mark.alone
def test_requests_are_limited_per_user(limited):
    """Requests by user, 50 per second."""
    busy = administrator(limited)
    calm = from_chat(register(limited))
    for number in range(2000):
        response = busy.user_info()
        if response.status_code == 429:
            break
        assert succeeded(response)["userId"] == busy.user_id
    assert number >= 50
    check_refusal(response, 1)
    succeeded(calm.user_info())
    time.sleep(1.1)
    succeeded(busy.user_info())


# The rest


def test_the_limit_of_a_body_can_be_set(new_server):
    """limits.json_body_bytes."""
    server = new_server(settings={"limits.json_body_bytes": "4096"})
    person = newcomer(server)
    channel = person.make_channel()["channelId"]
    person.say(channel, "x" * 3900)
    with unchanged(lambda: person.history(channel)):
        problem(person.channel_messages_create(channel, "x" * 4100), "TooLarge")


def test_a_failure_of_the_server_is_answered_500_and_tells_nothing(new_server, engine):
    """1.1: a bare error; the log knows more."""
    server = new_server(engine)
    person = newcomer(server)
    channel, token = person.make_channel()["channelId"], person.token
    server.stop()
    execute(server, "ALTER TABLE messages RENAME TO elsewhere")
    server.start()
    again = DawchatPerson(server)
    again.http.headers["Authorization"] = f"Bearer {token}"
    body = problem(again.channel_messages(channel), "Internal")
    assert not any(word in str(body) for word in ("messages", "elsewhere", "SQL", "sql"))
    succeeded(again.user_info())


def test_dawchat_can_be_switched_off(new_server):
    """dawchat.enabled=false answers 404; Chat stays."""
    server = new_server(settings={"dawchat.enabled": "false"})
    account = register(server)
    visitor = DawchatPerson(server)
    for method, path in (
        ("POST", "/user/login"), ("POST", "/user/create"), ("GET", "/user/info"), ("POST", "/channel/create"), ("GET", "/channel/search"),
        ("GET", "/user/listener"), ("GET", "/chat/listen"), ("GET", "/user/openapi.yaml"),
    ):  # fmt: skip
        response = visitor.http.request(method, "/api" + path, json={"username": account.username, "password": account.password})
        assert response.status_code == 404 and "set-cookie" not in response.headers, path
    assert account.get("/auth/me").status_code == 200


def test_the_document_of_the_api_is_served(server):
    """OpenAPI at /api/user/openapi.yaml, for anybody."""
    response = server.http.get("/api/user/openapi.yaml")
    assert response.status_code == 200 and response.text.startswith("openapi:") and "Dawchat" in response.text
