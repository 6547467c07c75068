"""Signing up, in and out (contracts/chat.md 3.1)."""

import re
import secrets
import time

import pytest

from support import tokens
from support.api import PASSWORD, Account, Api, assert_error, register, unique
from support.faults import SteppedClock
from support.shapes import is_auth_result, is_self_user, is_token_result

HOUR, DAY = 3_600, 86_400


def refused(server, body, status, code, error, **more):
    """The registration is refused, and nobody can log in with it."""
    stranger = Api(server)
    assert_error(stranger.post("/auth/register", body), status, code, error, **more)
    login = {"login": str(body.get("username") or "nobody"), "password": str(body.get("password") or PASSWORD)}
    assert_error(stranger.post("/auth/login", login), 401, 50014, "invalid_credentials")


def refresh(server, token):
    return Api(server).post("/auth/refresh", {"refresh_token": token})


# Register


def test_registering_signs_in_at_once(server, stranger):
    """3.1: "POST /auth/register | username*, password*, email?, display_name? | 201 AuthResult"; "Register signs in at once"."""
    name = unique("wren")
    body = {"username": name, "password": PASSWORD, "email": f"{name}@example.org", "display_name": "Wren"}
    response = stranger.post("/auth/register", body)
    assert response.status_code == 201
    result = response.json()
    is_auth_result(result)
    assert result["expires_in"] == 3600
    assert (result["user"]["username"], result["user"]["email"], result["user"]["display_name"]) == (name, body["email"], "Wren")
    me = stranger.get("/auth/me", token=result["access_token"]).json()
    assert me["user_id"] == result["user_id"]


def test_the_access_token_is_a_jwt_with_the_claims_of_the_contract(account):
    """3.1: "JWT HS256, claims sub (= user_id string), username, sid (session), iat, exp, jti"."""
    assert tokens.header(account.access_token)["alg"] == "HS256"
    claims = tokens.claims(account.access_token)
    assert claims["sub"] == account.user_id and isinstance(claims["sub"], str)
    assert claims["username"] == account.username
    assert claims["sid"] and claims["jti"]
    assert claims["exp"] - claims["iat"] == account.answer["expires_in"]
    assert abs(claims["iat"] - time.time()) < 60


def test_an_email_need_only_contain_an_at_sign(server):
    """2: "email optional, must contain @"."""
    email = f"{unique('m')}@b"
    assert register(server, email=email).answer["user"]["email"] == email


def test_what_is_not_given_at_registration_is_null(stranger):
    """3.1: "email?, display_name?"; 2: "display_name (string|null)", "email (string|null)"."""
    for more in ({}, {"email": None, "display_name": None}):
        response = stranger.post("/auth/register", {"username": unique(), "password": PASSWORD} | more)
        assert response.status_code == 201
        user = response.json()["user"]
        assert [user[name] for name in ("email", "display_name", "avatar_url", "bio")] == [None] * 4


def test_the_refresh_token_is_32_bytes_in_base64url(account):
    """3.1: "Refresh token: 32 random bytes base64url"."""
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}=?", account.refresh_token)


@pytest.mark.parametrize("username", [secrets.token_hex(1), secrets.token_hex(16), "A.b_c-" + secrets.token_hex(4)], ids=["2", "32", "marks"])
def test_a_username_has_2_to_32_letters_digits_and_marks(server, username):
    """2: "username 2..32 (letters, digits, _ . -"; it is kept as it was typed."""
    response = Api(server).post("/auth/register", {"username": username, "password": PASSWORD})
    assert response.status_code == 201 and response.json()["username"] == username


@pytest.mark.parametrize("username", ["", "a", "a" * 33, "a b", "a/b", "a@b", "ä" * 3 + "💬", "everyone", "Here", "@me", 7, None, ["ab"]])
def test_a_bad_username_is_refused(server, username):
    """2: limits of username, "not everyone, here, @me"; 1.1: 400, 50035, invalid_form."""
    refused(server, {"username": username, "password": PASSWORD}, 400, 50035, "invalid_form", fields=["username"])


