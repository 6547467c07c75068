"""Changing one's own account (contracts/chat.md 3.5)."""

import time

import pytest

from support.api import assert_error, register, unchanged, unique
from support.shapes import is_self_user


@pytest.fixture
def look(account):
    """What may not change when something is refused."""
    return lambda: account.get("/auth/me").json()


def with_email(server, prefix="user"):
    return register(server, prefix, email=f"{unique('mail')}@example.org")


# What anybody sees


@pytest.mark.parametrize("identifier", ["@me", "own id"])
def test_one_changes_oneself(server, account, look, member, identifier):
    """3.5: "PATCH /users/{user_id}: only self or `@me`... Any of username, display_name, avatar_url, bio, email... 200 Self user"."""
    changes = {
        "username": unique("new"), "display_name": "New", "avatar_url": "https://example.org/n.png", "bio": "Anew.",
        "email": f"{unique('New')}@example.org",
    }  # fmt: skip
    response = account.patch(f"/users/{account.user_id if identifier == 'own id' else identifier}", changes)
    assert response.status_code == 200
    user = response.json()
    is_self_user(user)
    assert user.items() >= changes.items() and user["user_id"] == account.user_id
    assert not {"access_token", "refresh_token", "token"} & set(user), "tokens come with a new password only"
    assert look() == user
    public = member.get(f"/users/{account.user_id}").json()
    assert public.items() >= {name: changes[name] for name in ("username", "display_name", "avatar_url", "bio")}.items()
    assert "email" not in public


NAMES = ("display_name", "avatar_url", "bio", "email")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("value", [None, "", "n@w"])
def test_what_is_not_named_stays_and_null_or_nothing_clears(server, name, value):
    """3.5: "Any of"; 2: "display_name (string|null), avatar_url (string|null), bio (string|null)", "email (string|null)"."""
    account = with_email(server)
    value = value and unique(value)
    before = account.change("/users/@me", display_name="Old", avatar_url="old", bio="old")
    after = account.change("/users/@me", **{name: value})
    assert after | {"updated_at": None} == before | {name: value or None, "updated_at": None}
    assert account.get("/auth/me").json() == after


def test_an_empty_change_is_answered_and_changes_nothing(account, look):
    """3.5: "Any of": none is allowed too."""
    time.sleep(1.1)
    with unchanged(look):
        assert account.change("/users/@me") == look()


def test_a_change_is_dated(account, look):
    """2: "Self user = User + email (string|null), updated_at"."""
    before = look()
    time.sleep(1.1)
    after = account.change("/users/@me", bio="later")
    assert after["updated_at"] > before["updated_at"] and after["created_at"] == before["created_at"]


@pytest.mark.parametrize(
    "change",
    [
        {"display_name": "x"}, {"display_name": "💬" * 32}, {"bio": "b" * 190}, {"bio": "💬" * 190}, {"avatar_url": "a"},
        {"avatar_url": "a" * 2048},
    ],
)  # fmt: skip
def test_changes_at_the_limits_are_accepted(account, look, change):
    """2: "display_name 1..32, bio 0..190"."""
    assert account.change("/users/@me", **change).items() >= change.items()
    assert look().items() >= change.items()


@pytest.mark.parametrize(
    "change, field",
    [
        ({"username": None}, "username"), ({"username": ""}, "username"), ({"username": "a"}, "username"), ({"username": "a" * 33}, "username"),
        ({"username": "a b"}, "username"), ({"username": "everyone"}, "username"), ({"username": "Here"}, "username"),
        ({"username": "@me"}, "username"), ({"username": 7}, "username"),
        ({"display_name": "d" * 33}, "display_name"), ({"display_name": 5}, "display_name"), ({"bio": "b" * 191}, "bio"), ({"bio": 5}, "bio"),
        ({"avatar_url": "a" * 2049}, "avatar_url"), ({"avatar_url": "a\nb"}, "avatar_url"), ({"avatar_url": []}, "avatar_url"),
        ({"email": "nobody"}, "email"), ({"email": 5}, "email"), ({"status": "away"}, "status"), ({"status": ""}, "status"),
        ({"status": "Online"}, "status"), ({"status": 5}, "status"),
    ],
)  # fmt: skip
def test_a_bad_change_is_refused_as_a_whole(account, look, change, field):
    """2: limits; 1.1: 400, 50035, invalid_form."""
    with unchanged(look):
        body = {"display_name": "good", "bio": "good"} | change
        assert_error(account.patch("/users/@me", body), 400, 50035, "invalid_form", fields=[field])


def test_nobody_changes_another(account, look, member):
    """3.5: "only self or `@me`, else 403 50013"; whether there is such a user makes no difference."""
    with unchanged(lambda: (look(), member.get("/auth/me").json())):
        for identifier in (account.user_id, "1", "nobody", str(2**60)):
            for change in ({"display_name": "mine"}, {}):
                assert_error(member.patch(f"/users/{identifier}", change), 403, 50013, "missing_permissions")


