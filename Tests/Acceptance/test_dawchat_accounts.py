"""Registration and login through Dawchat (contracts/dawchat.md 2, rows 1, 2 and 4; 1.3; 3), and the accounts that it shares with Chat."""

import time
from datetime import datetime

import pytest

from support.api import PASSWORD, Api, assert_error, register, unique
from support.dawchat import DawchatPerson, from_chat, has_shape, host, newcomer, nothing, problem, succeeded

LONGEST_PASSWORD = 1024


@pytest.fixture
def person(server):
    """Somebody new, signed in."""
    return newcomer(server)


@pytest.fixture
def visitor(server):
    """A browser without a session."""
    return DawchatPerson(server)


@pytest.fixture
def invite(server):
    """The token of a registration invite that nobody has used."""
    return host(server).registration_invite()


def refused(visitor, invite, code, **members):
    """The registration is refused with this code; the invite is still good, and nobody can log in with what was asked for."""
    body = {"username": unique(), "password": PASSWORD, "inviteToken": invite} | members
    taken = code == "UsernameTaken"
    problem(visitor.user_create(**body), code)
    if not taken and isinstance(body["username"], str) and isinstance(body["password"], str):
        problem(visitor.user_login(username=body["username"], password=body["password"]), "InvalidCredentials")
    succeeded(visitor.user_create(username=unique(), password=PASSWORD, inviteToken=invite), 201)


# Create


def test_creating_an_account_does_not_sign_in(visitor, invite):
    """2, row 1: "201 UserInfo (no cookie, no login)"."""
    began, name = int(time.time()), unique("John11")
    response = visitor.user_create(username=name, password=PASSWORD, inviteToken=invite)
    info = has_shape(succeeded(response, 201), "UserInfo")
    assert info["username"] == name and began <= info["createdAt"] <= time.time()
    assert "set-cookie" not in response.headers and visitor.token is None
    problem(visitor.user_info(), "Unauthorized")
    assert succeeded(visitor.user_login(username=name, password=PASSWORD)) == info
    assert succeeded(visitor.user_info()) == info


@pytest.mark.parametrize(
    "change",
    [
        {"username": 5678}, {"username": None}, {"username": ["John11"]}, {"password": 12345678}, {"password": None}, {"password": True},
        {"inviteToken": None}, {"inviteToken": 5}, {"inviteToken": {}}, {"password": "p" * (LONGEST_PASSWORD + 1)},
    ],
)  # fmt: skip
def test_a_member_of_the_wrong_type_is_refused(visitor, invite, change):
    """2, row 1: "400 malformed"; 1.3: "max 1024"."""
    refused(visitor, invite, "InvalidRequestParameters", **change)


@pytest.mark.parametrize("missing", ["username", "password", "inviteToken"])
def test_every_member_is_needed(visitor, missing):
    """2, row 1: all three are (Required)."""
    body = {"username": unique(), "password": PASSWORD, "inviteToken": "startuserinvitetoken"}
    problem(visitor.user_create(**{name: value for name, value in body.items() if name != missing}), "InvalidRequestParameters")


@pytest.mark.parametrize("username", ["", "abc", "💬" * 3, "u" * 33, "ab\ncd", "abcd\u0000", "abcd\u007f", "abcd\u0085", "everyone", "here"])
def test_a_username_that_breaks_the_rules_is_refused(visitor, invite, username):
    """1.3: "length 4..32", "reject control characters"; the reserved words too."""
    refused(visitor, invite, "InvalidUsername", username=username)


@pytest.mark.parametrize("start", ["", "  ", "Ana María ", "💬" * 18, "a/b?c#", "\"'<b>\\"])
def test_a_username_may_be_of_any_other_characters_and_is_not_trimmed(server, start):
    """1.3: "any characters, no trimming"."""
    name = start + unique("n") + (" " if start else "")
    person = newcomer(server, username=name)
    assert succeeded(person.user_info())["username"] == name


@pytest.mark.parametrize("length", [4, 32])
def test_usernames_at_the_limits_are_accepted(server, length):
    """1.3: "length 4..32", in Unicode scalars."""
    # Scalars outside the basic plane, of which there are enough for a new name of four.
    number = int(unique("")[1:], 16)
    name = "".join(chr(0x20000 + (number >> 10 * place) % 1024) for place in range(4)).ljust(length, "語")
    assert newcomer(server, username=name).username == name


def test_passwords_at_the_limits_are_accepted(server, visitor, invite):
    """1.3: ">= 8 characters", "max 1024": every one of them counts."""
    for password in ("p" * 8, "💬" * 8, "p" * LONGEST_PASSWORD):
        person = newcomer(server, password=password)
        assert person.token
        for wrong in (password[:-1], password + "p"):
            problem(visitor.user_login(username=person.username, password=wrong), "InvalidCredentials")
    refused(visitor, invite, "InsecurePassword", password="p" * 7)


