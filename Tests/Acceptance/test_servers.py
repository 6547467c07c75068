"""Servers, and how people come to them (contracts/chat.md 3.2)."""

import time
from datetime import datetime

import pytest

from support.api import assert_error, register, unchanged
from support.gateway import CHANNEL_CREATE, CHANNEL_DELETE, CHANNEL_UPDATE, MESSAGE_CREATE
from support.shapes import is_server, is_server_detail, is_time


def names(account):
    return [server["name"] for server in account.get("/servers").json()]


# Making and reading


def test_a_new_account_is_in_no_server(account):
    """3.2: "GET /servers | 200 [Server]"."""
    response = account.get("/servers")
    assert response.status_code == 200 and response.json() == []


def test_making_a_server_makes_its_creator_the_owner_of_a_server_with_a_channel(owner):
    """3.2: "201 Server (detail form); creator = owner; a text channel `general` is made"."""
    response = owner.post("/servers", {"name": "  Nest ", "description": "of all birds", "icon_url": "https://example.org/i.png"})
    assert response.status_code == 201
    server = response.json()
    is_server_detail(server)
    assert (server["name"], server["description"], server["icon_url"]) == ("Nest", "of all birds", "https://example.org/i.png")
    assert (server["owner_id"], server["member_count"]) == (owner.user_id, 1)
    [channel], [member] = server["channels"], server["members"]
    assert (channel["name"], channel["type"], channel["position"], channel["last_message_id"]) == ("general", "text", 0, None)
    assert (member["user_id"], member["role"], member["nickname"]) == (owner.user_id, "owner", None)
    assert owner.get(f"/servers/{server['server_id']}").json() == server


def test_the_list_is_in_the_order_of_joining(owner, member):
    """3.2: "GET /servers | 200 [Server], by joining time"."""
    first, second = (owner.create_server(name) for name in ("first", "second"))
    member.create_server("own")
    member.join(owner.invite(second["server_id"]))
    member.join(owner.invite(first["server_id"]))
    assert names(owner) == ["first", "second"]
    assert names(member) == ["own", "second", "first"]
    for server in member.get("/servers").json():
        is_server(server)


def test_optional_members_are_null_when_not_given(owner):
    """2: "Server: ... description|null, icon_url|null"."""
    server = owner.create_server()
    assert server["description"] is None and server["icon_url"] is None


@pytest.mark.parametrize("name", ["x", "n" * 100, "💬" * 100])
def test_names_at_the_limits_are_accepted(owner, name):
    """2: "server name 1..100"."""
    assert owner.create_server(name)["name"] == name


@pytest.mark.parametrize(
    "body, field",
    [
        ({}, "name"), ({"name": None}, "name"), ({"name": ""}, "name"), ({"name": "  \t "}, "name"), ({"name": "n" * 101}, "name"),
        ({"name": 5}, "name"), ({"name": ["a"]}, "name"), ({"name": "a", "description": "d" * 1025}, "description"),
        ({"name": "a", "description": 5}, "description"), ({"name": "a", "icon_url": {}}, "icon_url"),
    ],
)  # fmt: skip
def test_a_bad_server_is_refused(owner, body, field):
    """2: "server name 1..100 trimmed; description 0..1024"; 1.1: 400, 50035, invalid_form."""
    with unchanged(lambda: owner.get("/servers").json()):
        assert_error(owner.post("/servers", body), 400, 50035, "invalid_form", fields=[field])


def test_a_server_shows_itself_to_its_members_only(nest, owner, member, outsider):
    """3.2: "GET /servers/{server_id} | 200 Server detail form | 403, 404"; 1.1: "answers 403 missing_access if it exists, 404 if not"."""
    path = f"/servers/{nest['server_id']}"
    for account in (owner, member):
        server = account.get(path).json()
        is_server_detail(server)
        assert server["member_count"] == 2
        assert {(m["user_id"], m["role"]) for m in server["members"]} == {(owner.user_id, "owner"), (member.user_id, "member")}
    assert_error(outsider.get(path), 403, 50001, "missing_access")
    assert_error(outsider.get("/servers/1"), 404, 10004, "unknown_server")


# Invites


def test_an_invite_says_what_it_is_good_for(nest, owner):
    """3.2: "201 {code, server_id, inviter_id, uses, max_uses, expires_at or null}", "max_age default 604800"."""
    response = owner.post(f"/servers/{nest['server_id']}/invites")
    assert response.status_code == 201
    invite = response.json()
    assert isinstance(invite["code"], str) and len(invite["code"]) >= 8
    assert (invite["server_id"], invite["inviter_id"], invite["uses"], invite["max_uses"]) == (nest["server_id"], owner.user_id, 0, 0)
    is_time(invite["expires_at"])
    left = datetime.fromisoformat(invite["expires_at"]).timestamp() - time.time()
    assert abs(left - 604800) < 120