@pytest.mark.parametrize("password", ["", "1234567", "x" * 129, 12345678, None])
def test_a_bad_password_is_refused(server, password):
    """2: "password 8..128 characters"."""
    refused(server, {"username": unique(), "password": password}, 400, 50035, "invalid_form", fields=["password"])


@pytest.mark.parametrize("password", ["12345678", "x" * 128, "pässwörd", "🪺" * 8])
def test_passwords_at_the_limits_are_accepted(server, password):
    """2: "password 8..128 characters"."""
    assert register(server, password=password).log_in_again()


@pytest.mark.parametrize("field, value", [("email", "nobody"), ("email", 5), ("display_name", ""), ("display_name", "d" * 33), ("display_name", 5)])
def test_a_bad_email_or_display_name_is_refused(server, field, value):
    """2: "email optional, must contain @"; "display_name 1..32"."""
    refused(server, {"username": unique(), "password": PASSWORD, field: value}, 400, 50035, "invalid_form", fields=[field])


def test_all_that_is_wrong_is_told_at_once(server):
    """1.1: 400 invalid_form, "details in errors"."""
    assert_error(Api(server).post("/auth/register", {}), 400, 50035, "invalid_form", fields=["username", "password"])


def test_a_username_is_taken_in_any_case(server, account):
    """2: "unique ignoring case"; 1.1: 409, 50035, username_taken."""
    response = Api(server).post("/auth/register", {"username": account.username.upper(), "password": "another password"})
    assert_error(response, 409, 50035, "username_taken")
    assert account.log_in_again().user_id == account.user_id


def test_an_email_is_taken_in_any_case(server):
    """2: "email ... unique ignoring case"; 1.1: 409, 50035, email_taken."""
    email = f"{unique('Mail')}@example.org"
    register(server, email=email)
    name = unique()
    response = Api(server).post("/auth/register", {"username": name, "password": PASSWORD, "email": email.lower()})
    assert_error(response, 409, 50035, "email_taken")
    assert_error(Api(server).post("/auth/login", {"username": name, "password": PASSWORD}), 401, 50014, "invalid_credentials")


# Login


@pytest.mark.parametrize("field, of", [("username", "username"), ("email", "email"), ("login", "username"), ("login", "email")])
def test_login_takes_the_username_or_the_email(server, stranger, field, of):
    """3.1: "POST /auth/login | password* and one of username*, email, login | 200 AuthResult"."""
    account = register(server, email=f"{unique('mail')}@example.org")
    who = account.answer["user"][of]
    response = stranger.post("/auth/login", {field: who, "password": PASSWORD})
    assert response.status_code == 200
    is_auth_result(response.json())
    assert response.json()["user_id"] == account.user_id


def test_each_login_is_a_session_with_tokens_of_its_own(server, account):
    """3.1: "sid (session)", "jti"; both pairs are good."""
    other = account.log_in_again()
    first, second = tokens.claims(account.access_token), tokens.claims(other.access_token)
    assert first["sub"] == second["sub"] and first["sid"] != second["sid"] and first["jti"] != second["jti"]
    for login in (account, other):
        assert login.get("/auth/me").status_code == 200
        assert refresh(server, login.refresh_token).status_code == 200


def test_login_ignores_the_case_of_the_username_and_the_email(account, stranger):
    """2: username and email "unique ignoring case"."""
    named = register(account.server, email=f"{unique('Mail')}@example.org")
    for name, value in (("username", account.username), ("login", account.username), ("email", named.answer["user"]["email"])):
        for spelt in (value.upper(), value.lower()):
            assert stranger.post("/auth/login", {name: spelt, "password": PASSWORD}).status_code == 200


def test_an_unknown_user_and_a_wrong_password_get_the_same_answer(account, stranger):
    """3.1: "401 (same answer for unknown user and wrong password)"; 1.1: 401, 50014, invalid_credentials."""
    wrong = stranger.post("/auth/login", {"username": account.username, "password": "wrong password"})
    unknown = stranger.post("/auth/login", {"username": unique("ghost"), "password": "wrong password"})
    assert_error(wrong, 401, 50014, "invalid_credentials")
    assert_error(unknown, 401, 50014, "invalid_credentials")
    assert wrong.json() == unknown.json()


