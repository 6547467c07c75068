"""The members of a server: listing, adding, roles, nicknames, leaving and removing (contracts/chat.md 3.2)."""

import pytest

from support.api import assert_error, register, unchanged
from support.shapes import is_member, is_server_detail


@pytest.fixture
def path(nest):
    return f"/servers/{nest['server_id']}/members"


@pytest.fixture
def look(owner, nest):
    """What may not change when something is refused."""
    return lambda: owner.get(f"/servers/{nest['server_id']}").json()


def found(account, path, other):
    """This member as the list shows it."""
    [member] = [member for member in account.get(path).json() if member["user_id"] == other.user_id]
    return member


# Adding


@pytest.mark.parametrize("name", ["user_id", "username"])
def test_the_owner_adds_somebody(path, nest, room, look, owner, outsider, name):
    """3.2: "POST /servers/{server_id}/members | user_id or username (owner/admin only) | 201 Member"."""
    response = owner.post(path, {name: getattr(outsider, name)})
    assert response.status_code == 201
    added = response.json()
    is_member(added)
    assert (added["server_id"], added["user_id"], added["role"], added["nickname"]) == (nest["server_id"], outsider.user_id, "member", None)
    assert found(owner, path, outsider) == added
    assert look()["member_count"] == 3
    assert [server["server_id"] for server in outsider.get("/servers").json()] == [nest["server_id"]]
    assert outsider.say(room, "hello")["author"]["user_id"] == outsider.user_id


def test_a_username_is_found_in_any_case(path, owner, outsider):
    """3.2: "user_id or username"; 2: "unique ignoring case"."""
    response = owner.post(path, {"username": outsider.username.upper()})
    assert (response.status_code, response.json()["user_id"]) == (201, outsider.user_id)


def test_an_admin_adds_somebody(path, owner, admin, outsider):
    """3.2: "owner/admin only": an administrator may."""
    assert admin.post(path, {"user_id": outsider.user_id}).status_code == 201
    assert found(owner, path, outsider)["role"] == "member"


def test_others_add_nobody(path, look, server, member, outsider, account):
    """3.2: "owner/admin only"; 1.1: 50013 "member without the right", 50001 "not a member of that server"."""
    with unchanged(look):
        assert_error(member.post(path, {"user_id": account.user_id}), 403, 50013, "missing_permissions")
        assert_error(outsider.post(path, {"user_id": outsider.user_id}), 403, 50001, "missing_access")
        assert_error(outsider.post(path, {"username": account.username}), 403, 50001, "missing_access")
    assert account.get("/servers").json() == outsider.get("/servers").json() == []
    assert_error(account.post("/servers/1/members", {"user_id": account.user_id}), 404, 10004, "unknown_server")


@pytest.mark.parametrize("body", [{"user_id": "1"}, {"user_id": "nobody"}, {"user_id": str(2**60)}, {"username": "no-such-user"}, {"username": "?!"}])
def test_an_unknown_user_cannot_be_added(path, look, owner, body):
    """3.2: "404 unknown_user"; 1.1: 10013."""
    with unchanged(look):
        assert_error(owner.post(path, body), 404, 10013, "unknown_user")


def test_who_is_there_already_cannot_be_added(path, look, owner, admin, member):
    """3.2: "409 already_member"; 1.1: 50035; nobody loses or gets a role by it."""
    with unchanged(look):
        for account in (owner, admin, member):
            assert_error(owner.post(path, {"user_id": account.user_id}), 409, 50035, "already_member")
            assert_error(admin.post(path, {"username": account.username}), 409, 50035, "already_member")


def test_one_person_is_named_in_one_way(path, look, owner, outsider):
    """3.2: "user_id or username": neither, both or something else are refused; 1.1: 400, 50035, invalid_form."""
    both = {"user_id": outsider.user_id, "username": outsider.username}
    with unchanged(look):
        for body in ({}, {"user_id": None}, both, {"user_id": 5}):
            assert_error(owner.post(path, body), 400, 50035, "invalid_form", fields=["user_id"])
        assert_error(owner.post(path, {"username": 5}), 400, 50035, "invalid_form")


# Roles


def test_an_admin_is_made_and_unmade_by_the_owner(path, nest, room, owner, member):
    """3.2: "PATCH /servers/{server_id}/members/{user_id} | role (owner only), nickname | 200 Member"; 2: "admin: manage channels ..."."""
    channels = f"/servers/{nest['server_id']}/channels"
    assert_error(member.post(channels, {"name": "mine"}), 403, 50013, "missing_permissions")
    response = owner.patch(f"{path}/{member.user_id}", {"role": "admin"})
    assert response.status_code == 200
    is_member(response.json())
    assert (response.json()["user_id"], response.json()["role"]) == (member.user_id, "admin")
    assert found(member, path, member) == response.json()
    assert member.post(channels, {"name": "mine"}).status_code == 201
    assert owner.change(f"{path}/{member.user_id}", role="member")["role"] == found(owner, path, member)["role"] == "member"
    assert_error(member.post(channels, {"name": "another"}), 403, 50013, "missing_permissions")