def test_an_invite_may_be_good_for_ever(nest, owner):
    """3.2: "max_age (seconds, 0 = never...)"."""
    invite = owner.post(f"/servers/{nest['server_id']}/invites", {"max_age": 0, "max_uses": 3}).json()
    assert invite["expires_at"] is None and invite["max_uses"] == 3


def test_an_invite_may_be_good_for_some_seconds(nest, owner):
    """3.2: "max_age (seconds...)", "expires_at"."""
    invite = owner.post(f"/servers/{nest['server_id']}/invites", {"max_age": 600}).json()
    assert abs(datetime.fromisoformat(invite["expires_at"]).timestamp() - time.time() - 600) < 60


def test_invites_have_different_codes(nest, owner):
    """3.2: each invite is one of its own."""
    assert len({owner.invite(nest["server_id"]) for _ in range(5)}) == 5


def test_an_invite_shows_the_server_without_what_is_inside(nest, owner, outsider):
    """3.2: "GET /invites/{code} | 200 {code, server (without channels/members)}"."""
    code = owner.invite(nest["server_id"])
    with unchanged(lambda: owner.get(f"/servers/{nest['server_id']}").json()):
        response = outsider.get(f"/invites/{code}")
    assert response.status_code == 200
    shown = response.json()
    is_server(shown["server"])
    assert shown["code"] == code and shown["server"]["server_id"] == nest["server_id"]
    assert "channels" not in shown["server"] and "members" not in shown["server"]


def test_accepting_an_invite_makes_a_member(owner, member):
    """3.2: "POST /invites/{code} | 200 Server detail form"."""
    server = owner.create_server()
    response = member.post(f"/invites/{owner.invite(server['server_id'])}")
    assert response.status_code == 200
    joined = response.json()
    is_server_detail(joined)
    assert joined["member_count"] == 2 and len(joined["members"]) == 2
    assert member.history(joined["channels"][0]["channel_id"]) == []


def test_one_joins_once(nest, owner, member):
    """3.2: "409 already_member"; 1.1: 409, 50035; the invite is not used up by it."""
    code = owner.invite(nest["server_id"], max_uses=1)
    for account in (member, owner):
        with unchanged(lambda: owner.get(f"/servers/{nest['server_id']}").json()):
            assert_error(account.post(f"/invites/{code}"), 409, 50035, "already_member")
    assert owner.get(f"/invites/{code}").status_code == 200


@pytest.mark.parametrize("uses", [1, 2])
def test_an_invite_is_used_up(nest, server, owner, account, uses):
    """3.2: "max_uses (0 = unlimited)"; then the code is unknown: 404."""
    code = owner.invite(nest["server_id"], max_uses=uses)
    for _ in range(uses):
        register(server).join(code)
    with unchanged(lambda: owner.get(f"/servers/{nest['server_id']}").json()):
        assert_error(account.post(f"/invites/{code}"), 404, 10006, "unknown_invite")


def test_an_invite_expires(nest, owner, outsider):
    """3.2: "max_age (seconds"; then the code is unknown: 404."""
    code = owner.invite(nest["server_id"], max_age=1)
    time.sleep(2.1)
    with unchanged(lambda: owner.get(f"/servers/{nest['server_id']}").json()):
        assert_error(outsider.post(f"/invites/{code}"), 404, 10006, "unknown_invite")
        assert_error(outsider.get(f"/invites/{code}"), 404, 10006, "unknown_invite")


def test_an_unknown_invite_is_404(account):
    """3.2: "GET /invites/{code}", "POST /invites/{code}" | 404."""
    for response in (account.get("/invites/nothing-here"), account.post("/invites/nothing-here")):
        assert_error(response, 404, 10006, "unknown_invite")


@pytest.mark.parametrize("body, field", [({"max_age": "soon"}, "max_age"), ({"max_age": -1}, "max_age"), ({"max_uses": 1.5}, "max_uses"), ({"max_uses": -1}, "max_uses")])
def test_a_bad_invite_is_refused(nest, owner, body, field):
    """1.1: 400, 50035, invalid_form."""
    assert_error(owner.post(f"/servers/{nest['server_id']}/invites", body), 400, 50035, "invalid_form", fields=[field])