@pytest.mark.parametrize("body", [{}, {"username": "someone"}, {"password": PASSWORD}, {"username": 5, "password": PASSWORD}, {"username": "a", "password": 5}])
def test_a_login_without_name_or_password_is_refused(stranger, body):
    """3.1: login errors 400; 1.1: 400, 50035, invalid_form."""
    assert_error(stranger.post("/auth/login", body), 400, 50035, "invalid_form")


# Refresh


def test_a_refresh_gives_a_new_pair(server, account):
    """3.1: "POST /auth/refresh | refresh_token* | 200 TokenResult (new pair)"; "rotated on each use"."""
    response = refresh(server, account.refresh_token)
    assert response.status_code == 200
    result = response.json()
    is_token_result(result)
    assert result["refresh_token"] != account.refresh_token and result["access_token"] != account.access_token
    assert tokens.claims(result["access_token"])["sid"] == tokens.claims(account.access_token)["sid"]
    assert Api(server, result["access_token"]).get("/auth/me").json()["user_id"] == account.user_id
    assert refresh(server, result["refresh_token"]).status_code == 200


def test_a_spent_refresh_token_ends_the_session(server, account):
    """3.1: "reuse of a spent one -> 401 and the session is ended"; other sessions of the user live on."""
    other = account.log_in_again()
    new = refresh(server, account.refresh_token).json()
    assert_error(refresh(server, account.refresh_token), 401, 50014, "invalid_refresh_token")
    assert_error(refresh(server, new["refresh_token"]), 401, 50014, "invalid_refresh_token")
    assert_error(Api(server, new["access_token"]).get("/auth/me"), 401, 40001, "unauthorized")
    assert other.get("/auth/me").status_code == 200


@pytest.mark.linux
def test_a_refresh_token_lives_for_30_days_and_an_access_token_for_an_hour(new_server, engine, tmp_path):
    """3.1: "30 days, rotated on each use"; "15 min..1 h (default 3600 s)"."""
    clock = SteppedClock(tmp_path)
    server = new_server(engine, environment=clock.environment)
    account, unused = register(server), register(server)
    clock.step(HOUR - 60)
    assert account.get("/auth/me").status_code == 200
    clock.step(HOUR + 60)
    assert_error(account.get("/auth/me"), 401, 40001, "unauthorized")
    clock.step(30 * DAY - 60)
    second = refresh(server, account.refresh_token)
    assert second.status_code == 200
    clock.step(30 * DAY + 60)
    assert_error(refresh(server, unused.refresh_token), 401, 50014, "invalid_refresh_token")
    # The new one has 30 days of its own.
    clock.step(59 * DAY)
    third = refresh(server, second.json()["refresh_token"])
    assert Api(server, third.json()["access_token"]).get("/auth/me").status_code == 200
    clock.step(59 * DAY + 30 * DAY + 60)
    assert_error(refresh(server, third.json()["refresh_token"]), 401, 50014, "invalid_refresh_token")


@pytest.mark.parametrize("token", ["nonsense", "A" * 43])
def test_an_unknown_refresh_token_is_refused(server, token):
    """1.1: 401, 50014, invalid_refresh_token."""
    assert_error(refresh(server, token), 401, 50014, "invalid_refresh_token")


def test_an_access_token_is_no_refresh_token_and_the_other_way_round(server, account):
    """3.1: the two kinds of tokens."""
    assert_error(refresh(server, account.access_token), 401, 50014, "invalid_refresh_token")
    assert_error(Api(server, account.refresh_token).get("/auth/me"), 401, 40001, "unauthorized")
    assert account.get("/auth/me").status_code == 200


