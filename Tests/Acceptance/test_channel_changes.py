"""One channel: reading, changing and deleting it, typing in it (contracts/chat.md 3.3)."""

import pytest

from support.api import assert_error, register, unchanged
from support.shapes import is_channel


@pytest.fixture
def path(room):
    return f"/channels/{room}"


@pytest.fixture
def channels(nest):
    return f"/servers/{nest['server_id']}/channels"


@pytest.fixture
def look(owner, channels):
    """What may not change when something is refused."""
    return lambda: owner.get(channels).json()


@pytest.fixture
def direct(owner, member):
    """The path of the direct channel of `owner` and `member`."""
    return f"/channels/{owner.direct_channel(member)['channel_id']}"


def names(account, channels):
    return [channel["name"] for channel in account.get(channels).json()]


# Reading


def test_every_member_reads_a_channel(path, nest, look, owner, member):
    """3.3: "GET /channels/{id} | 200 Channel"."""
    owner.create_channel(nest["server_id"])
    for account in (owner, member):
        response = account.get(path)
        assert response.status_code == 200
        is_channel(response.json())
        assert response.json() == look()[0]


def test_a_channel_shows_itself_to_members_only(path, outsider):
    """3.3: "403, 404"; 1.1: 50001 missing_access, 10003 unknown_channel."""
    assert_error(outsider.get(path), 403, 50001, "missing_access")
    for identifier in ("1", "nope", str(2**60)):
        assert_error(outsider.get(f"/channels/{identifier}"), 404, 10003, "unknown_channel")


# Changing


def test_the_owner_changes_a_channel_and_everybody_sees_it(path, nest, room, look, owner, member):
    """3.3: "PATCH /channels/{id} | name?, topic?, position? | 200 Channel"; the name is trimmed as at its making."""
    message = member.say(room, "hello")
    before = look()[0]
    response = owner.patch(path, {"name": "  birds ", "topic": "all about them", "position": 3})
    assert response.status_code == 200
    channel = response.json()
    is_channel(channel)
    assert channel == before | {"name": "birds", "topic": "all about them", "position": 3}
    assert channel["last_message_id"] == message["message_id"]
    assert member.get(path).json() == channel and look() == [channel]


def test_an_admin_changes_and_deletes_channels(path, look, admin):
    """2: "admin: manage channels"."""
    assert admin.change(path, name="by the admin")["name"] == "by the admin"
    admin.remove(path)
    assert look() == []


@pytest.mark.parametrize("change", [{"name": "New"}, {"topic": "new"}, {"topic": None}, {"position": 9}])
def test_what_is_not_named_stays_and_null_clears_the_topic(path, look, owner, change):
    """3.3: "name?, topic?, position?"; 2: "topic|null"."""
    before = owner.change(path, name="Old", topic="old", position=4)
    assert owner.change(path, **change) == before | change
    assert look() == [before | change]


def test_what_changes_nothing_is_answered_all_the_same(path, look, owner):
    """3.3: "200 Channel"."""
    with unchanged(look):
        [channel] = look()
        for change in ({}, {"name": channel["name"]}, {"position": channel["position"]}, {"topic": None}):
            assert owner.change(path, **change) == channel


@pytest.mark.parametrize(
    "change",
    [
        {"name": "x"}, {"name": "n" * 100}, {"name": "💬" * 100}, {"topic": "t" * 1024}, {"topic": "💬" * 1024},
        {"position": 0}, {"position": 1_000_000},
    ],
)  # fmt: skip
def test_changes_at_the_limits_are_accepted(path, nest, look, owner, change):
    """2: "channel name 1..100; topic 0..1024"; "position (int, from 0)"."""
    owner.change(path, position=1)
    assert owner.change(path, **change).items() >= change.items()
    assert look()[0].items() >= change.items()


def test_a_topic_may_be_empty(path, owner):
    """2: "topic 0..1024"."""
    owner.change(path, topic="full")
    assert not owner.change(path, topic="")["topic"]
    assert not owner.get(path).json()["topic"]


@pytest.mark.parametrize(
    "change, field",
    [
        ({"name": None}, "name"), ({"name": ""}, "name"), ({"name": " \t"}, "name"), ({"name": "n" * 101}, "name"), ({"name": 5}, "name"),
        ({"topic": "t" * 1025}, "topic"), ({"topic": 5}, "topic"), ({"position": -1}, "position"), ({"position": "first"}, "position"),
        ({"position": 1.5}, "position"), ({"position": 1_000_001}, "position"),
    ],
)  # fmt: skip
def test_a_bad_change_is_refused_as_a_whole(path, look, owner, change, field):
    """2: limits; 1.1: 400, 50035, invalid_form."""
    with unchanged(look):
        assert_error(owner.patch(path, {"name": "good", "topic": "good", "position": 5} | change), 400, 50035, "invalid_form", fields=[field])


def test_only_the_owner_and_admins_change_and_delete_channels(path, room, look, owner, member, outsider):
    """3.3: "400, 403, 404"; 2: "member: read, write, own messages"; 1.1: 50013 and 50001."""
    owner.say(room, "still here")
    with unchanged(lambda: (look(), owner.history(room))):
        for change in ({"name": "mine"}, {"topic": None}, {"position": 7}, {}):
            assert_error(member.patch(path, change), 403, 50013, "missing_permissions")
            assert_error(outsider.patch(path, change), 403, 50001, "missing_access")
        assert_error(member.delete(path), 403, 50013, "missing_permissions")
        assert_error(outsider.delete(path), 403, 50001, "missing_access")