def test_every_member_invites_in_his_own_name(nest, member, outsider):
    """3.2: "201 {code, server_id, inviter_id, ...}": it takes no right of the owner."""
    response = member.post(f"/servers/{nest['server_id']}/invites", {"max_age": 60, "max_uses": 1})
    assert response.status_code == 201 and response.json()["inviter_id"] == member.user_id
    assert outsider.join(response.json()["code"])["member_count"] == 3


def test_an_invite_is_of_the_server_whatever_becomes_of_who_made_it(nest, owner, member, outsider):
    """3.2: "POST /invites/{code} | 200": it does not end with the membership of its maker, who may come back by it as anybody."""
    code = member.invite(nest["server_id"])
    owner.remove(f"/servers/{nest['server_id']}/members/{member.user_id}")
    assert member.get(f"/invites/{code}").json()["server"]["member_count"] == 1
    assert_error(member.post(f"/servers/{nest['server_id']}/invites"), 403, 50001, "missing_access")
    assert outsider.join(code)["member_count"] == 2
    assert member.join(code)["member_count"] == 3


def test_an_invite_without_a_limit_is_never_used_up(nest, server, owner):
    """3.2: "max_uses (0 = unlimited)"."""
    code = owner.invite(nest["server_id"])
    assert [register(server).join(code)["member_count"] for _ in range(3)] == [3, 4, 5]


def test_only_members_invite(nest, outsider):
    """3.2: "POST /servers/{server_id}/invites | 403, 404"."""
    assert_error(outsider.post(f"/servers/{nest['server_id']}/invites"), 403, 50001, "missing_access")
    assert_error(outsider.post("/servers/1/invites"), 404, 10004, "unknown_server")


# The home space


def test_the_home_space_is_joined_as_any_server_and_its_channels_are_their_makers(new_server, engine, gateway):
    """The decision at the top: "In the home space a channel made through Chat is a public membership channel whose creator owns it"; DESIGN.md 7."""
    server = new_server(engine)
    root = register(server, "root", setup_code=server.setup_code)
    ada, eve, outsider = (register(server, name) for name in ("ada", "eve", "outsider"))
    [home] = root.get("/servers").json()
    path = f"/servers/{home['server_id']}"
    lobby = root.create_channel(home["server_id"], "lobby")["channel_id"]
    assert ada.get("/servers").json() == []
    assert_error(ada.get(path), 403, 50001, "missing_access")
    assert_error(ada.post(f"{path}/channels", {"name": "perch"}), 403, 50001, "missing_access")

    # By an invite, or brought in: a member of the home space, and of none of its channels yet.
    code = root.invite(home["server_id"])
    assert outsider.get(f"/invites/{code}").json()["server"]["name"] == home["name"]
    joined = ada.join(code)
    is_server_detail(joined)
    assert (joined["server_id"], joined["member_count"], joined["channels"]) == (home["server_id"], 2, [])
    assert root.add(home["server_id"], eve)["role"] == "member"
    assert names(ada) == names(eve) == [home["name"]] and eve.get(f"{path}/channels").json() == []
    assert_error(ada.get(f"/channels/{lobby}"), 403, 50001, "missing_access")

    # What a member makes is his own: he sees, changes and deletes it, and nobody else does, not even the owner of the home space.
    sockets = {account: gateway(account) for account in (root, ada, eve)}
    perch = ada.create_channel(home["server_id"], "perch")["channel_id"]
    message = ada.say(perch, "mine")
    assert ada.change(f"/channels/{perch}", topic="to sit on")["topic"] == "to sit on"
    assert [channel["name"] for channel in ada.get(f"{path}/channels").json()] == ["perch"]
    assert [channel["name"] for channel in root.get(f"{path}/channels").json()] == ["lobby"]
    with unchanged(lambda: (ada.get(f"/channels/{perch}").json(), ada.history(perch))):
        for account in (root, eve, outsider):
            for response in (
                account.get(f"/channels/{perch}"), account.patch(f"/channels/{perch}", {"name": "x"}), account.delete(f"/channels/{perch}"),
                account.get(f"/channels/{perch}/messages"), account.post(f"/channels/{perch}/messages", {"content": "x"}),
                account.delete(f"/channels/{perch}/messages/{message['message_id']}"), account.post(f"/channels/{perch}/typing"),
            ):  # fmt: skip
                assert_error(response, 403, 50001, "missing_access")
    ada.remove(f"/channels/{perch}")
    assert_error(ada.get(f"/channels/{perch}"), 404, 10003, "unknown_channel")
    for operation in (CHANNEL_CREATE, MESSAGE_CREATE, CHANNEL_UPDATE, CHANNEL_DELETE):
        assert sockets[ada].expect(operation)["d"]["channel_id"] == perch
    for account in (root, eve):
        sockets[account].expect_nothing()
