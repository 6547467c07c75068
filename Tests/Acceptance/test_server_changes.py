"""Changing servers, handing them over and deleting them (contracts/chat.md 3.2)."""

import time

import pytest

from support.api import assert_error, register, unchanged
from support.shapes import is_server


@pytest.fixture
def path(nest):
    return f"/servers/{nest['server_id']}"


@pytest.fixture
def look(owner, path):
    """What may not change when something is refused."""
    return lambda: owner.get(path).json()


def roles(account, path):
    return {member["user_id"]: member["role"] for member in account.get(path).json()["members"]}


# Changing


def test_the_owner_changes_a_server_and_everybody_sees_it(path, owner, member):
    """3.2: "PATCH /servers/{server_id} | any of name, description, icon_url, owner_id | 200 Server"; 2: "name 1..100 trimmed"."""
    response = owner.patch(path, {"name": "  Eyrie\t", "description": "of eagles", "icon_url": "https://example.org/e.png"})
    assert response.status_code == 200
    server = response.json()
    is_server(server)
    assert (server["name"], server["description"], server["icon_url"]) == ("Eyrie", "of eagles", "https://example.org/e.png")
    assert (server["owner_id"], server["member_count"]) == (owner.user_id, 2)
    assert "channels" not in server and "members" not in server
    for account in (owner, member):
        assert account.get("/servers").json() == [server]
        assert account.get(path).json().items() >= server.items()


def test_an_admin_changes_a_server(path, owner, admin):
    """3.2: "403 (owner/admin...)": an administrator may."""
    assert admin.change(path, name="Admin's", description="too")["name"] == "Admin's"
    assert (owner.get(path).json()["name"], owner.get(path).json()["description"]) == ("Admin's", "too")


@pytest.mark.parametrize("change", [{"name": "New"}, {"description": "new"}, {"icon_url": "new"}, {"description": None}, {"icon_url": None}])
def test_what_is_not_named_stays_and_null_clears(path, owner, look, change):
    """3.2: "any of name, description, icon_url"; 2: "description|null, icon_url|null"."""
    owner.change(path, name="Old", description="old", icon_url="old")
    before = look()
    server = owner.change(path, **change)
    for after in (server, look()):
        assert {name: after[name] for name in ("name", "description", "icon_url")} == {
            "name": "Old", "description": "old", "icon_url": "old",
        } | change  # fmt: skip
    assert look() | {"updated_at": None} == before | change | {"updated_at": None}


def test_an_empty_change_is_answered_and_changes_nothing(path, owner, look):
    """3.2: "any of": none is allowed too."""
    time.sleep(1.1)
    with unchanged(look):
        response = owner.patch(path, {})
        assert response.status_code == 200
        is_server(response.json())


def test_a_change_is_dated(path, owner):
    """2: "Server: ... created_at, updated_at"."""
    before = owner.get(path).json()
    time.sleep(1.1)
    after = owner.change(path, name="Later")
    assert after["updated_at"] > before["updated_at"] and after["created_at"] == before["created_at"]


@pytest.mark.parametrize(
    "change",
    [{"name": "x"}, {"name": "n" * 100}, {"name": "💬" * 100}, {"description": "d" * 1024}, {"icon_url": "i"}, {"icon_url": "i" * 2048}],
)
def test_changes_at_the_limits_are_accepted(path, owner, look, change):
    """2: "server name 1..100; description 0..1024"."""
    assert owner.change(path, **change).items() >= change.items()
    assert look().items() >= change.items()


def test_a_description_may_be_empty(path, owner, look):
    """2: "description 0..1024"."""
    owner.change(path, description="full")
    assert not owner.change(path, description="")["description"]
    assert not look()["description"]


@pytest.mark.parametrize(
    "change, field",
    [
        ({"name": None}, "name"), ({"name": ""}, "name"), ({"name": " \t"}, "name"), ({"name": "n" * 101}, "name"), ({"name": 5}, "name"),
        ({"description": "d" * 1025}, "description"), ({"description": 5}, "description"), ({"icon_url": "i" * 2049}, "icon_url"),
        ({"icon_url": ""}, "icon_url"), ({"icon_url": "a\nb"}, "icon_url"), ({"icon_url": {}}, "icon_url"), ({"owner_id": 5}, "owner_id"),
    ],
)  # fmt: skip
def test_a_bad_change_is_refused_as_a_whole(path, owner, look, change, field):
    """2: limits; 1.1: 400, 50035, invalid_form."""
    with unchanged(look):
        assert_error(owner.patch(path, {"name": "good", "description": "good"} | change), 400, 50035, "invalid_form", fields=[field])


def test_only_the_owner_and_admins_change_a_server(path, look, member, outsider):
    """3.2: "403 (owner/admin...), 404"; 1.1: 50013 "member without the right", 50001 "not a member of that server"."""
    for change in ({"name": "mine"}, {"description": "mine"}, {"icon_url": None}, {"owner_id": member.user_id}, {}):
        with unchanged(look):
            assert_error(member.patch(path, change), 403, 50013, "missing_permissions")
            assert_error(outsider.patch(path, change), 403, 50001, "missing_access")
    assert_error(outsider.patch("/servers/1", {"name": "mine"}), 404, 10004, "unknown_server")


# Handing over