def test_an_unknown_channel_can_be_neither_changed_nor_deleted(account):
    """1.1: 404, 10003, unknown_channel."""
    for identifier in ("1", "nope", str(2**60)):
        assert_error(account.patch(f"/channels/{identifier}", {"name": "x"}), 404, 10003, "unknown_channel")
        assert_error(account.delete(f"/channels/{identifier}"), 404, 10003, "unknown_channel")
        assert_error(account.post(f"/channels/{identifier}/typing"), 404, 10003, "unknown_channel")


def test_moving_a_channel_moves_no_other(nest, channels, look, owner):
    """3.3: "by position, then id"; several channels may have the same position."""
    made = {name: owner.create_channel(nest["server_id"], name)["channel_id"] for name in ("a", "b", "c")}
    owner.change(f"/channels/{made['c']}", position=1)
    assert [(channel["name"], channel["position"]) for channel in look()] == [("general", 0), ("a", 1), ("c", 1), ("b", 2)]
    owner.change(f"/channels/{made['a']}", position=40)
    assert [(channel["name"], channel["position"]) for channel in look()] == [("general", 0), ("c", 1), ("b", 2), ("a", 40)]
    assert owner.create_channel(nest["server_id"], "last")["position"] >= 40
    assert names(owner, channels)[-1] == "last"
    detail = owner.get(f"/servers/{nest['server_id']}").json()["channels"]
    assert [channel["name"] for channel in detail] == ["general", "c", "b", "a", "last"]


# Deleting


def test_a_deleted_channel_is_gone_with_its_messages_and_no_other_is(path, nest, room, channels, owner, member, outsider):
    """3.3: "DELETE /channels/{id} | 204"."""
    other = owner.create_channel(nest["server_id"], "other")["channel_id"]
    message, kept = member.say(room, "soon gone"), member.say(other, "kept")
    owner.remove(path)
    assert names(member, channels) == ["other"] and member.history(other) == [kept]
    for account in (owner, member, outsider):
        one = f"{path}/messages/{message['message_id']}"
        for response in (
            account.get(path), account.patch(path, {"name": "x"}), account.delete(path), account.post(f"{path}/typing"),
            account.get(f"{path}/messages"), account.post(f"{path}/messages", {"content": "hello?"}),
            account.get(one), account.patch(one, {"content": "changed"}), account.delete(one),
        ):  # fmt: skip
            assert_error(response, 404, 10003, "unknown_channel")
    assert_error(owner.get(f"/channels/{other}/messages/{message['message_id']}"), 404, 10008, "unknown_message")


def test_the_last_channel_of_a_server_may_be_deleted(path, nest, look, owner, member):
    """3.3: a server may be without a channel, and gets another one as any server does."""
    owner.remove(path)
    assert member.get(f"/servers/{nest['server_id']}").json()["channels"] == look() == []
    assert owner.create_channel(nest["server_id"], "anew")["position"] == 0


def test_a_direct_channel_is_neither_changed_nor_deleted(direct, owner, member, outsider):
    """3.3: "DM: 403 code 50003"; 1.1: who is not in it has no access at all."""
    with unchanged(lambda: (owner.get(direct).json(), member.get(direct).json())):
        for account in (owner, member):
            for response in (account.patch(direct, {"name": "ours"}), account.patch(direct, {}), account.delete(direct)):
                assert_error(response, 403, 50003, "cannot_execute_on_dm")
        for response in (outsider.patch(direct, {"name": "mine"}), outsider.delete(direct)):
            assert_error(response, 403, 50001, "missing_access")


def test_a_channel_of_the_home_space_is_its_makers(new_server, engine):
    """DESIGN.md 7: "what it creates there is a public membership channel whose creator owns it"."""
    server = new_server(engine)
    root, ada = register(server, "root", setup_code=server.setup_code), register(server, "ada")
    [home] = root.get("/servers").json()
    path = f"/channels/{root.create_channel(home['server_id'], 'lobby')['channel_id']}"
    with unchanged(lambda: root.get(path).json()):
        assert_error(ada.patch(path, {"name": "mine"}), 403, 50001, "missing_access")
        assert_error(ada.delete(path), 403, 50001, "missing_access")
    assert root.change(path, name="hall")["name"] == root.get(path).json()["name"] == "hall"
    root.remove(path)
    assert_error(root.get(path), 404, 10003, "unknown_channel")


# Typing


@pytest.mark.parametrize("body", [{}, {"json": {"typing": [True]}}, {"content": b"{nope"}])
def test_typing_is_answered_with_nothing_however_often(path, room, owner, member, look, body):
    """3.3: "POST /channels/{id}/typing | - | 204"; 5.6: "at most one event per user and channel per 5 s"."""
    with unchanged(lambda: (look(), owner.history(room))):
        for account in (owner, member, member):
            response = account.post(f"{path}/typing", **body)
            assert response.status_code == 204 and response.content == b""


def test_two_people_may_type_to_each_other_and_nobody_else(direct, owner, member, outsider):
    """3.6: "only the two participants have access"."""
    assert owner.post(f"{direct}/typing").status_code == member.post(f"{direct}/typing").status_code == 204
    assert_error(outsider.post(f"{direct}/typing"), 403, 50001, "missing_access")


def test_outsiders_do_not_type(path, outsider):
    """5.6: "No access -> ... 403 on REST"; 1.1: 50001."""
    assert_error(outsider.post(f"{path}/typing"), 403, 50001, "missing_access")
