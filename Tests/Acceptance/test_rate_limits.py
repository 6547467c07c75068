"""Rate limits (contracts/chat.md 1.2 and 1.1, 429), on servers that have them switched on."""

import math
import select
import socket as sockets
import time

import pytest

from support.api import PASSWORD, Account, Api, assert_error, register, unchanged, unique

ENGINES = ("sqlite",)
pytestmark = pytest.mark.alone


@pytest.fixture
def limited(new_server):
    return new_server(settings={"limits.rate": "true"})


HEADERS = {f"x-ratelimit-{name}" for name in ("limit", "remaining", "reset", "reset-after", "bucket")}


def check_headers(response, *, limit, remaining, bucket, wait):
    """1.1: "headers ... X-RateLimit-Limit, -Remaining, -Reset, -Reset-After, -Bucket"."""
    headers = response.headers
    assert (headers["x-ratelimit-limit"], headers["x-ratelimit-bucket"]) == (str(limit), bucket)
    assert int(headers["x-ratelimit-remaining"]) in remaining, headers["x-ratelimit-remaining"]
    assert time.time() - 2 <= int(headers["x-ratelimit-reset"]) <= time.time() + wait + 2
    assert 0 <= float(headers["x-ratelimit-reset-after"]) <= wait
    assert "retry-after" not in headers


def check_refusal(response, *, limit=None, wait, is_global=None, bucket=None):
    """1.1: "429 | 0 | rate_limited | body also retry_after (seconds, float) and global (bool); headers Retry-After, X-RateLimit-..."."""
    body = assert_error(response, 429, 0, "rate_limited")
    assert isinstance(body["retry_after"], (int, float)) and not isinstance(body["retry_after"], bool)
    assert 0 < body["retry_after"] <= wait
    assert type(body["global"]) is bool
    if is_global is not None:
        assert body["global"] is is_global
    headers = response.headers
    assert int(headers["retry-after"]) == math.ceil(body["retry_after"])
    assert int(headers["x-ratelimit-limit"]) >= 1 if limit is None else int(headers["x-ratelimit-limit"]) == limit
    assert headers["x-ratelimit-remaining"] == "0"
    assert time.time() - 2 <= float(headers["x-ratelimit-reset"]) <= time.time() + wait + 2
    assert 0 < float(headers["x-ratelimit-reset-after"]) <= wait + 1
    assert headers["x-ratelimit-bucket"] == bucket if bucket else headers["x-ratelimit-bucket"]
    return body["retry_after"]


def test_messages_are_limited_per_channel_and_user(limited):
    """1.2: "messages 5 per 5 s per channel and user"."""
    owner, member = register(limited), register(limited)
    nest = member.join(owner.invite(owner.create_server()["server_id"]))
    room = nest["channels"][0]["channel_id"]
    other = owner.create_channel(nest["server_id"])["channel_id"]
    for number in range(5):
        owner.say(room, str(number))
    with unchanged(lambda: owner.history(room)):
        response = owner.post(f"/channels/{room}/messages", {"content": "too many"})
        wait = check_refusal(response, limit=5, wait=5, is_global=False, bucket="messages")
    member.say(room, "another user")
    owner.say(other, "another channel")
    time.sleep(wait + 0.1)
    owner.say(room, "after the wait")


def test_logins_are_limited_per_address(limited):
    """1.2: "login/register 10 per minute per IP"."""
    account = register(limited)
    stranger, login = Api(limited), {"username": account.username, "password": "wrong password"}
    answers = [stranger.post("/auth/login", login) for _ in range(11)]
    allowed = [answer for answer in answers if answer.status_code != 429]
    assert 9 <= len(allowed) <= 10
    for answer in allowed:
        assert_error(answer, 401, 50014, "invalid_credentials")
    check_refusal(answers[-1], limit=10, wait=60, bucket="sign-in")
    right = stranger.post("/auth/login", {"username": account.username, "password": PASSWORD})
    check_refusal(right, limit=10, wait=60)
    assert account.get("/auth/me").status_code == 200


