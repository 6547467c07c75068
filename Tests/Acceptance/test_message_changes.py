"""One message: reading, editing and deleting it (contracts/chat.md 3.4)."""

import time

import pytest

from support.api import assert_error, register, unchanged
from support.shapes import is_message


def path(message, channel=None):
    return f"/channels/{channel or message['channel_id']}/messages/{message['message_id']}"


@pytest.fixture
def message(room, member):
    """A message of `member`, between two others."""
    member.say(room, "before")
    message = member.say(room, "hello")
    member.say(room, "after")
    return message


@pytest.fixture
def look(room, owner):
    """What may not change when something is refused."""
    return lambda: owner.history(room)


@pytest.fixture
def elsewhere(nest, owner):
    """The id of another channel of `nest`."""
    return owner.create_channel(nest["server_id"])["channel_id"]


# Reading


def test_every_member_reads_a_message(message, owner, member):
    """3.4: "GET /channels/{c}/messages/{m}: 200"."""
    for account in (owner, member):
        response = account.get(path(message))
        assert response.status_code == 200
        is_message(response.json())
        assert response.json() == message


def test_a_message_is_read_without_its_nonce(room, owner):
    """2: "nonce only in the 201 answer and the event"."""
    message = owner.say(room, "once", nonce="n")
    assert message.pop("nonce") == "n"
    assert owner.get(path(message)).json() == message


def test_outsiders_read_edit_and_delete_no_message(message, look, outsider):
    """1.1: 403, 50001, missing_access."""
    with unchanged(look):
        for response in (outsider.get(path(message)), outsider.patch(path(message), {"content": "mine"}), outsider.delete(path(message))):
            assert_error(response, 403, 50001, "missing_access")


def test_a_message_is_in_its_own_channel_only(message, elsewhere, look, owner, member):
    """3.4: "message of another channel -> 404"; 1.1: 10008, unknown_message."""
    with unchanged(look):
        for account in (owner, member):
            assert_error(account.get(path(message, elsewhere)), 404, 10008, "unknown_message")
            assert_error(account.patch(path(message, elsewhere), {"content": "new"}), 404, 10008, "unknown_message")
            assert_error(account.delete(path(message, elsewhere)), 404, 10008, "unknown_message")


@pytest.mark.parametrize("identifier", ["1", "nope", "@me", str(2**60)])
def test_an_unknown_message_is_404(room, owner, identifier):
    """1.1: 404, 10008, unknown_message; 404, 10003, unknown_channel where there is no channel either."""
    for channel, code, error in ((room, 10008, "unknown_message"), ("1", 10003, "unknown_channel")):
        one = f"/channels/{channel}/messages/{identifier}"
        for response in (owner.get(one), owner.patch(one, {"content": "new"}), owner.delete(one)):
            assert_error(response, 404, code, error)


# Editing


def test_the_author_edits_a_message_and_everybody_sees_it(message, nest, room, owner, member):
    """3.4: "PATCH /channels/{c}/messages/{m}: {content*}; author only; 200 Message with edited_timestamp"; nothing else changes."""
    history = owner.history(room)
    last = owner.get(f"/channels/{room}").json()
    response = member.patch(path(message), {"content": "Hello!"})
    assert response.status_code == 200
    edited = response.json()
    is_message(edited, edited=True)
    assert edited == message | {"content": "Hello!", "edited_timestamp": edited["edited_timestamp"]}
    assert message["timestamp"] <= edited["edited_timestamp"]
    assert owner.get(path(message)).json() == edited
    assert owner.history(room) == [history[0], edited, history[2]]
    assert owner.get(f"/channels/{room}").json() == last


def test_every_edit_is_dated_also_one_that_changes_nothing(message, member):
    """3.4: "200 Message with edited_timestamp"."""
    first = member.change(path(message), content="hello")
    is_message(first, edited=True)
    assert first["content"] == message["content"]
    time.sleep(1.1)
    second = member.change(path(message), content="hello")
    assert second["edited_timestamp"] > first["edited_timestamp"] and second["timestamp"] == message["timestamp"]
    assert member.get(path(message)).json() == second


@pytest.mark.parametrize("content", ["x", "x" * 2000, "💬" * 2000, " " * 1999 + "x", "  both ends  \n", "line\r\nline"])
def test_an_edit_keeps_what_was_sent_up_to_2000_unicode_scalars(message, owner, member, content):
    """2: "content 1..2000 Unicode scalars"; 3.4: "Content is kept as sent"."""
    assert member.change(path(message), content=content)["content"] == content
    assert owner.get(path(message)).json()["content"] == content


@pytest.mark.parametrize("content", ["", " ", "\n\t \r\n", "\u00a0\u2003\u3000"])
def test_an_edit_does_not_empty_a_message(message, look, member, content):
    """1.1: 400, 50006, empty_message, "content empty after trimming"."""
    with unchanged(look):
        assert_error(member.patch(path(message), {"content": content}), 400, 50006, "empty_message")


