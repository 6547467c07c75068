"""Registering in Reileta (contracts/reileta.md 2.2, 1.4)."""

import base64
import secrets

import pytest

from support.api import PASSWORD, register, unique
from support.dawchat import DawchatPerson
from support.reileta import Person, Reileta, failed, good, join, log_in, prehash
from support.reileta_shapes import is_id, is_me, is_time, now


@pytest.fixture
def stranger(registry):
    return Reileta(registry)


def login(caller, username, password=PASSWORD):
    return caller.post("/auth/login", {"username": username, "password": password})


def test_somebody_registers(stranger):
    """2.2: "`data` and cookie as login"; `data` = `{id (session id), token, created_at ms, user: UserMe}` with `expires`."""
    name = unique("robin")
    answer = stranger.post("/auth/register", {"username": name, "password": prehash(PASSWORD), "display": "Robin the 1st"})
    data = good(answer)
    assert set(data) == {"id", "token", "created_at", "expires", "user"}
    is_me(data["user"])
    assert (data["user"]["username"], data["user"]["display"]) == (name, "Robin the 1st")
    is_id(data["user"]["id"], "u")
    is_time(data["created_at"])
    assert data["expires"] > now() + 3_600_000 and isinstance(data["id"], str) and data["id"] not in data["token"]
    assert answer.headers["set-cookie"].startswith(f"_suid={data['token']};")
    assert Reileta(stranger.server, data["token"]).get("/users/@me").status_code == 200


def test_a_name_stands_for_a_display_name_that_is_not_given(stranger):
    """1.4: "Treat "" as absent for every optional string"; 2.2: "display?, email?"."""
    for more in ({}, {"display": "", "email": "", "invite_token": "", "setup_code": ""}):
        name = unique("robin")
        assert good(stranger.post("/auth/register", {"username": name, "password": PASSWORD} | more))["user"]["display"] == name
    email = f"{unique('robin')}@example.org"
    data = good(stranger.post("/auth/register", {"username": unique("robin"), "password": PASSWORD, "email": email}))
    assert data["user"]["email"] == email
    robin = Person(stranger.server, data, PASSWORD)
    assert "email" not in good(stranger.get(f"/users/{robin.id}")), "an address is nobody else's affair"


def test_a_token_is_64_bytes(person):
    """1.3: "64 random bytes, standard base64 (88 chars incl. `+ / =`)"."""
    tokens = {person.token} | {person.again().token for _ in range(3)}
    assert len(tokens) == 4
    for token in tokens:
        assert len(token) == 88 and len(base64.b64decode(token, validate=True)) == 64


@pytest.mark.parametrize("members", [
    {"username": "abc"}, {"username": "a" * 18}, {"username": "1abc"}, {"username": "_abc"}, {"username": "ab cd"}, {"username": "ab-cd"}, {"username": "ab.cd"},
    {"username": "@mee"}, {"username": "rübe"}, {"username": 7}, {"username": None}, {"username": ""}, {"password": "1234567"}, {"password": 12345678},
    {"password": None}, {"password": ""}, {"display": "ab"}, {"display": "x" * 17}, {"display": 7}, {"email": 7}, {"email": "no address"},
])  # fmt: skip
def test_what_is_out_of_shape_is_refused(stranger, members):
    """1.4: "username `^[A-Za-z][A-Za-z0-9_]{3,16}$` - display 3-16 any chars - password >= 8 chars"; 2.2: 22."""
    failed(stranger.post("/auth/register", {"username": unique("robin"), "password": PASSWORD} | members), 22)


def test_the_limits_are_exact(stranger):
    """1.4."""
    for length in (4, 17):
        name = ("Q" + secrets.token_hex(8) + "_")[:length]
        body = {"username": name, "password": "12345678", "display": "xyz"}
        assert good(stranger.post("/auth/register", body))["user"]["username"] == name
    body = {"username": unique("robin"), "password": "12345678", "display": "x" * 16}
    assert good(stranger.post("/auth/register", body))["user"]["display"] == "x" * 16


def test_a_name_is_given_once(stranger, person):
    """2.2: "23 when the username already exists (401, sic)"; a name is unique ignoring case in all APIs."""
    for name in (person.username, person.username.upper(), register(stranger.server, "chat").username):
        failed(stranger.post("/auth/register", {"username": name, "password": PASSWORD}), 23)
    assert login(stranger, person.username).status_code == 200


@pytest.mark.parametrize("name", ["root", "Root", "@me", "@root"])
def test_the_servers_own_name_is_not_given(stranger, name):
    """Decision 0014: "Nobody can log in as it, and nobody registers the name through this API"."""
    assert stranger.post("/auth/register", {"username": name, "password": PASSWORD}).status_code in (400, 401)
    assert login(stranger, name).status_code in (400, 401)


def test_registration_may_be_closed(engine, new_server):
    """2.2: "503 code 1 when registration is closed"; who is there already logs in."""
    server = new_server(engine, {"registration.mode": "closed"})
    body = {"username": unique(), "password": PASSWORD}
    failed(Reileta(server).post("/auth/register", body), 1)
    failed(login(Reileta(server), body["username"]), 23)
    # contracts/configuration.md: the setup code lets the administrator in.
    admin = join(server, "admin", setup_code=server.setup_code)
    assert log_in(server, admin.username).id == admin.id


def test_registration_may_need_an_invitation(engine, new_server):
    """contracts/configuration.md: "in mode `invite` Chat takes the same tokens as `invite_token`, Reileta likewise"."""
    server = new_server(engine, {"registration.mode": "invite"})
    admin = join(server, "admin", setup_code=server.setup_code)
    token = DawchatPerson(server, admin.username, PASSWORD).log_in().registration_invite()
    stranger = Reileta(server)
    for more in ({}, {"invite_token": ""}, {"invite_token": "made-up"}):
        body = {"username": unique(), "password": PASSWORD} | more
        assert 400 <= stranger.post("/auth/register", body).status_code < 500
        failed(login(stranger, body["username"]), 23)
    join(server, invite_token=token)
    assert 400 <= stranger.post("/auth/register", {"username": unique(), "password": PASSWORD, "invite_token": token}).status_code < 500, "once"


def test_the_setup_code_makes_an_administrator(engine, new_server):
    """contracts/configuration.md: "as `setup_code` in the body of a Chat or Reileta registration"; "It works once"."""
    server = new_server(engine)
    name = unique()
    assert 400 <= Reileta(server).post("/auth/register", {"username": name, "password": PASSWORD, "setup_code": "ROOST-" + "0" * 26}).status_code < 500
    failed(login(Reileta(server), name), 23)
    admin = join(server, setup_code=server.setup_code.lower().removeprefix("roost-"))
    assert "avr:admin" in admin.me()["tags"]
    good(admin.post("/server", {"title": "Nest"}))
    assert 400 <= Reileta(server).post("/auth/register", {"username": name, "password": PASSWORD, "setup_code": server.setup_code}).status_code < 500
    assert "avr:admin" not in join(server).me()["tags"]


def test_the_setup_code_cannot_be_guessed(engine, new_server):
    """contracts/configuration.md: "five wrong tries from one address are answered 429 for 15 minutes"."""
    server = new_server(engine)

    def attempt(code):
        return Reileta(server).post("/auth/register", {"username": unique(), "password": PASSWORD, "setup_code": code})

    for _ in range(5):
        assert 400 <= attempt("ROOST-" + "0" * 26).status_code < 429
    failed(attempt(server.setup_code), 140)
