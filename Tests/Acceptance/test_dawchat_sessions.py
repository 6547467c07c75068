"""Dawchat's session token and cookie, and how sessions end (contracts/dawchat.md 1.2 and 1)."""

import base64
import re
import secrets
import time
from email.utils import parsedate_to_datetime

import httpx
import pytest

from support.api import PASSWORD, Api, assert_error, register
from support.dawchat import DawchatPerson, from_chat, newcomer, nothing, problem, succeeded
from support.faults import SteppedClock
from support.program import administer

DAY = 86_400
TOKEN = re.compile(r"[A-Za-z0-9_-]{43}=")
SET_COOKIE = re.compile(r"t=([A-Za-z0-9_-]{43}=); Max-Age=604800; Expires=([^;]+ GMT); Path=/; HttpOnly; SameSite=Lax")
CLEARED_COOKIE = "t=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:10 GMT; Path=/; HttpOnly; SameSite=Lax"


@pytest.fixture
def person(server):
    """Somebody new, signed in."""
    return newcomer(server)


def info(server, cookie=None, bearer=None):
    """GET /api/user/info with these header fields and no jar."""
    headers = {} if cookie is None else {"Cookie": cookie}
    if bearer is not None:
        headers["Authorization"] = f"Bearer {bearer}"
    return httpx.get(server.url + "/api/user/info", headers=headers, trust_env=False)


def set_cookies(response):
    return response.headers.get_list("set-cookie")