def test_the_owner_hands_a_server_over_and_becomes_a_plain_member(path, owner, member):
    """3.2: "owner_id (must be member)"; 2: "owner: everything"."""
    server = owner.change(path, owner_id=member.user_id)
    assert (server["owner_id"], server["member_count"]) == (member.user_id, 2)
    assert roles(owner, path) == {owner.user_id: "member", member.user_id: "owner"}
    assert_error(owner.patch(path, {"name": "mine again"}), 403, 50013, "missing_permissions")
    assert_error(owner.delete(path), 403, 50013, "missing_permissions")
    assert member.change(path, name="Mine now")["name"] == "Mine now"
    owner.remove(f"{path}/members/@me")
    member.remove(path)


def test_an_admin_who_gets_a_server_has_one_role(path, owner, admin, member):
    """3.2: "role (`owner`|`admin`|`member`)"; who hands it back is no administrator either."""
    owner.change(path, owner_id=admin.user_id)
    assert roles(owner, path) == {owner.user_id: "member", admin.user_id: "owner", member.user_id: "member"}
    admin.change(path, owner_id=owner.user_id)
    assert roles(owner, path) == {owner.user_id: "owner", admin.user_id: "member", member.user_id: "member"}


def test_only_the_owner_hands_over(path, look, admin, member):
    """3.2: "owner_id only owner"; the rest of the change does not happen either."""
    for heir in (admin, member):
        with unchanged(look):
            assert_error(admin.patch(path, {"name": "mine", "owner_id": heir.user_id}), 403, 50013, "missing_permissions")


def test_a_server_is_handed_to_members_only(path, look, owner, outsider):
    """3.2: "owner_id (must be member)"; 1.1: 400, 50035, invalid_form."""
    for heir in (outsider.user_id, "1", "nobody", ""):
        with unchanged(look):
            response = owner.patch(path, {"name": "new", "owner_id": heir})
            assert_error(response, 400, 50035, "invalid_form", fields=["owner_id"])


def test_a_server_handed_to_its_owner_stays_as_it_is(path, look, owner):
    """3.2: "owner_id": the own one is no change."""
    time.sleep(1.1)
    with unchanged(look):
        assert owner.change(path, owner_id=owner.user_id)["owner_id"] == owner.user_id


# Deleting


def test_a_deleted_server_is_gone_for_everybody_with_all_that_was_in_it(path, nest, room, owner, admin, member, outsider):
    """3.2: "DELETE /servers/{server_id} | 204, removes channels and messages"; 1: "deletion ... 204 empty"."""
    second = owner.create_channel(nest["server_id"])["channel_id"]
    message = member.say(room, "soon gone")["message_id"]
    code, other = owner.invite(nest["server_id"]), member.create_server("other")
    owner.remove(path)
    assert owner.get("/servers").json() == admin.get("/servers").json() == []
    assert [server["server_id"] for server in member.get("/servers").json()] == [other["server_id"]]
    for account in (owner, admin, member, outsider):
        assert_error(account.get(path), 404, 10004, "unknown_server")
        assert_error(account.get(f"{path}/channels"), 404, 10004, "unknown_server")
        assert_error(account.get(f"{path}/members"), 404, 10004, "unknown_server")
        assert_error(account.get(f"/invites/{code}"), 404, 10006, "unknown_invite")
        assert_error(account.post(f"/invites/{code}"), 404, 10006, "unknown_invite")
        for channel in (room, second):
            assert_error(account.get(f"/channels/{channel}"), 404, 10003, "unknown_channel")
            assert_error(account.get(f"/channels/{channel}/messages"), 404, 10003, "unknown_channel")
            assert_error(account.post(f"/channels/{channel}/messages", {"content": "hello?"}), 404, 10003, "unknown_channel")
        assert_error(account.get(f"/channels/{room}/messages/{message}"), 404, 10003, "unknown_channel")
    for response in (owner.delete(path), owner.patch(path, {"name": "x"}), owner.post(f"{path}/channels", {"name": "x"})):
        assert_error(response, 404, 10004, "unknown_server")


def test_only_the_owner_deletes_a_server(path, look, room, owner, admin, member, outsider):
    """3.2: "403 (owner only), 404"."""
    owner.say(room, "still here")
    with unchanged(lambda: (look(), owner.history(room))):
        for account in (admin, member):
            assert_error(account.delete(path), 403, 50013, "missing_permissions")
        assert_error(outsider.delete(path), 403, 50001, "missing_access")
    assert_error(outsider.delete("/servers/1"), 404, 10004, "unknown_server")


def test_the_home_space_can_be_changed_and_not_deleted(new_server, engine):
    """DESIGN.md 7: "The home space exists from the start", and stays; 3.2: 403."""
    server = new_server(engine)
    root = register(server, "root", setup_code=server.setup_code)
    [home] = root.get("/servers").json()
    path = f"/servers/{home['server_id']}"
    lobby = root.create_channel(home["server_id"], "lobby")["channel_id"]
    root.say(lobby, "welcome")
    with unchanged(lambda: (root.get(path).json(), root.history(lobby))):
        assert_error(root.delete(path), 403, 50013, "missing_permissions")
    assert root.change(path, name="Our home")["name"] == root.get(path).json()["name"] == "Our home"