@pytest.mark.parametrize("role", ["owner", "king", "", "Admin", 5, ["admin"]])
def test_a_role_is_admin_or_member(path, look, owner, member, role):
    """2: "role (`owner`|`admin`|`member`)", of which the owner's is handed over by owner_id; 1.1: 400, 50035, invalid_form."""
    with unchanged(look):
        response = owner.patch(f"{path}/{member.user_id}", {"role": role, "nickname": "new"})
        assert_error(response, 400, 50035, "invalid_form", fields=["role"])


def test_only_the_owner_gives_roles(path, look, server, owner, admin, member, outsider):
    """3.2: "role (owner only)": neither to others nor to oneself; the rest of the change does not happen either."""
    second = register(server)
    second.join(owner.invite(look()["server_id"]))
    with unchanged(look):
        for account, other, role in (
            (admin, member.user_id, "admin"), (admin, admin.user_id, "member"), (admin, "@me", "member"), (admin, owner.user_id, "member"),
            (member, member.user_id, "admin"), (member, "@me", "admin"), (member, second.user_id, "admin"), (member, owner.user_id, "member"),
        ):  # fmt: skip
            response = account.patch(f"{path}/{other}", {"role": role, "nickname": "new"})
            assert_error(response, 403, 50013, "missing_permissions")
        for other in (outsider.user_id, "@me", member.user_id):
            assert_error(outsider.patch(f"{path}/{other}", {"role": "admin"}), 403, 50001, "missing_access")


@pytest.mark.parametrize("role", ["admin", "member"])
def test_the_owner_stays_the_owner(path, look, owner, role):
    """3.2: a server changes its owner by owner_id only."""
    with unchanged(look):
        for identifier in ("@me", owner.user_id):
            assert_error(owner.patch(f"{path}/{identifier}", {"role": role}), 403, 50013, "missing_permissions")


# Nicknames


@pytest.mark.parametrize("nickname", ["x", "n" * 32, "💬" * 32])
@pytest.mark.parametrize("identifier", ["@me", "own id"])
def test_everybody_has_a_nickname_of_his_own_choice(path, owner, member, nickname, identifier):
    """2: "nickname|null"; 3.2: "PATCH ... nickname | 200 Member"."""
    for account in (owner, member):
        changed = account.change(f"{path}/{account.user_id if identifier == 'own id' else identifier}", nickname=nickname)
        is_member(changed)
        assert (changed["user_id"], changed["nickname"]) == (account.user_id, nickname)
    assert {entry["nickname"] for entry in owner.get(path).json()} == {nickname}


@pytest.mark.parametrize("nothing", [None, ""])
def test_a_nickname_is_taken_away_by_null_or_nothing(path, owner, member, nothing):
    """2: "nickname|null"."""
    member.change(f"{path}/@me", nickname="Nick")
    assert member.change(f"{path}/@me", nickname=nothing)["nickname"] is None
    assert found(owner, path, member)["nickname"] is None


def test_a_change_of_one_thing_leaves_the_other(path, owner, member):
    """3.2: "role (owner only), nickname": each of its own."""
    owner.change(f"{path}/{member.user_id}", role="admin", nickname="Nick")
    assert owner.change(f"{path}/{member.user_id}", nickname="Nicky").items() >= {"role": "admin", "nickname": "Nicky"}.items()
    assert owner.change(f"{path}/{member.user_id}", role="member").items() >= {"role": "member", "nickname": "Nicky"}.items()
    assert found(member, path, member).items() >= {"role": "member", "nickname": "Nicky"}.items()


@pytest.mark.parametrize("nickname", ["n" * 33, 5, ["a"]])
def test_a_bad_nickname_is_refused(path, look, owner, member, nickname):
    """1.1: 400, 50035, invalid_form."""
    with unchanged(look):
        for account, other in ((member, "@me"), (owner, member.user_id)):
            response = account.patch(f"{path}/{other}", {"nickname": nickname})
            assert_error(response, 400, 50035, "invalid_form", fields=["nickname"])


