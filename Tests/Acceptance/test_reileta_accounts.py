"""Logging in and out of Reileta (contracts/reileta.md 1.3, 2.2)."""

import base64

import pytest

from support.api import PASSWORD, Api, assert_error, register, unique
from support.reileta import Reileta, envelope, failed, good, join, log_in, prehash
from support.reileta_shapes import is_me


@pytest.fixture
def stranger(registry):
    return Reileta(registry)


def login(caller, username, password=PASSWORD, **more):
    return caller.post("/auth/login", {"username": username, "password": password}, **more)


def knows(caller, **more):
    """Whose credentials these are: the id, or None."""
    answer = caller.get("/users/@me", **more)
    if answer.status_code != 200:
        failed(answer, 3)
        return None
    return good(answer)["id"]


def cookie(answer):
    """The attributes of the cookie that an answer sets, by name in lower case; `_suid` is its value."""
    parts = [part.strip() for part in answer.headers["set-cookie"].split(";")]
    return {name.lower(): value for name, _, value in (part.partition("=") for part in parts)}


# Logging in


@pytest.mark.parametrize("name", ["username", "identifier", "identity"])
def test_somebody_logs_in(person, stranger, name):
    """2.2: "accept `username` | `identifier` | `identity`"; "sets cookie `_suid`"."""
    answer = stranger.post("/auth/login", {name: person.username, "password": prehash(PASSWORD)})
    data = good(answer)
    assert set(data) == {"id", "token", "created_at", "expires", "user"}
    is_me(data["user"])
    assert data["user"]["id"] == person.id and data["id"] != person.login["id"]
    attributes = cookie(answer)
    assert attributes["_suid"] == data["token"] and attributes["path"] == "/" and attributes["samesite"].lower() == "strict"
    assert "httponly" in attributes and "secure" not in attributes and "domain" not in attributes


def test_a_password_is_the_same_before_and_after_its_digest(stranger):
    """Head: "a password that arrives as 64 lower-case hex digits is the client's SHA-256 pre-hash and equals the plain password"."""
    for given in (PASSWORD, prehash(PASSWORD)):
        name = unique("robin")
        good(stranger.post("/auth/register", {"username": name, "password": given}))
        for typed in (PASSWORD, prehash(PASSWORD)):
            good(login(stranger, name, typed))
        for wrong in (prehash(prehash(PASSWORD)), prehash(PASSWORD)[:-1] + "x", PASSWORD + " "):
            failed(login(stranger, name, wrong), 23)


def test_an_account_of_chat_is_one_here(registry, stranger):
    """Decision 0014: "whoever has an account from another API logs in with the name and password of that"; names of Chat may be longer."""
    for prefix in ("chat", "a-name_that.is_longer"):
        account = register(registry, prefix, display_name="A display name longer than here")
        for typed in (PASSWORD, prehash(PASSWORD)):
            data = good(login(stranger, account.username, typed))
            assert (data["user"]["username"], data["user"]["display"]) == (account.username, "A display name longer than here")
        assert good(stranger.get(f"/users/{account.username}"))["id"] == data["user"]["id"]


def test_an_account_of_this_api_is_one_in_chat(registry):
    """The other way round: the digest at registration, the plain password there."""
    robin = join(registry, "robin", display="Robin Hood")
    account = robin.chat()
    assert account.get("/auth/me").json()["username"] == robin.username
    assert account.get("/users/@me").json()["display_name"] == "Robin Hood"
    assert_error(Api(registry).post("/auth/login", {"username": robin.username, "password": "wrong password"}), 401, 50014, "invalid_credentials")


@pytest.mark.parametrize("body", [
    {}, {"username": "robin"}, {"password": PASSWORD}, {"username": 7, "password": PASSWORD}, {"username": "robin", "password": 7},
    {"username": "", "password": PASSWORD}, {"username": "robin", "password": ""}, {"username": None, "password": None}, {"username": ["robin"], "password": PASSWORD},
])  # fmt: skip
def test_a_login_has_its_shape(stranger, body):
    """2.2: "22 bad shape"."""
    failed(stranger.post("/auth/login", body), 22)