def test_whoever_holds_a_token_does_not_find_the_password_out_by_trying(limited):
    """1.2: what tries a password is counted; by account, so that neither more addresses help nor others at the same one suffer."""
    account, other = register(limited), register(limited)
    change = {"password": "another password", "current_password": "wrong password"}
    answers = [account.patch("/users/@me", change) for _ in range(11)]
    allowed = [answer for answer in answers if answer.status_code != 429]
    assert 9 <= len(allowed) <= 10
    for answer in allowed:
        assert_error(answer, 400, 50035, "invalid_form", fields=["current_password"])
    check_refusal(answers[-1], limit=10, wait=60, bucket="sign-in")
    check_refusal(account.patch("/users/@me", change | {"current_password": PASSWORD}), limit=10, wait=60)
    # What tries no password is not counted, and the address may still sign in.
    assert account.patch("/users/@me", {"bio": "patient"}).status_code == 200
    assert other.patch("/users/@me", change | {"current_password": PASSWORD}).status_code == 200
    assert Api(limited).post("/auth/login", {"username": account.username, "password": PASSWORD}).status_code == 200


def test_registrations_are_limited_per_address(limited):
    """1.2: "login/register 10 per minute per IP"; a refused registration makes no account."""
    accounts = [register(limited) for _ in range(10)]
    name = unique("late")
    check_refusal(Api(limited).post("/auth/register", {"username": name, "password": PASSWORD}), limit=10, wait=60, bucket="sign-in")
    looker = accounts[0]
    found = [looker.get(f"/users/{account.user_id}").json()["username"] for account in accounts]
    assert found == [account.username for account in accounts] and name not in found


def test_other_routes_are_limited_per_user(limited):
    """1.2: "other routes 50 per second per user"."""
    busy, calm = register(limited), register(limited)
    for count in range(2000):
        response = busy.get("/servers")
        if response.status_code == 429:
            break
        assert response.status_code == 200
    assert count >= 50, "the first 50 are allowed"
    wait = check_refusal(response, limit=50, wait=1, bucket="requests")
    assert calm.get("/servers").status_code == 200
    time.sleep(wait + 0.05)
    assert busy.get("/servers").status_code == 200


def test_wrong_setup_codes_are_limited_per_address(limited):
    """configuration.md, "The setup code": "five wrong tries from one address are answered 429 for 15 minutes"."""
    wrong = "ROOST-" + "0" * 26
    names = [unique("guess") for _ in range(6)]
    bodies = [{"username": name, "password": PASSWORD, "setup_code": wrong} for name in names]
    stranger = Api(limited)
    for body in bodies[:5]:
        assert 400 <= stranger.post("/auth/register", body).status_code < 429
    response = stranger.post("/auth/register", bodies[5] | {"setup_code": limited.setup_code})
    body = assert_error(response, 429, 0, "rate_limited")
    assert 60 < body["retry_after"] <= 900 and int(response.headers["retry-after"]) <= 900
    assert time.time() + 60 < float(response.headers["x-ratelimit-reset"]) <= time.time() + 902


def test_messages_count_as_requests_too(limited):
    """1.2: "50 per second per user": whoever sends to channels that do not exist gets no further than others."""
    busy = register(limited)
    for number in range(2000):
        response = busy.post(f"/channels/{1000 + number}/messages", {"content": "into the void"})
        if response.status_code == 429:
            break
        assert_error(response, 404, 10003, "unknown_channel")
    assert number >= 50
    check_refusal(response, limit=50, wait=1, is_global=True)


def test_refreshes_are_limited_per_address(limited):
    """1.2: each try costs the server a look at its disk."""
    stranger = Api(limited)
    for number in range(2000):
        response = stranger.post("/auth/refresh", {"refresh_token": "A" * 43})
        if response.status_code == 429:
            break
        assert_error(response, 401, 50014, "invalid_refresh_token")
    assert number >= 50
    check_refusal(response, limit=50, wait=1, bucket="refreshes")


def test_every_signed_in_answer_tells_what_is_left(limited):
    """1.2: "other routes 50 per second per user"; 1.1: the headers, on what is allowed and on errors alike."""
    owner, member = register(limited), register(limited)
    server = owner.create_server()
    path, room = f"/servers/{server['server_id']}", f"/channels/{server['channels'][0]['channel_id']}"
    message = owner.say(server["channels"][0]["channel_id"], "hello")["message_id"]
    for response, status in (
        (owner.get("/servers"), 200), (owner.post(f"{path}/channels", {"name": "new"}), 201), (owner.patch(path, {"name": "new"}), 200),
        (owner.delete(f"{room}/messages/{message}"), 204), (owner.post(f"{room}/typing"), 204), (owner.get("/users/@me"), 200),
        (owner.patch("/users/@me", {"bio": 5}), 400), (member.get(path), 403), (member.get("/servers/1"), 404),
        (member.post("/users/@me/dm-channels", {"recipient_id": owner.user_id}), 201),
    ):  # fmt: skip
        assert response.status_code == status
        check_headers(response, limit=50, remaining=range(0, 50), bucket="requests", wait=1)
    counts = [int(member.get("/auth/me").headers["x-ratelimit-remaining"]) for _ in range(10)]
    assert counts[-1] < counts[0], "each request takes one"


