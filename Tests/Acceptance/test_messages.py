"""Messages of a channel: posting them (contracts/chat.md 3.4); reading them is in test_history.py."""

import threading

import pytest

from support.api import assert_error, register, unchanged
from support.faults import SteppedClock
from support.shapes import is_message


def path(channel_id):
    return f"/channels/{channel_id}/messages"


def test_a_message_is_answered_whole_and_stands_in_the_history(room, nest, owner, member):
    """3.4: "POST /channels/{channel_id}/messages | {content*, nonce?}; 201 Message"; 2: "author{user_id, username}, content, timestamp"."""
    response = member.post(path(room), {"content": "Hello!"})
    assert response.status_code == 201
    message = response.json()
    is_message(message)
    assert (message["content"], message["channel_id"], message["server_id"]) == ("Hello!", room, nest["server_id"])
    assert (message["author"]["user_id"], message["author"]["username"]) == (member.user_id, member.username)
    assert "nonce" not in message
    assert owner.history(room) == [message]


@pytest.mark.parametrize("content", ["  both ends  \n", "\u202eöäü 💬 👩‍👩‍👧", '"\\ </script>', "line\r\nline", "a\u2028b"])
def test_content_is_kept_as_it_was_sent(room, owner, content):
    """3.4: "Content is kept as sent except trailing/leading whitespace is trimmed for the emptiness test only"."""
    assert owner.say(room, content)["content"] == content
    assert owner.history(room)[0]["content"] == content


@pytest.mark.parametrize("content", ["", " ", "\n\t \r\n", "\u00a0\u2003\u3000"])
def test_an_empty_message_is_refused(room, owner, content):
    """1.1: 400, 50006, empty_message, "content empty after trimming"."""
    with unchanged(lambda: owner.history(room)):
        assert_error(owner.post(path(room), {"content": content}), 400, 50006, "empty_message")


@pytest.mark.parametrize("content", ["x" * 2000, "💬" * 2000, "e\u0301" * 1000, " " * 1999 + "x"], ids=["ascii", "astral", "combining", "blanks"])
def test_a_message_has_up_to_2000_unicode_scalars(room, owner, content):
    """2: "content 1..2000 Unicode scalars"."""
    assert owner.say(room, content)["content"] == content


@pytest.mark.parametrize("content", ["x" * 2001, "💬" * 2001, "e\u0301" * 1000 + "x"], ids=["ascii", "astral", "combining"])
def test_a_message_of_more_than_2000_unicode_scalars_is_refused(room, owner, content):
    """2: "content 1..2000 Unicode scalars"; 3.4: 400 50035."""
    with unchanged(lambda: owner.history(room)):
        body = assert_error(owner.post(path(room), {"content": content}), 400, 50035, "invalid_form", fields=["content"])
        assert "2000" in str(body["errors"])


@pytest.mark.parametrize("body", [{}, {"content": None}, {"content": 5}, {"content": ["x"]}, {"text": "x"}])
def test_a_message_without_content_is_refused(room, owner, body):
    """1.1: 400, 50035, invalid_form, "missing/invalid field"."""
    with unchanged(lambda: owner.history(room)):
        assert_error(owner.post(path(room), body), 400, 50035, "invalid_form", fields=["content"])


def test_a_nonce_comes_back_in_the_answer_and_is_not_kept(room, owner):
    """2: "nonce only in the 201 answer and the event, if the sender gave one"."""
    message = owner.say(room, "once", nonce="n" * 25)
    assert message["nonce"] == "n" * 25
    assert "nonce" not in owner.history(room)[0]


def test_the_same_nonce_gives_the_first_message_again(room, owner):
    """3.4: "Same author+channel+nonce within 5 minutes -> the first message again, 200, no event"."""
    first = owner.say(room, "first", nonce="n1")
    with unchanged(lambda: owner.history(room)):
        again = owner.post(path(room), {"content": "second", "nonce": "n1"})
        assert again.status_code == 200
        assert again.json() == {name: value for name, value in first.items() if name != "nonce"}