def test_nobody_learns_who_is_here(stranger, person):
    """2.2: "17 vs 23 only if user enumeration is acceptable, otherwise 23 for both"."""
    answers = [login(stranger, person.username, "a wrong password"), login(stranger, unique("nobody"), "a wrong password")]
    for answer in answers:
        failed(answer, 23)
        assert "set-cookie" not in answer.headers
    assert answers[0].json()["error"] == answers[1].json()["error"]


def test_who_is_logged_in_need_not(person, somebody):
    """2.2: "15 if the request already carries a valid session (403)"; one that is not valid does no harm."""
    failed(login(person, somebody.username), 15)
    failed(person.post("/auth/register", {"username": unique(), "password": PASSWORD}), 15)
    assert login(Reileta(person.server, "unknown"), somebody.username).status_code == 200


def test_who_may_not_log_in_cannot(engine, new_server):
    """2.2: "4 user lacks `avr:login_user`"; register: "4 when default tags do not contain `avr:login_user`"."""
    server = new_server(engine, {"reileta.default_tags": "[]"})
    account = register(server)
    failed(login(Reileta(server), account.username), 4)
    failed(login(Reileta(server), account.username, "a wrong password"), 23)
    failed(Reileta(server).post("/auth/register", {"username": unique(), "password": PASSWORD}), 4)
    admin = register(server, setup_code=server.setup_code)
    assert login(Reileta(server), admin.username).status_code == 200, "1.3: `avr:admin` (everything)"


def test_who_is_disabled_is_out(warden, person, stranger):
    """Decision 0014: "`avr:disabled` keeps somebody from logging in here, and ends the logins of this API"."""
    second = person.again()
    chat = person.chat()
    good(warden.post(f"/users/{person.id}", {"tags": ["avr:disabled"]}))
    assert knows(person) is None and knows(second) is None
    failed(login(stranger, person.username), 4)
    assert chat.get("/auth/me").status_code == 200, "other APIs are not concerned"
    good(warden.post(f"/users/{person.id}", {"tags": None}))
    assert login(stranger, person.username).status_code == 200


def test_passwords_cannot_be_tried_for_ever(engine, new_server):
    """2.2: "rate-limit -> 140"; decision 0014: "140 with `Retry-After`"."""
    server = new_server(engine, {"limits.rate": "true"})
    answers = []
    while len(answers) < 100 and (not answers or answers[-1].status_code == 401):
        answers.append(login(Reileta(server), "nobody", "a wrong password"))
    assert len(answers) > 3
    failed(answers[-1], 140)
    # Asking for other things goes on.
    good(Reileta(server).get("/server"))


# Credentials


def test_a_token_may_come_in_three_ways(registry, person, stranger):
    """1.3: "`?authuser=<token>` -> `Authorization` header -> cookie `_suid`"; "raw token" and "`Bearer ` ... Accept both"."""
    assert knows(stranger, params={"authuser": person.token}) == person.id
    for header in (person.token, "Bearer " + person.token):
        assert knows(stranger, headers={"Authorization": header}) == person.id
    assert knows(stranger, headers={"Cookie": f"a=b; _suid={person.token}; c=d"}) == person.id
    # 1.3: "Never reject a user for its UA".
    for agent in ("AVR(User)", "AVR/1.0 (Client;windows)", "curl/8", ""):
        assert knows(person, headers={"User-Agent": agent}) == person.id


def test_the_ways_have_an_order(registry, stranger):
    """1.3: "Token sources in order"."""
    first, second, third = (join(registry) for _ in range(3))
    cookies = {"Cookie": f"_suid={third.token}"}
    header = {"Authorization": second.token}
    assert knows(stranger, params={"authuser": first.token}, headers=header | cookies) == first.id
    assert knows(stranger, headers=header | cookies) == second.id
    assert knows(stranger, headers=cookies) == third.id