def test_the_owner_and_admins_give_nicknames_to_those_below_them(path, server, nest, look, owner, admin, member):
    """2: "admin: ..."; what an administrator may not do to the owner or another administrator begins here."""
    second = register(server)
    second.join(owner.invite(nest["server_id"]))
    owner.promote(nest["server_id"], second)
    for account, other in ((owner, admin), (owner, member), (admin, member)):
        name = f"by {account.username[:5]}"
        assert account.change(f"{path}/{other.user_id}", nickname=name)["nickname"] == found(other, path, other)["nickname"] == name
    with unchanged(look):
        for account, other in ((admin, owner), (admin, second), (member, owner), (member, admin), (member, second)):
            assert_error(account.patch(f"{path}/{other.user_id}", {"nickname": "bird"}), 403, 50013, "missing_permissions")


def test_a_member_who_is_none_cannot_be_changed(path, look, owner, outsider):
    """3.2: "404 unknown_member"; 1.1: 10007."""
    with unchanged(look):
        for identifier in (outsider.user_id, "1", "nobody", str(2**60)):
            assert_error(owner.patch(f"{path}/{identifier}", {"nickname": "bird"}), 404, 10007, "unknown_member")
    assert_error(owner.patch(f"/servers/1/members/{owner.user_id}", {"nickname": "bird"}), 404, 10004, "unknown_server")


# Leaving and removing


def assert_is_out(account, nest, room):
    path = f"/servers/{nest['server_id']}"
    assert account.get("/servers").json() == []
    for route in (path, f"{path}/channels", f"{path}/members", f"/channels/{room}", f"/channels/{room}/messages"):
        assert_error(account.get(route), 403, 50001, "missing_access")
    assert_error(account.post(f"/channels/{room}/messages", {"content": "still here"}), 403, 50001, "missing_access")


@pytest.mark.parametrize("identifier", ["@me", "own id"])
def test_a_member_leaves(path, nest, room, look, owner, member, identifier):
    """3.2: "DELETE /servers/{server_id}/members/{user_id} | `@me` or own id = leave | 204"; what he wrote stays."""
    message = member.say(room, "farewell")
    member.remove(f"{path}/{member.user_id if identifier == 'own id' else identifier}")
    assert_is_out(member, nest, room)
    assert (look()["member_count"], [entry["user_id"] for entry in look()["members"]]) == (1, [owner.user_id])
    assert owner.history(room) == [message]


def test_an_admin_leaves_and_comes_back_as_a_plain_member(path, nest, room, owner, admin):
    """2: "role (`owner`|`admin`|`member`)": a role and a nickname end with the membership."""
    admin.change(f"{path}/@me", nickname="Nick")
    admin.remove(f"{path}/@me")
    assert_is_out(admin, nest, room)
    is_server_detail(admin.join(owner.invite(nest["server_id"])))
    assert found(owner, path, admin).items() >= {"role": "member", "nickname": None}.items()


def test_the_owner_and_admins_remove_members(path, nest, room, look, owner, admin, member, outsider):
    """3.2: "others = kick (owner/admin...) | 204"."""
    outsider.join(owner.invite(nest["server_id"]))
    for account, other in ((admin, member), (owner, outsider), (owner, admin)):
        before = look()["member_count"]
        account.remove(f"{path}/{other.user_id}")
        assert_is_out(other, nest, room)
        assert look()["member_count"] == before - 1
        assert_error(owner.delete(f"{path}/{other.user_id}"), 404, 10007, "unknown_member")
    assert [entry["user_id"] for entry in owner.get(path).json()] == [owner.user_id]


def test_the_owner_cannot_leave(path, look, owner, admin):
    """3.2: "403 (the owner cannot leave: hand over owner_id or delete it)"."""
    with unchanged(look):
        for identifier in ("@me", owner.user_id):
            assert_error(owner.delete(f"{path}/{identifier}"), 403, 50013, "missing_permissions")


def test_nobody_is_removed_by_those_who_may_not(path, server, nest, look, owner, admin, member, outsider):
    """3.2: "kick (owner/admin; admins cannot remove owner or admins)"."""
    second, third = register(server), register(server)
    for account in (second, third):
        account.join(owner.invite(nest["server_id"]))
    owner.promote(nest["server_id"], second)
    with unchanged(look):
        for account, other in ((admin, owner), (admin, second), (member, owner), (member, admin), (member, third)):
            assert_error(account.delete(f"{path}/{other.user_id}"), 403, 50013, "missing_permissions")
        for identifier in (owner.user_id, member.user_id, outsider.user_id, "@me"):
            assert_error(outsider.delete(f"{path}/{identifier}"), 403, 50001, "missing_access")


def test_a_member_who_is_none_cannot_be_removed(path, look, owner, outsider):
    """3.2: "404 unknown_member"; 1.1: 10007."""
    with unchanged(look):
        for identifier in (outsider.user_id, "1", "nobody", str(2**60)):
            assert_error(owner.delete(f"{path}/{identifier}"), 404, 10007, "unknown_member")
    assert_error(owner.delete("/servers/1/members/@me"), 404, 10004, "unknown_server")