@pytest.mark.linux
def test_a_nonce_is_remembered_for_5_minutes(new_server, engine, tmp_path):
    """3.4: "Same author+channel+nonce within 5 minutes"."""
    clock = SteppedClock(tmp_path)
    server = new_server(engine, environment=clock.environment)
    owner = register(server)
    room = owner.create_server()["channels"][0]["channel_id"]
    first = owner.say(room, "first", nonce="n")
    clock.step(290)
    again = owner.post(path(room), {"content": "first", "nonce": "n"})
    assert (again.status_code, again.json()["message_id"]) == (200, first["message_id"])
    clock.step(310)
    later = owner.say(room, "first", nonce="n")
    assert later["nonce"] == "n"
    assert [message["message_id"] for message in owner.history(room)] == [later["message_id"], first["message_id"]]


def test_a_nonce_belongs_to_its_author_and_channel(nest, room, owner, member):
    """3.4: "Same author+channel+nonce"."""
    other = owner.create_channel(nest["server_id"])["channel_id"]
    messages = [owner.say(room, "a", nonce="n"), member.say(room, "b", nonce="n"), owner.say(other, "c", nonce="n"), owner.say(room, "d", nonce="m")]
    assert len({message["message_id"] for message in messages}) == 4


def test_the_same_nonce_at_the_same_time_makes_one_message(room, owner):
    """3.4: "Same author+channel+nonce within 5 minutes -> the first message again", also in a race."""
    answers = []

    def post():
        answers.append(owner.post(path(room), {"content": "race", "nonce": "race"}))

    threads = [threading.Thread(target=post) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
    assert len({answer.json()["message_id"] for answer in answers}) == 1
    assert len(owner.history(room)) == 1


@pytest.mark.parametrize("nonce", ["n" * 26, {"a": 1}, ["n"], True])
def test_a_bad_nonce_is_refused(room, owner, nonce):
    """2: "nonce up to 25 characters"; 1.1: 400, 50035, invalid_form."""
    with unchanged(lambda: owner.history(room)):
        assert_error(owner.post(path(room), {"content": "x", "nonce": nonce}), 400, 50035, "invalid_form", fields=["nonce"])


def test_an_outsider_neither_reads_nor_writes(room, owner, outsider):
    """3.4: "403 missing_access, 404 unknown_channel"."""
    owner.say(room, "secret")
    with unchanged(lambda: owner.history(room)):
        assert_error(outsider.get(path(room)), 403, 50001, "missing_access")
        assert_error(outsider.post(path(room), {"content": "let me in"}), 403, 50001, "missing_access")


def test_an_unknown_channel_has_no_messages(account):
    """3.4: "404 unknown_channel"; 1.1: 404, 10003."""
    assert_error(account.get(path("1")), 404, 10003, "unknown_channel")
    assert_error(account.post(path("1"), {"content": "x"}), 404, 10003, "unknown_channel")


def test_ids_rise_with_every_message(room, owner, member):
    """1: "order is defined by id, not by time"."""
    ids = [int(account.say(room, "tick")["message_id"]) for account in (owner, member) * 10]
    assert ids == sorted(set(ids))


def test_a_nul_character_is_kept_or_refused_but_no_failure(nest, room, owner):
    """1.1: whatever a client sends is its own affair (4xx) or accepted; 500 is not an answer to it. PostgreSQL has no NUL in text."""
    server = nest["server_id"]
    for route, body in (
        (path(room), {"content": "a\0b"}), (path(room), {"content": "x", "nonce": "a\0b"}), (f"/servers/{server}/channels", {"name": "a\0b"}),
        (f"/servers/{server}/channels", {"name": "x", "topic": "a\0b"}), ("/servers", {"name": "a\0b"}), ("/servers", {"name": "x", "description": "\0"}),
    ):  # fmt: skip
        response = owner.post(route, body)
        assert response.status_code in (201, 400), f"{route} {body}: {response.text}"
        if response.status_code == 400:
            assert_error(response, 400, 50035, "invalid_form")
        else:
            assert all(response.json()[name] == value for name, value in body.items())