def test_nothing_is_no_credential(person, stranger):
    """1.3: "C0 sends `Authorization: ""` and `Cookie: ""` when it has no token -> **empty string = no credentials**"."""
    assert knows(stranger, headers={"Authorization": "", "Cookie": ""}) is None
    assert knows(stranger, headers={"Authorization": "", "Cookie": f"_suid={person.token}"}) == person.id
    assert knows(stranger, params={"authuser": ""}, headers={"Authorization": person.token, "Cookie": "_suid="}) == person.id
    good(stranger.get("/server", headers={"Authorization": "", "Cookie": ""}))


def test_an_unknown_token_is_nobodys(registry, person):
    """1.3: "treated as anonymous, not as an error; routes that need a user then answer 403 code 3"."""
    chat = person.chat()
    other = "B" if person.token[0] == "A" else "A"
    # 8: "Session id works as password (R0)"; a token of another API is none of this one.
    for token in ("x", "A" * 86 + "==", other + person.token[1:], person.token + "x", person.login["id"], "Bearer", "Basic eA==", chat.refresh_token):
        caller = Reileta(registry, token)
        assert knows(caller) is None, token
        good(caller.get("/server"))


# Logging out


@pytest.mark.parametrize("method,word", [("GET", "LOGOUT"), ("POST", "LOGOUT"), ("DELETE", "DELETED")])
def test_a_session_ends_and_no_other(person, method, word):
    """2.2: "Deletes the current session, clears the cookie. `data` = string `"LOGOUT"`"; DELETE: "delete the session only, answer `"DELETED"`"."""
    second = person.again()
    answer = person.request(method, "/auth/logout")
    assert good(answer) == word
    attributes = cookie(answer)
    assert attributes["_suid"] == "" and attributes["path"] == "/" and (attributes.get("max-age") == "0" or "1970" in attributes.get("expires", ""))
    assert knows(person) is None and knows(second) == person.id
    failed(person.request(method, "/auth/logout"), 3)
    assert log_in(person.server, person.username).id == person.id, "the account is there"


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_who_is_not_logged_in_cannot_log_out(stranger, method):
    failed(stranger.request(method, "/auth/logout"), 3)


def test_the_first_meaning_of_deletion_can_be_chosen(engine, new_server):
    """2.2: "offer a server setting `legacy_delete_account` that restores the R0 meaning"; "Needs `avr:admin`, or `avr:delete_self_user`"."""
    server = new_server(engine, {"reileta.legacy_delete_account": "true"})
    robin = join(server, "robin")
    world = robin.make_world()
    assert good(robin.delete("/auth/logout")) == "DELETED"
    stranger = Reileta(server)
    failed(login(stranger, robin.username), 23)
    failed(stranger.get(f"/users/{robin.id}"), 17)
    failed(stranger.get(f"/worlds/{world['id']}"), 25)
    # GET means what it meant.
    wren = join(server, "wren")
    assert good(wren.get("/auth/logout")) == "LOGOUT"
    good(login(stranger, wren.username))
    admin = join(server, "admin", setup_code=server.setup_code)
    failed(admin.delete("/auth/logout"), 19)


def test_the_first_meaning_needs_its_tag(engine, new_server):
    """2.2: "Errors 3, 4"."""
    server = new_server(engine, {"reileta.legacy_delete_account": "true", "reileta.default_tags": '["avr:login_user"]'})
    robin = join(server, "robin")
    failed(robin.delete("/auth/logout"), 4)
    assert robin.me()["id"] == robin.id


# What is kept


def test_a_session_outlives_a_kill(engine, new_server):
    """Nothing acknowledged is lost."""
    server = new_server(engine)
    robin, wren = join(server, "robin"), join(server, "wren")
    good(wren.get("/auth/logout"))
    server.restart()
    assert robin.me()["id"] == robin.id
    assert "error" in envelope(wren.get("/users/@me"))


def test_tokens_and_passwords_are_not_stored(new_server):
    """8: "tokens stored in clear (store a hash)"."""
    server = new_server()
    robin = join(server, "robin")
    assert server.stop() == 0
    content = b"".join(path.read_bytes() for path in server.data.rglob("*") if path.is_file())
    assert robin.username.encode() in content
    for secret in (robin.token.encode(), base64.b64decode(robin.token), PASSWORD.encode(), prehash(PASSWORD).encode()):
        assert secret not in content