def test_an_answer_to_a_message_tells_what_is_left_in_its_channel(limited):
    """1.2: "messages 5 per 5 s per channel and user"."""
    owner = register(limited)
    server = owner.create_server()
    room, other = server["channels"][0]["channel_id"], owner.create_channel(server["server_id"])["channel_id"]
    for left in range(4, -1, -1):
        response = owner.post(f"/channels/{room}/messages", {"content": "x"})
        # On a slow machine one may have come back meanwhile.
        check_headers(response, limit=5, remaining=(left, left + 1), bucket="messages", wait=5)
    check_headers(owner.post(f"/channels/{other}/messages", {"content": "x"}), limit=5, remaining=(4,), bucket="messages", wait=5)
    check_headers(owner.get(f"/channels/{room}/messages"), limit=50, remaining=range(0, 50), bucket="requests", wait=1)


def test_a_signing_in_that_is_refused_counts_in_a_bucket_of_its_own(limited):
    """1.2: "login/register 10 per minute per IP": it takes nothing from what an account may do, nor from refreshing."""
    account, stranger = register(limited), Api(limited)
    for _ in range(11):
        response = stranger.post("/auth/login", {"username": account.username, "password": "wrong password"})
    check_refusal(response, limit=10, wait=60, bucket="sign-in")
    assert account.get("/auth/me").status_code == 200
    assert stranger.post("/auth/refresh", {"refresh_token": account.refresh_token}).status_code == 200


def test_limits_that_are_switched_off_are_not_told(room, owner):
    """configuration.md: "limits.rate | false switches all rate limits off"."""
    for response in (owner.get("/servers"), owner.post(f"/channels/{room}/messages", {"content": "x"}), owner.get("/servers/1")):
        assert not HEADERS & set(response.headers.keys()) and "retry-after" not in response.headers


def test_limits_that_are_switched_off_let_everything_through(room, owner):
    """configuration.md: "limits.rate | false switches all rate limits off (tests, benchmarks)"."""
    for number in range(20):
        owner.say(room, str(number))
    names = [register(owner.server) for _ in range(12)]
    assert all(isinstance(account, Account) for account in names)


def test_the_limits_can_be_set(new_server, gateway):
    """1.2: "All configurable"; 2: "password 8..128 characters (configurable)"; 4.6: "default 10 sessions"."""
    server = new_server(
        settings={
            "limits.rate": "true", "chat.messages_per_5_seconds": "2", "chat.requests_per_second": "1000", "chat.sign_ins_per_minute": "3",
            "chat.sockets_per_user": "1", "security.password_minimum_length": "12", "limits.connections": "16",
        }
    )  # fmt: skip
    assert_error(
        Api(server).post("/auth/register", {"username": unique(), "password": "a" * 11}), 400, 50035, "invalid_form", fields=["password"]
    )
    owner = register(server)
    room = owner.create_server()["channels"][0]["channel_id"]
    for number in range(2):
        owner.say(room, str(number))
    check_refusal(owner.post(f"/channels/{room}/messages", {"content": "too many"}), limit=2, wait=5)
    register(server)
    check_refusal(Api(server).post("/auth/register", {"username": unique(), "password": PASSWORD}), limit=3, wait=60)
    gateway(owner)
    gateway.open(server, header=owner.access_token).expect_close(4008)
    # A WebSocket keeps its place among all connections. The loops accept side by side: which of the crowd come too late is theirs to say.
    crowd = [sockets.create_connection(("127.0.0.1", server.port), timeout=5) for _ in range(16)]
    answers = {}
    while len(answers) < 2:
        ready, _, _ = select.select([connection for connection in crowd if connection not in answers], [], [], 5)
        assert ready, "at least two of them are too many"
        answers |= {connection: connection.recv(1000) for connection in ready}
    assert all(b" 503 " in answer and b"At most 16 connections" in answer for answer in answers.values())
    for connection in crowd:
        connection.close()