def test_login_sets_a_cookie_of_32_random_bytes_for_seven_days(person):
    """1.2: "t=<44 chars>; Max-Age=604800; Expires=<now+7d, IMF-fixdate GMT>; Path=/; HttpOnly", and SameSite=Lax after it."""
    tokens = set()
    for _ in range(3):
        response = person.user_login(username=person.username, password=person.password)
        [field] = set_cookies(response)
        matched = SET_COOKIE.fullmatch(field)
        assert matched, field
        assert re.fullmatch(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT", matched[2])
        assert abs(parsedate_to_datetime(matched[2]).timestamp() - time.time() - 7 * DAY) < 60
        assert len(base64.urlsafe_b64decode(matched[1])) == 32
        tokens.add(matched[1])
    assert len(tokens) == 3


def test_the_cookie_is_for_https_only_when_the_server_is_reached_by_it(new_server):
    """1.2: "; Secure only when served over TLS": as server.public_url says."""
    server = new_server(settings={"server.public_url": "https://chat.example.org"})
    person = DawchatPerson(server)
    account = register(server)
    [field] = set_cookies(person.user_login(username=account.username, password=account.password))
    assert field.endswith("; Path=/; HttpOnly; SameSite=Lax; Secure") and SET_COOKIE.fullmatch(field.removesuffix("; Secure"))


def test_the_token_is_taken_from_the_cookie_or_as_bearer(server, person):
    """1: "cookie t", "also accept Authorization: Bearer <same token>"; 1.2: "also accept unpadded"."""
    token = person.token
    assert TOKEN.fullmatch(token)
    for response in (
        info(server, f"t={token}"), info(server, f"t={token[:-1]}"), info(server, f"theme=dark; t={token}; tt=x"),
        info(server, bearer=token), info(server, bearer=token[:-1]), info(server, "theme=dark", token),
    ):  # fmt: skip
        assert succeeded(response)["userId"] == person.user_id and set_cookies(response) == []


def test_the_cookie_wins_over_bearer(server, person):
    """1: "Cookie wins if both", also when it is no good."""
    other = newcomer(server)
    assert succeeded(info(server, f"t={person.token}", other.token))["userId"] == person.user_id
    assert succeeded(info(server, f"t={person.token}", "nonsense"))["userId"] == person.user_id
    response = info(server, f"t={'A' * 43}=", other.token)
    problem(response, "Unauthorized")
    assert set_cookies(response) == [CLEARED_COOKIE]
    problem(info(server, "t=é".encode(), other.token), "Unauthorized")


def test_a_bad_token_is_401_and_a_bad_cookie_is_cleared(server, person):
    """1.2: "Syntax check ... else 401"; "Cleared on logout and on 401-with-cookie"."""
    token = person.token
    unknown = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    for bad in (
        unknown, unknown[:-1], "", "x", token[:-2] + "=", token[1:], "A" + token, token + "=", "." * 43 + "=", "+" * 43 + "=", token + "A",
        "é" * 43,
    ):  # fmt: skip
        response = info(server, f"t={bad}".encode())
        problem(response, "Unauthorized")
        assert set_cookies(response) == [CLEARED_COOKIE], bad
    for response in (info(server), info(server, bearer=unknown), info(server, bearer="x"), info(server, "T=" + token), info(server, "theme=dark")):
        problem(response, "Unauthorized")
        assert set_cookies(response) == []
    assert succeeded(person.user_info())["userId"] == person.user_id


def test_tokens_of_one_api_are_no_good_in_the_other(server):
    """1.2: a Dawchat token is not an access token of Chat, nor the other way round."""
    account = register(server)
    person = from_chat(account)
    for token in (account.access_token, account.refresh_token):
        problem(info(server, bearer=token), "Unauthorized")
        problem(info(server, f"t={token}"), "Unauthorized")
    assert_error(Api(server, person.token).get("/auth/me"), 401, 40001, "unauthorized")
    assert_error(Api(server).get("/auth/me", headers={"Cookie": f"t={person.token}"}), 401, 40001, "unauthorized")


def test_the_session_is_asked_for_before_the_body(server, person):
    """1: "no session -> 401 even with a broken body"."""
    visitor = DawchatPerson(server)
    for path in ("/channel/create", "/channel/messages", "/user/invites/remove", "/channel/join"):
        for body in (b"{nope", b"", b"[]"):
            problem(visitor.post(path, content=body), "Unauthorized")
            problem(person.post(path, content=body), "InvalidRequestParameters")


# Logging out


def test_logout_ends_this_session_only(server, person):
    """2, row 3: "200 empty, clearing Set-Cookie", "401 (also second time)"; 1.2: "logout ends only this session"."""
    other, token = person.another_browser(), person.token
    response = person.user_logout()
    nothing(response)
    assert set_cookies(response) == [CLEARED_COOKIE] and person.token is None
    problem(info(server, f"t={token}"), "Unauthorized")
    problem(info(server, bearer=token), "Unauthorized")
    again = httpx.post(server.url + "/api/user/logout", headers={"Cookie": f"t={token}"}, trust_env=False)
    problem(again, "Unauthorized")
    assert set_cookies(again) == [CLEARED_COOKIE]
    without = person.user_logout()
    problem(without, "Unauthorized")
    assert set_cookies(without) == []
    assert succeeded(other.user_info())["userId"] == person.user_id
    person.log_in()
    assert person.token not in (token, other.token)


def test_logout_takes_a_bearer_token_and_does_not_look_at_a_body(server, person):
    """1: Bearer is the same token; logout takes no body: one that is sent is not looked at."""
    other = person.another_browser()
    headers = {"Authorization": f"Bearer {other.token}"}
    nothing(httpx.post(server.url + "/api/user/logout", headers=headers, content=b"{nope", trust_env=False))
    problem(other.user_info(), "Unauthorized")
    assert succeeded(person.user_info())["userId"] == person.user_id


# How many, and how long


def test_there_are_twenty_sessions_of_one_person(server, person):
    """1.2: "max 20 sessions/user": of those that nobody has used since, the first one goes."""
    other = newcomer(server)
    browsers = [person, *(person.another_browser() for _ in range(20))]
    assert [browser.user_info().status_code for browser in browsers] == [401] + [200] * 20
    succeeded(other.user_info())


def test_the_least_recently_used_session_goes_when_there_are_too_many(new_server, engine):
    """1.2: "configurable", "the least recently used one is dropped"."""
    server = new_server(engine, {"dawchat.sessions_per_user": "3"})
    first = newcomer(server)
    browsers = [first, first.another_browser(), first.another_browser()]
    # The last to log in is used first: the order of the logins would tell another story.
    for browser in reversed(browsers):
        time.sleep(0.01)
        succeeded(browser.user_info())
    first.another_browser()
    assert [browser.user_info().status_code for browser in browsers] == [200, 200, 401]


@pytest.mark.linux
def test_a_session_that_is_not_used_ends_after_seven_days(new_server, engine, tmp_path):
    """1.2: "7 days absolute, sliding allowed"."""
    clock = SteppedClock(tmp_path)
    server = new_server(engine, environment=clock.environment)
    # Two, since the first look may prolong what it looks at.
    early, late = newcomer(server), newcomer(server)
    clock.step(7 * DAY - 60)
    assert early.user_id == succeeded(info(server, f"t={early.token}"))["userId"]
    clock.step(7 * DAY + 60)
    response = info(server, f"t={late.token}")
    problem(response, "Unauthorized")
    assert set_cookies(response) == [CLEARED_COOKIE]
    succeeded(late.user_login(username=late.username, password=late.password))


@pytest.mark.linux
def test_the_days_of_a_session_can_be_set(new_server, tmp_path):
    """dawchat.session_days: the cookie says so too."""
    clock = SteppedClock(tmp_path)
    server = new_server(settings={"dawchat.session_days": "1"}, environment=clock.environment)
    person = newcomer(server)
    response = person.user_login(username=person.username, password=person.password)
    assert "; Max-Age=86400; " in set_cookies(response)[0]
    clock.step(DAY + 60)
    problem(info(server, f"t={person.token}"), "Unauthorized")


def test_sessions_outlive_the_process(new_server, engine):
    """DESIGN.md: nothing acknowledged is lost, and the server keeps sessions on disk."""
    server = new_server(engine)
    person, gone = newcomer(server), newcomer(server)
    token, old = person.token, gone.token
    nothing(gone.user_logout())
    server.restart()
    assert succeeded(info(server, f"t={token}"))["userId"] == person.user_id
    problem(info(server, f"t={old}"), "Unauthorized")


def test_the_server_does_not_keep_what_would_let_somebody_in(new_server):
    """1.2: "Server keeps only SHA-256 of the token text"; DESIGN.md 10: no secret in a log."""
    server = new_server(settings={"log.level": "debug"})
    person = newcomer(server)
    token = person.token
    succeeded(person.user_info())
    assert server.stop() == 0
    kept = b"".join(file.read_bytes() for file in server.data.rglob("*") if file.is_file())
    assert token[:-1].encode() not in kept and base64.urlsafe_b64decode(token) not in kept
    assert token[:-1] not in server.log and PASSWORD not in server.log


def test_the_operator_lists_and_ends_sessions(new_server, engine):
    """`roost admin sessions --username NAME`, `roost admin end-session --username NAME (--session ID | --all)`, while the server runs."""
    server = new_server(engine)
    person, other = newcomer(server), newcomer(server)
    second = person.another_browser()
    both = administer(server, "sessions", "--username", person.username)
    assert both.returncode == 0, both.stderr
    assert not any(browser.token[:-1] in both.stdout for browser in (person, second))
    nothing(person.user_logout())
    one = administer(server, "sessions", "--username", person.username)
    assert len(both.stdout.splitlines()) == len(one.stdout.splitlines()) + 1
    ended = administer(server, "end-session", "--username", person.username, "--all")
    assert ended.returncode == 0, ended.stderr
    response = second.user_info()
    problem(response, "Unauthorized")
    assert set_cookies(response) == [CLEARED_COOKIE]
    succeeded(other.user_info())
    for words in (
        ("sessions", "--username", "nobody"), ("end-session", "--username", "nobody", "--all"), ("end-session", "--username", other.username),
    ):  # fmt: skip
        assert administer(server, *words).returncode != 0
    succeeded(other.user_info())