def test_create_checks_in_the_order_of_the_contract(server, visitor, person):
    """2, row 1: of two things that are wrong, the earlier one is told."""
    taken, spent = person.username, host(server).registration_invite()
    succeeded(visitor.user_create(username=unique(), password=PASSWORD, inviteToken=spent), 201)
    for code, body in (
        ("InvalidRequestParameters", {"username": "abc", "password": 5, "inviteToken": "nope"}),
        ("InvalidRequestParameters", {"username": "abc", "password": PASSWORD}),
        ("InvalidUsername", {"username": "abc", "password": "short", "inviteToken": "nope"}),
        ("InsecurePassword", {"username": taken, "password": "short", "inviteToken": "nope"}),
        ("InvalidUserInvite", {"username": taken, "password": PASSWORD, "inviteToken": "nope"}),
        ("InvalidUserInvite", {"username": taken, "password": PASSWORD, "inviteToken": spent}),
    ):
        problem(visitor.user_create(**body), code)
    assert succeeded(person.user_info())["username"] == taken


def test_a_taken_name_leaves_the_invite_unused(server, visitor, person):
    """2, row 1: "409 UsernameTaken (invite stays unused)"; unique ignoring case over all APIs."""
    registered = register(server, "Chatter")
    for name in (person.username, person.username.upper(), registered.username, registered.username.swapcase()):
        refused(visitor, host(server).registration_invite(), "UsernameTaken", username=name)
    problem(visitor.user_login(username=person.username.upper(), password=PASSWORD), "InvalidCredentials")
    assert succeeded(person.user_info())["userId"] == person.user_id


def test_who_is_signed_in_may_create_and_log_in_as_anybody(server, person, invite):
    """1: public endpoints; with a good cookie they do the same, and the cookie stays until another takes its place."""
    token, other = person.token, newcomer(server)
    response = person.user_create(username=unique(), password=PASSWORD, inviteToken=invite)
    assert succeeded(response, 201)["userId"] != person.user_id and "set-cookie" not in response.headers
    assert person.token == token and succeeded(person.user_info())["userId"] == person.user_id
    succeeded(person.user_login(username=other.username, password=other.password))
    assert person.token != token and succeeded(person.user_info())["userId"] == other.user_id


# Login


@pytest.mark.parametrize(
    "body",
    [
        {}, {"username": "x"}, {"password": "x"}, {"username": 5, "password": "x"}, {"username": "x", "password": None},
        {"username": [], "password": "x"},
    ],
)  # fmt: skip
def test_a_malformed_login_is_refused(visitor, body):
    """2, row 2: "400"."""
    problem(visitor.post("/user/login", body), "InvalidRequestParameters")
    assert visitor.token is None


def test_wrong_credentials_all_look_the_same(visitor, person):
    """2, row 2: "401 InvalidCredentials (also blank values)": a stranger does not learn who is here."""
    answers = []
    for username, password in (
        (person.username, "wrong password"), (unique(), person.password), ("", ""), ("   ", person.password), (person.username, ""),
        (person.username, " "), (person.username + " ", person.password), (person.username, person.password + " "),
        (person.username.upper(), person.password), ("abc", "short"), ("x" * 500, "x" * 5000), ("a\u0000b", "c\u0000d"),
    ):  # fmt: skip
        response = visitor.user_login(username=username, password=password)
        answers.append(problem(response, "InvalidCredentials"))
        assert visitor.token is None and "t=ey" not in str(response.headers)
    assert all(answer == answers[0] for answer in answers)


# Accounts are those of Chat


def test_who_registered_through_chat_logs_in(server):
    """The accounts are one: the same id, name and time, whatever the length of the name."""
    account = register(server)
    info = succeeded(from_chat(account).user_info())
    assert (str(info["userId"]), info["username"]) == (account.user_id, account.username)
    assert info["createdAt"] == int(datetime.fromisoformat(account.answer["user"]["created_at"]).timestamp())
    name = "Zq"
    short = Api(server).post("/auth/register", {"username": name, "password": PASSWORD})
    assert short.status_code in (201, 409)
    problem(DawchatPerson(server).user_login(username="zQ", password=PASSWORD), "InvalidCredentials")
    assert DawchatPerson(server, name).log_in().user_id


def test_who_was_created_here_logs_in_through_chat(server):
    """The accounts are one, also with a name that Chat would not register."""
    for name in (unique("daw"), "Ana María " + unique()[:12]):
        person = newcomer(server, username=name)
        response = Api(server).post("/auth/login", {"login": name, "password": person.password})
        assert response.status_code == 200, response.text
        answer = response.json()
        assert (answer["user_id"], answer["username"]) == (str(person.user_id), name)
        body = {"username": person.username.upper(), "password": PASSWORD}
        assert Api(server).post("/auth/register", body).status_code in (400, 409)
    taken = {"username": newcomer(server, "Daw").username.lower(), "password": PASSWORD}
    assert_error(Api(server).post("/auth/register", taken), 409, 50035, "username_taken")


def test_a_changed_password_ends_every_session(server):
    """A change through Chat: the cookies are no good any more, the new password is."""
    account = register(server)
    first, second = from_chat(account), from_chat(account)
    account.change("/users/@me", password="another battery", current_password=account.password)
    for person in (first, second):
        problem(person.user_info(), "Unauthorized")
    problem(first.user_login(username=account.username, password=account.password), "InvalidCredentials")
    succeeded(first.user_login(username=account.username, password="another battery"))
    nothing(first.user_logout())
