"""People of Reileta: who they are, and changing and deleting them (contracts/reileta.md 2.3, 4.2)."""

import pytest

from support.api import PASSWORD, Api, assert_error, register, unique
from support.cosmos_webhooks import wait_until
from support.reileta import NOBODY, Reileta, address_of, failed, good, join, log_in, new_id
from support.reileta_shapes import ids, is_me, is_user


@pytest.fixture
def stranger(registry):
    return Reileta(registry)


def change(caller, who="@me", **members):
    return caller.post(f"/users/{who}", members)


# Reading


def test_somebody_is_read_by_id_and_by_name(registry, person, stranger):
    """2.3: "auth anyone. `:id` = user id or exact username (case-sensitive in R0). `data` = User"; 4.2: both spellings, and no null."""
    by_id = good(stranger.get(f"/users/{person.id}"))
    is_user(by_id)
    assert (by_id["id"], by_id["username"], by_id["server"]) == (person.id, person.username, address_of(registry))
    assert good(stranger.get(f"/users/{person.username}")) == by_id
    assert good(person.get(f"/users/{person.id}"))["id"] == person.id
    failed(stranger.get(f"/users/{person.username.upper()}"), 17)


def test_oneself_is_read_with_more(person, stranger):
    """2.3: "`@me` -> auth needed (3); `data` = UserMe"."""
    me = good(person.get("/users/@me"))
    is_me(me)
    assert me["id"] == person.id and (me["friends"], me["following"], me["status"]) == ([], [], "offline")
    assert good(person.get("/users/%40me"))["id"] == person.id
    failed(stranger.get("/users/@me"), 3)


def test_the_server_is_somebody(registry, stranger):
    """Decision 0014: "`@root` and `@server` are the server itself ... name `root`, tags `avr:admin avr:bot avr:root`"; 2.3: `@admin`."""
    root = good(stranger.get("/users/@root"))
    is_user(root)
    assert root["username"] == "root" and set(root["tags"]) == {"avr:admin", "avr:bot", "avr:root"}
    assert good(stranger.get("/users/@server")) == root == good(stranger.get(f"/users/{root['id']}"))
    admin = good(stranger.get("/users/@admin"))
    is_user(admin)
    assert admin["id"] == registry.warden.id and "avr:admin" in admin["tags"]


def test_there_may_be_no_administrator(engine, new_server):
    """2.3: 17."""
    server = new_server(engine)
    failed(Reileta(server).get("/users/@admin"), 17)
    good(Reileta(server).get("/users/@root"))


@pytest.mark.parametrize("who,codes", [
    ("u_" + NOBODY, [17]), ("nobody_at_all", [17]), ("u_" + "z" * 36, [14]), ("u_" + NOBODY.replace("-", "Z"), [14]), ("@nobody", [14, 17]),
    ("u_" + "0" * 35, [14]), ("%00", [14, 17]), ("..%2F..", [14, 17]), ("x" * 300, [14, 17]),
])  # fmt: skip
def test_who_is_not_there(registry, person, who, codes):
    """2.3: "Errors 14, 17"."""
    for method in ("GET", "POST", "DELETE"):
        answer = registry.warden.request(method, f"/users/{who}", **({"json": {}} if method == "POST" else {}))
        failed(answer, answer.json()["error"]["code"])
        assert answer.json()["error"]["code"] in codes, answer.text


def test_an_account_of_chat_is_shown_here(registry, stranger):
    """Decision 0014: "`display` is the core's display name, `description` its bio"."""
    account = register(registry, "chat", display_name="Kestrel")
    assert account.patch("/users/@me", {"bio": "Hovers."}).status_code == 200
    shown = good(stranger.get(f"/users/{account.username}"))
    is_user(shown)
    assert (shown["display"], shown["description"]) == ("Kestrel", "Hovers.") and not {"password", "email"} & set(shown)


# Changing


def test_somebody_changes_oneself(person, stranger):
    """2.3: "target = path; fields `{username?, display?, description? <=256, ...}`"; "`data` = User (or UserMe for `@me`)"."""
    before = person.me()
    name = unique("new")
    changed = good(change(person, username=name, display="Kestrel", description="Hovers."))
    is_me(changed)
    assert (changed["username"], changed["display"], changed["description"]) == (name, "Kestrel", "Hovers.")
    assert changed["updated_at"] > before["updated_at"] and changed["created_at"] == before["created_at"]
    shown = good(change(person, person.id, display="Falcon"))
    is_user(shown)
    assert shown["display"] == "Falcon" and shown == good(stranger.get(f"/users/{name}"))
    failed(stranger.get(f"/users/{person.username}"), 17)
    person.username = name
    chat = person.chat().get("/users/@me").json()
    assert (chat["username"], chat["display_name"], chat["bio"]) == (name, "Falcon", "Hovers.")
    assert log_in(person.server, name).id == person.id