@pytest.mark.parametrize("body", [{}, {"refresh_token": 5}, {"refresh_token": None}])
def test_a_refresh_without_a_token_is_refused(stranger, body):
    """3.1: refresh errors 400."""
    assert_error(stranger.post("/auth/refresh", body), 400, 50035, "invalid_form", fields=["refresh_token"])


# Logout


def test_logout_ends_the_session_and_no_other(server, account):
    """3.1: "ends the session of the access token: its refresh token is revoked, its access token refused from now on"."""
    other = account.log_in_again()
    assert account.post("/auth/logout", {"refresh_token": account.refresh_token}).status_code == 204
    assert_error(account.get("/auth/me"), 401, 40001, "unauthorized")
    assert_error(account.post("/auth/logout"), 401, 40001, "unauthorized")
    assert_error(refresh(server, account.refresh_token), 401, 50014, "invalid_refresh_token")
    assert other.get("/auth/me").status_code == 200
    assert refresh(server, other.refresh_token).status_code == 200


def test_logout_needs_no_body(account):
    """3.1: "POST /auth/logout | Bearer; refresh_token? | 204"."""
    assert account.post("/auth/logout").status_code == 204
    assert_error(account.get("/auth/me"), 401, 40001, "unauthorized")


# Me and the token


def test_me_is_the_signed_in_user(account):
    """3.1: "GET /auth/me | - | 200 Self user"."""
    response = account.get("/auth/me")
    assert response.status_code == 200
    is_self_user(response.json())
    assert (response.json()["user_id"], response.json()["username"]) == (account.user_id, account.username)


def forgeries(token, victim):
    """Tokens that nobody has signed."""
    none = {"alg": "none"}
    yield "alg none without a signature", tokens.forged(token, header_changes=none, signature="")
    yield "alg none with the old signature", tokens.forged(token, header_changes=none)
    yield "alg None", tokens.forged(token, header_changes={"alg": "None"}, signature="")
    yield "another algorithm", tokens.forged(token, header_changes={"alg": "HS512"})
    yield "another user", tokens.forged(token, claim_changes={"sub": victim.user_id})
    yield "a longer life", tokens.forged(token, claim_changes={"exp": 4102444800})
    yield "no signature", tokens.forged(token, signature="")
    yield "a flipped bit", tokens.with_one_bit_flipped(token)
    yield "a cut signature", token[:-8]
    yield "a fourth part", token + ".e30"
    yield "padding", token + "="


def test_a_token_that_was_tampered_with_is_refused(server, account, member):
    """3.1: HS256 and nothing else; 1.1: 401, 40001 "token bad or expired"."""
    for what, token in forgeries(account.access_token, member):
        response = Api(server, token).get("/auth/me")
        assert response.status_code == 401, what
        assert_error(response, 401, 40001, "unauthorized")
    assert account.get("/auth/me").status_code == 200


def test_an_expired_token_is_refused_and_can_be_refreshed(new_server):
    """1.1: 401 "token bad or expired"; chat.access_token_seconds."""
    server = new_server(settings={"chat.access_token_seconds": "1"})
    account = register(server)
    assert account.answer["expires_in"] == 1
    time.sleep(2.1)
    assert_error(account.get("/auth/me"), 401, 40001, "unauthorized")
    result = refresh(server, account.refresh_token).json()
    assert Api(server, result["access_token"]).get("/auth/me").status_code == 200


def test_a_token_of_another_server_is_refused(server, account, new_server):
    """3.1: each server signs with its own key."""
    elsewhere = register(new_server())
    assert_error(Api(server, elsewhere.access_token).get("/auth/me"), 401, 40001, "unauthorized")


def test_tokens_outlive_a_restart(new_server, engine):
    """3.1: the signing key and the sessions are kept."""
    server = new_server(engine)
    account = register(server)
    ended = account.log_in_again()
    assert ended.post("/auth/logout").status_code == 204
    server.restart()
    assert account.get("/auth/me").status_code == 200
    assert_error(ended.get("/auth/me"), 401, 40001, "unauthorized")
    again = refresh(server, account.refresh_token).json()
    assert Account(server, account.answer | again, PASSWORD).get("/auth/me").status_code == 200