def test_a_username_or_an_email_that_is_taken_is_refused(server, account, look):
    """3.5: "409 taken"; 2: "unique ignoring case"; the rest of the change does not happen either."""
    other = with_email(server)
    email = other.answer["user"]["email"]
    with unchanged(look):
        for name in (other.username, other.username.upper()):
            assert_error(account.patch("/users/@me", {"bio": "new", "username": name}), 409, 50035, "username_taken")
        for address in (email, email.upper()):
            assert_error(account.patch("/users/@me", {"bio": "new", "email": address}), 409, 50035, "email_taken")


def test_ones_own_name_and_email_are_not_taken(server):
    """2: "unique ignoring case" among all others: one may change the case of one's own."""
    account = with_email(server)
    user = account.answer["user"]
    assert account.change("/users/@me", username=user["username"], email=user["email"])["username"] == user["username"]
    changed = account.change("/users/@me", username=user["username"].upper(), email=user["email"].upper())
    assert (changed["username"], changed["email"]) == (user["username"].upper(), user["email"].upper())


def test_who_is_renamed_logs_in_by_the_new_name_and_leaves_the_old_one_to_others(server, stranger):
    """3.5: "Any of username ... email"; 3.1: login by username or email."""
    account = with_email(server)
    old = account.answer["user"]
    new = account.change("/users/@me", username=unique("new"), email=f"{unique('new')}@example.org")
    for name in ("username", "email"):
        assert stranger.post("/auth/login", {name: new[name], "password": account.password}).json()["user_id"] == account.user_id
        assert_error(stranger.post("/auth/login", {name: old[name], "password": account.password}), 401, 50014, "invalid_credentials")
    heir = stranger.post("/auth/register", {"username": old["username"], "email": old["email"], "password": account.password})
    assert heir.status_code == 201 and heir.json()["user_id"] != account.user_id
    assert account.get("/auth/me").json()["username"] == new["username"]


def test_a_changed_name_shows_in_old_messages_too(room, owner, member):
    """3.5: "A changed username shows in later author objects (old messages too)"; 2: Author "display_name, avatar_url"."""
    old = member.say(room, "early")
    changes = {"username": unique("new"), "display_name": "New", "avatar_url": "https://example.org/n.png"}
    member.change("/users/@me", **changes)
    late = member.say(room, "late")
    history = owner.history(room)
    assert [message["message_id"] for message in history] == [late["message_id"], old["message_id"]]
    for message in (late, *history, owner.get(f"/channels/{room}/messages/{old['message_id']}").json()):
        assert message["author"] == changes | {"user_id": member.user_id}


def test_a_changed_name_shows_in_the_list_of_members(nest, owner, member):
    """2: "Member: ... user (User)"."""
    name = member.change("/users/@me", username=unique("new"))["username"]
    for members in (owner.get(f"/servers/{nest['server_id']}").json()["members"], owner.get(f"/servers/{nest['server_id']}/members").json()):
        assert {entry["user"]["username"] for entry in members} == {owner.username, name}


# Status


def becomes(account, other, status):
    """Waits until this is the status of `other` for `account`: presence is told within a second."""
    deadline = time.monotonic() + 5
    while (seen := account.get(f"/users/{other.user_id}").json()["status"]) != status:
        assert time.monotonic() < deadline, f"the status stays {seen} and does not become {status}"
        time.sleep(0.05)


def test_a_chosen_status_shows_while_one_is_there(account, member, gateway):
    """3.5: "Any of ... status"; 2: "status (`online`|`idle`|`dnd`|`offline`)"; 5.5: "invisible is shown as offline"."""
    gateway(account)
    becomes(member, account, "online")
    for chosen, shown in (("idle", "idle"), ("dnd", "dnd"), ("invisible", "offline"), ("online", "online"), ("offline", "offline")):
        is_self_user(account.change("/users/@me", status=chosen))
        becomes(member, account, shown)


def test_a_chosen_status_is_remembered_and_shows_with_the_next_socket(account, member, gateway):
    """5.5: "The chosen status is remembered (default online) and restored at the next connect"; offline without sockets."""
    account.change("/users/@me", status="dnd")
    time.sleep(1.5)
    assert member.get(f"/users/{account.user_id}").json()["status"] == "offline"
    gateway(account)
    becomes(member, account, "dnd")


def test_a_status_is_chosen_together_with_the_rest_or_not_at_all(account, member, gateway):
    """3.5: one change; 1.1: what is refused changes nothing."""
    gateway(account)
    becomes(member, account, "online")
    assert_error(account.patch("/users/@me", {"status": "idle", "bio": "b" * 191}), 400, 50035, "invalid_form", fields=["bio"])
    assert_error(account.patch("/users/@me", {"status": "idle", "username": member.username}), 409, 50035, "username_taken")
    assert_error(member.patch(f"/users/{account.user_id}", {"status": "idle"}), 403, 50013, "missing_permissions")
    time.sleep(1.5)
    assert member.get(f"/users/{account.user_id}").json()["status"] == "online"