def test_nothing_stays_and_null_clears(person):
    """2.3: "`""`/absent = unchanged, `null` = clear"; what is not there is left out."""
    good(change(person, display="Kestrel", description="Hovers."))
    changed = good(change(person, username="", display="", description="", password="", email="", status="", home=""))
    assert (changed["username"], changed["display"], changed["description"]) == (person.username, "Kestrel", "Hovers.")
    cleared = good(change(person, display=None, description=None))
    assert "description" not in cleared and cleared["display"] == person.username
    assert log_in(person.server, person.username).id == person.id


def test_unity_sends_all_that_it_has(person):
    """1.4: "JsonUtility cannot send null -> C0 sends `""` for missing strings, `[]` for missing arrays, `0` for ints"."""
    form = {"id": "", "username": "", "displayname": "", "description": "", "password": "", "email": "", "status": "", "home": "", "thumbnail": "", "tags": []}
    changed = good(change(person, **form | {"display": "Kestrel"}))
    assert (changed["username"], changed["display"]) == (person.username, "Kestrel") and person.me() == changed


def test_the_id_in_the_body_is_that_of_the_path(person, somebody):
    """2.3: "body `id` optional, must match else 14"."""
    assert good(change(person, id=person.id, display="Kestrel"))["display"] == "Kestrel"
    failed(change(person, id=somebody.id, display="Falcon"), 14)
    assert (person.me()["display"], somebody.me()["display"]) == ("Kestrel", somebody.username)


@pytest.mark.parametrize("members,limit", [
    ({"username": "abc"}, "4"), ({"username": "a" * 18}, "17"), ({"username": "a-b-c"}, ""), ({"username": 7}, ""),
    ({"display": "ab"}, "3"), ({"display": "x" * 17}, "16"), ({"description": "x" * 257}, "256"), ({"description": 7}, ""), ({"password": "1234567"}, "8"),
    ({"password": 12345678}, ""), ({"email": "no address"}, ""), ({"status": "asleep"}, ""), ({"status": 7}, ""), ({"home": "nowhere"}, ""), ({"tags": "x"}, ""),
])  # fmt: skip
def test_a_change_has_its_limits(person, members, limit):
    """1.4, 2.3: 14, and the message names the limit (decision 0014)."""
    before = person.me()
    assert limit in failed(change(person, **members), 14)
    assert person.me() == before and log_in(person.server, person.username).id == person.id
    good(change(person, description="x" * 256, display="y" * 16))


def test_a_name_is_taken(person, somebody):
    """2.3: "105 UserAlreadyExists (409)"; ignoring case, as names are unique in the core."""
    for name in (somebody.username, somebody.username.upper()):
        failed(change(person, username=name), 105)
    assert person.me()["username"] == person.username


def test_only_oneself_and_administrators_change_somebody(warden, person, somebody, stranger):
    """2.3: "auth: admin, or self ... Errors 3, 4, 14, 17"."""
    failed(change(stranger, person.id, display="Mine"), 3)
    failed(change(stranger, display="Mine"), 3)
    for who in (person.id, person.username):
        failed(change(somebody, who, display="Mine"), 4)
    assert person.me()["display"] == person.username
    shown = good(change(warden, person.username, display="Kestrel"))
    is_user(shown)
    assert shown["display"] == "Kestrel" == person.me()["display"]
    failed(change(somebody, "@root", display="Mine"), 4)


def test_changing_oneself_needs_its_tag(bare):
    """1.3: "`avr:edit_user` (edit self when editing is enabled)"."""
    robin = join(bare, "robin")
    failed(change(robin, display="Kestrel"), 4)
    good(change(bare.warden, robin.id, tags=["avr:edit_user"]))
    good(change(robin, display="Kestrel"))


def test_only_administrators_give_tags(warden, person):
    """2.3: "tags? (admin only)"."""
    answer = change(person, tags=["avr:admin"])
    if answer.status_code != 200:
        failed(answer, 4)
    assert person.me()["tags"] == [] or "avr:admin" not in person.me()["tags"]
    failed(person.post("/server", {"title": "Mine"}), 4)
    tags = good(change(warden, person.id, tags=["avr:bot", "avr:service_creator"]))["tags"]
    assert {"avr:bot", "avr:service_creator"} <= set(tags)
    assert good(change(warden, person.id, tags=[], display="Kestrel"))["tags"] == tags, "an empty list says nothing, null clears"
    person.make_service()
    assert "avr:service_creator" not in good(change(warden, person.id, tags=None))["tags"]
    failed(person.put("/services", {"title": "Weather"}), 4)


def test_administrators_make_others_administrators(engine, new_server):
    """Decision 0014: "`avr:admin` is the administrator of the core, given and taken by administrators; the last administrator keeps it"."""
    server = new_server(engine)
    first, second = join(server, "first", setup_code=server.setup_code), join(server, "second")
    assert "avr:admin" in good(change(first, second.id, tags=["avr:admin"]))["tags"]
    good(second.post("/server", {"title": "Ours"}))
    assert "avr:admin" not in good(change(second, first.id, tags=None))["tags"]
    failed(first.post("/server", {"title": "Mine"}), 4)
    answer = change(second, tags=None)
    if answer.status_code != 200:
        failed(answer, answer.json()["error"]["code"])
    assert "avr:admin" in second.me()["tags"]


