"""Changing the password, and what else ends a login and its sockets (contracts/chat.md 3.5, 3.1 and 4.3)."""

import pytest

from support.api import Account, Api, assert_error, register, unchanged, unique
from support.shapes import is_self_user, is_token_result

NEW = "a new and better battery"


def log_in(account, password):
    return Api(account.server).post("/auth/login", {"username": account.username, "password": password})


def refresh(account):
    return Api(account.server).post("/auth/refresh", {"refresh_token": account.refresh_token})


def change(account, password=NEW, current=None, **more):
    return account.patch("/users/@me", {"password": password, "current_password": current or account.password} | more)


def test_a_password_is_changed_with_the_current_one(account):
    """3.5: "password with current_password. 200 Self user", with the tokens of a new login."""
    response = change(account, display_name="Careful")
    assert response.status_code == 200
    user = response.json()
    is_self_user(user)
    is_token_result(user)
    assert (user["user_id"], user["display_name"]) == (account.user_id, "Careful")
    assert NEW not in response.text and account.password not in response.text
    assert_error(log_in(account, account.password), 401, 50014, "invalid_credentials")
    assert log_in(account, NEW).json()["user_id"] == account.user_id


def test_the_new_login_lives(account, gateway):
    """3.1: TokenResult: both tokens are good, for REST and for sockets."""
    response = change(account)
    is_token_result(response.json())
    new = Account(account.server, account.answer | response.json(), NEW)
    assert new.access_token != account.access_token and new.refresh_token != account.refresh_token
    assert new.get("/auth/me").json()["user_id"] == account.user_id
    gateway(new).beat()
    assert refresh(new).status_code == 200


def test_a_new_password_ends_all_logins_of_the_account_and_no_other(account, member, gateway):
    """4.3: "logout, password change, account deletion close it with 4004": everywhere, also where it was changed."""
    second = account.log_in_again()
    sockets = [gateway(account), gateway(second)]
    other = gateway(member)
    assert change(account).status_code == 200
    for login, socket in zip((account, second), sockets):
        assert_error(login.get("/auth/me"), 401, 40001, "unauthorized")
        assert_error(refresh(login), 401, 50014, "invalid_refresh_token")
        socket.expect_close(4004)
        gateway.open(account.server, header=login.access_token).expect_close(4004)
    other.beat()
    assert member.get("/auth/me").status_code == 200 and refresh(member).status_code == 200


def assert_lives(account, socket):
    """Login, password and socket are what they were."""
    socket.beat()
    assert account.get("/auth/me").status_code == 200
    assert log_in(account, account.password).status_code == 200
    assert_error(log_in(account, NEW), 401, 50014, "invalid_credentials")


@pytest.mark.parametrize(
    "body, code",
    [
        ({}, "BASE_TYPE_REQUIRED"), ({"current_password": None}, "BASE_TYPE_REQUIRED"),
        ({"current_password": "wrong password"}, "PASSWORD_DOES_NOT_MATCH"), ({"current_password": NEW}, "PASSWORD_DOES_NOT_MATCH"),
        ({"current_password": ""}, None), ({"current_password": 5}, None),
    ],
)  # fmt: skip
def test_without_the_current_password_nothing_is_changed(account, gateway, body, code):
    """3.5: "password with current_password"; 1.1: 400, 50035, invalid_form."""
    socket = gateway(account)
    with unchanged(lambda: account.get("/auth/me").json()):
        response = account.patch("/users/@me", {"password": NEW, "username": unique("new"), "bio": "new"} | body)
        errors = assert_error(response, 400, 50035, "invalid_form", fields=["current_password"])["errors"]
        assert code in (None, errors["current_password"]["_errors"][0]["code"])
    assert_lives(account, socket)


@pytest.mark.parametrize("password", ["", "1234567", "x" * 129, 12345678])
def test_a_bad_new_password_is_refused(account, gateway, password):
    """2: "password 8..128 characters"."""
    socket = gateway(account)
    with unchanged(lambda: account.get("/auth/me").json()):
        response = change(account, password, bio="new")
        assert_error(response, 400, 50035, "invalid_form", fields=["password"])
    assert_lives(account, socket)


@pytest.mark.parametrize("password", ["12345678", "x" * 128, "🪺" * 8])
def test_new_passwords_at_the_limits_are_accepted(account, password):
    """2: "password 8..128 characters"."""
    assert change(account, password).status_code == 200
    assert log_in(account, password).status_code == 200


def test_a_password_with_a_bad_or_taken_rest_stays(account, member, gateway):
    """1.1: what is refused changes nothing."""
    socket = gateway(account)
    assert_error(change(account, username=member.username), 409, 50035, "username_taken")
    assert_error(change(account, bio="b" * 191), 400, 50035, "invalid_form", fields=["bio"])
    assert_lives(account, socket)


def test_nobody_changes_the_password_of_another(account, member, gateway):
    """3.5: "only self or `@me`, else 403 50013", also for who knows it."""
    socket = gateway(account)
    response = member.patch(f"/users/{account.user_id}", {"password": NEW, "current_password": account.password})
    assert_error(response, 403, 50013, "missing_permissions")
    assert_lives(account, socket)


# What else ends a login


def test_a_logout_closes_the_sockets_of_its_session(account, gateway):
    """3.1: "its sockets closed with 4004", and those of no other session."""
    second = account.log_in_again()
    ended, also_ended, other = gateway(account), gateway(account), gateway(second)
    assert account.post("/auth/logout").status_code == 204
    ended.expect_close(4004)
    also_ended.expect_close(4004)
    other.beat()


def test_a_spent_refresh_token_closes_the_sockets_of_its_session(account, gateway):
    """3.1: "reuse of a spent one -> 401 and the session is ended"; 4.3: 4004."""
    second = account.log_in_again()
    socket, other = gateway(account), gateway(second)
    assert refresh(account).status_code == 200
    socket.beat()
    assert_error(refresh(account), 401, 50014, "invalid_refresh_token")
    socket.expect_close(4004)
    other.beat()


def test_no_password_and_no_token_stands_in_the_data(new_server):
    """3.1: "Refresh token: ... stored hashed"; "Passwords: argon2id/bcrypt"."""
    server = new_server()
    account = register(server)
    changed = change(account).json()
    assert server.stop() == 0
    stored = b"".join(file.read_bytes() for file in server.data.rglob("*") if file.is_file())
    assert account.username.encode() in stored, "this is where the account is"
    for secret in (account.password, NEW, account.refresh_token, account.access_token, changed["refresh_token"], changed["access_token"]):
        assert secret.encode() not in stored