@pytest.mark.parametrize("body", [{}, {"content": None}, {"content": 5}, {"content": ["x"]}, {"content": "x" * 2001}, {"content": "💬" * 2001}])
def test_an_edit_needs_good_content(message, look, member, body):
    """3.4: "{content*}"; 1.1: 400, 50035, invalid_form."""
    with unchanged(look):
        assert_error(member.patch(path(message), body), 400, 50035, "invalid_form", fields=["content"])


def test_an_edit_changes_the_content_only(message, member):
    """3.4: "{content*}"; 1: "unknown members ignored"."""
    more = {"message_id": "1", "channel_id": "1", "author": {"user_id": "1"}, "timestamp": "2020-01-01T00:00:00Z", "nonce": "n", "type": "x"}
    edited = member.change(path(message), content="new", **more)
    assert edited == message | {"content": "new", "edited_timestamp": edited["edited_timestamp"]}


def test_nobody_edits_a_message_of_another(message, server, nest, look, owner, admin):
    """3.4: "author only"; 1.1: 403, 50005, not_author: neither members nor administrators nor the owner."""
    other = register(server)
    other.join(owner.invite(nest["server_id"]))
    with unchanged(look):
        for account in (other, admin, owner):
            assert_error(account.patch(path(message), {"content": "mine"}), 403, 50005, "not_author")


def test_who_has_left_edits_and_deletes_nothing_any_more(message, nest, look, member):
    """1.1: 403, 50001, missing_access, also for the author."""
    member.remove(f"/servers/{nest['server_id']}/members/@me")
    with unchanged(look):
        assert_error(member.patch(path(message), {"content": "new"}), 403, 50001, "missing_access")
        assert_error(member.delete(path(message)), 403, 50001, "missing_access")


# Deleting


def test_the_author_deletes_a_message_and_it_is_gone_for_everybody(message, room, owner, member):
    """3.4: "DELETE /channels/{c}/messages/{m}: author...; 204; again -> 404 10008"."""
    member.remove(path(message))
    for account in (owner, member):
        assert [left["content"] for left in account.history(room)] == ["after", "before"]
        for response in (account.get(path(message)), account.patch(path(message), {"content": "back"}), account.delete(path(message))):
            assert_error(response, 404, 10008, "unknown_message")


def test_the_owner_and_admins_delete_any_message(message, room, owner, admin):
    """3.4: "or owner/admin of the server"; 2: "admin: ... delete any message"."""
    by_owner, by_admin = owner.say(room, "by the owner"), admin.say(room, "by the admin")
    admin.remove(path(message))
    admin.remove(path(by_owner))
    owner.remove(path(by_admin))
    assert [left["content"] for left in owner.history(room)] == ["after", "before"]


def test_a_member_deletes_no_message_of_another(message, server, nest, room, look, owner, member):
    """2: "member: read, write, own messages"; 1.1: 403, 50013, missing_permissions."""
    other, by_owner = register(server), owner.say(room, "by the owner")
    other.join(owner.invite(nest["server_id"]))
    with unchanged(look):
        assert_error(other.delete(path(message)), 403, 50013, "missing_permissions")
        assert_error(member.delete(path(by_owner)), 403, 50013, "missing_permissions")


def test_a_history_pages_from_a_message_that_was_deleted(message, room, owner, member):
    """3.4: "the id need not exist any more: compare by id order"."""
    member.remove(path(message))
    assert [left["content"] for left in owner.history(room, before=message["message_id"])] == ["before"]
    assert [left["content"] for left in owner.history(room, after=message["message_id"])] == ["after"]
    assert [left["content"] for left in owner.history(room, around=message["message_id"])] == ["after", "before"]


def test_deleted_messages_leave_no_hole_in_a_page(room, owner):
    """3.4: "End of history = fewer than limit items or []": a page is full as long as there is more."""
    messages = [owner.say(room, str(number)) for number in range(8)]
    for deleted in messages[3:7]:
        owner.remove(path(deleted))
    response = owner.get(f"/channels/{room}/messages", params={"limit": 3})
    assert [left["content"] for left in response.json()] == ["7", "2", "1"]
    assert response.headers["x-has-more"] == "true"


# In a direct channel


def test_each_of_two_edits_and_deletes_his_own(owner, member, outsider):
    """3.4, in a direct channel: nobody there has a right over the other; 3.6: "only the two participants have access"."""
    room = owner.direct_channel(member)["channel_id"]
    mine, theirs = owner.say(room, "mine"), member.say(room, "theirs")
    is_message(member.get(path(mine)).json(), direct=True)
    with unchanged(lambda: (owner.history(room), member.history(room))):
        for account, other in ((owner, theirs), (member, mine)):
            assert_error(account.patch(path(other), {"content": "changed"}), 403, 50005, "not_author")
            assert_error(account.delete(path(other)), 403, 50013, "missing_permissions")
        for response in (outsider.get(path(mine)), outsider.patch(path(mine), {"content": "changed"}), outsider.delete(path(mine))):
            assert_error(response, 403, 50001, "missing_access")
    is_message(owner.change(path(mine), content="changed"), edited=True, direct=True)
    member.remove(path(theirs))
    assert [left["content"] for left in member.history(room)] == ["changed"]