# The password


def test_a_password_is_changed(registry, person, stranger):
    """2.3: `password?`; all other sessions end, those of other APIs too."""
    second, chat = person.again(), person.chat()
    good(change(person, password="a new and better battery"))
    assert person.me()["id"] == person.id
    failed(second.get("/users/@me"), 3)
    wait_until(lambda: chat.get("/auth/me").status_code == 401)
    failed(stranger.post("/auth/login", {"username": person.username, "password": PASSWORD}), 23)
    assert log_in(registry, person.username, "a new and better battery").id == person.id
    assert_error(Api(registry).post("/auth/login", {"username": person.username, "password": PASSWORD}), 401, 50014, "invalid_credentials")


def test_an_administrator_sets_a_password(warden, person, stranger):
    """2.3: "auth: admin"; then all sessions of that person end."""
    good(change(warden, person.id, password="a new and better battery"))
    failed(person.get("/users/@me"), 3)
    good(stranger.post("/auth/login", {"username": person.username, "password": "a new and better battery"}))


# Presence


def test_somebody_is_there_with_a_socket(person, connect):
    """4.2: "`online` while >= 1 authenticated socket, unless set to away/busy; `offline` otherwise"; decision 0014: for all APIs."""
    chat = person.chat()
    assert person.me()["status"] == "offline"
    socket = connect(person)
    wait_until(lambda: person.me()["status"] == "online")
    for status, in_chat in (("away", "idle"), ("busy", "dnd"), ("online", "online")):
        assert good(change(person, status=status))["status"] == status
        wait_until(lambda: chat.get("/users/@me").json()["status"] == in_chat)
    good(change(person, status="offline"))
    wait_until(lambda: chat.get("/users/@me").json()["status"] in ("offline", "invisible"))
    good(change(person, status="online"))
    wait_until(lambda: person.me()["status"] == "online")
    # As for sockets of Chat (contracts/chat.md 5.5): 10 s after one that was closed in order.
    socket.close()
    wait_until(lambda: person.me()["status"] == "offline", within=25)


# Deleting


@pytest.mark.parametrize("by_name", [False, True])
def test_somebody_deletes_oneself(registry, stranger, by_name):
    """2.3: "same rights as account deletion; `data` = `"DELETED"`"; decision 0014: what was owned goes with it."""
    robin = join(registry, "robin")
    world = robin.make_world(tags=["avr:public"])
    instance = robin.make_instance(world)
    assert good(robin.delete("/users/" + (robin.username if by_name else "@me"))) == "DELETED"
    failed(robin.get("/users/@me"), 3)
    for who in (robin.id, robin.username):
        failed(stranger.get(f"/users/{who}"), 17)
    failed(stranger.get(f"/worlds/{world['id']}"), 25)
    failed(stranger.get(f"/instances/{instance['id']}"), 36)
    failed(stranger.post("/auth/login", {"username": robin.username, "password": PASSWORD}), 23)
    assert robin.id not in ids(stranger.listed("/users", "users", query=robin.username))
    # The name is free again.
    good(stranger.post("/auth/register", {"username": robin.username, "password": PASSWORD}))


def test_who_deletes_whom(warden, person, somebody, stranger):
    """2.3: "errors 3, 4, 17, 19"; 1.3: "`avr:delete_user` (anyone)"."""
    failed(stranger.delete(f"/users/{person.id}"), 3)
    failed(somebody.delete(f"/users/{person.id}"), 4)
    failed(warden.delete("/users/" + new_id("u")), 17)
    good(change(warden, somebody.id, tags=["avr:delete_user"]))
    assert good(somebody.delete(f"/users/{person.id}")) == "DELETED"
    assert good(warden.delete(f"/users/{somebody.username}")) == "DELETED"
    failed(person.get("/users/@me"), 3)


def test_deleting_oneself_needs_its_tag(bare):
    """1.3: "`avr:delete_self_user`"."""
    robin = join(bare, "robin")
    failed(robin.delete("/users/@me"), 4)
    good(change(bare.warden, robin.id, tags=["avr:delete_self_user"]))
    assert good(robin.delete("/users/@me")) == "DELETED"


def test_some_cannot_be_deleted(engine, new_server):
    """2.3: "19 (root and last admin cannot be deleted)"."""
    server = new_server(engine)
    first = join(server, "first", setup_code=server.setup_code)
    for who in ("@root", "@server"):
        failed(first.delete(f"/users/{who}"), 19)
    failed(first.delete("/users/@me"), 19)
    second = join(server, "second")
    good(change(first, second.id, tags=["avr:admin"]))
    assert good(first.delete("/users/@me")) == "DELETED"
    failed(second.delete(f"/users/{second.id}"), 19)
    assert good(Reileta(server).get("/users/@admin"))["id"] == second.id
