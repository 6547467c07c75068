"""The history of a channel (contracts/chat.md 3.4)."""

import re
import time
from datetime import datetime, timedelta, timezone
from urllib.parse import parse_qs, urlsplit

import pytest

from support.api import assert_error, register
from support.shapes import is_message

COUNT = 120


class Past:
    """A channel with COUNT messages, oldest first, whose content is their number."""

    def __init__(self, server):
        self.reader = register(server, "reader")
        self.channel = self.reader.create_server()["channels"][0]["channel_id"]
        self.ids = [self.reader.say(self.channel, str(number))["message_id"] for number in range(COUNT)]
        self.path = f"/channels/{self.channel}/messages"

    def get(self, **query):
        return self.reader.get(self.path, params=query)

    def numbers(self, **query):
        response = self.get(**query)
        assert response.status_code == 200, response.text
        return [int(message["content"]) for message in response.json()]


@pytest.fixture(scope="module")
def past(server):
    return Past(server)


def down(first, count):
    """`count` numbers, falling from `first`."""
    return list(range(first, first - count, -1))


def next_link(response):
    """The path of the next page, or None."""
    if "link" not in response.headers:
        return None
    found = re.fullmatch(r'<([^>]+)>; rel="next"', response.headers["link"])
    assert found, response.headers["link"]
    return found[1].split("/api/rest", 1)[1]


def test_the_history_is_newest_first_and_50_long(past):
    """3.4: "200 array, **newest first**. limit 1..100, default **50**"."""
    assert past.numbers() == down(COUNT - 1, 50)
    for message in past.get(limit=3).json():
        is_message(message)


@pytest.mark.parametrize("limit, count", [(1, 1), (2, 2), (100, 100), (101, 100), (1000, 100), (2**31, 100), (10**30, 100)])
def test_limit_is_1_to_100_and_more_is_treated_as_100(past, limit, count):
    """3.4: "limit 1..100 ... >100 is treated as 100"."""
    assert past.numbers(limit=limit) == down(COUNT - 1, count)


@pytest.mark.parametrize("limit", ["0", "-1", "abc", "1.5", "", "1e1", "0x10", "٣", "+5", "00"])
def test_another_limit_is_refused(past, limit):
    """3.4: "<1 or non-integer -> 400"."""
    assert_error(past.get(limit=limit), 400, 50035, "invalid_form", fields=["limit"])


def test_before_is_exclusive(past):
    """3.4: "`before` = message id, **exclusive**"."""
    assert past.numbers(before=past.ids[60], limit=10) == down(59, 10)
    assert past.numbers(before=past.ids[3]) == [2, 1, 0]
    assert past.numbers(before=past.ids[0]) == []


def test_before_may_name_a_message_that_does_not_exist(past):
    """3.4: "the id need not exist any more: compare by id order"."""
    assert past.numbers(before=str(int(past.ids[-1]) + 1000), limit=2) == down(COUNT - 1, 2)
    assert past.numbers(before="1") == []


def test_before_may_be_a_time(server):
    """3.4: "an RFC 3339 time is accepted as before too"."""
    reader = register(server)
    channel = reader.create_server()["channels"][0]["channel_id"]
    reader.say(channel, "early")
    time.sleep(1.0 - time.time() % 1.0 + 0.02)
    between = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    reader.say(channel, "late")

    def contents(before):
        return [message["content"] for message in reader.history(channel, before=before)]

    assert contents(between) == ["early"]
    assert contents(between.replace("Z", "+00:00")) == ["early"]
    elsewhere = datetime.fromisoformat(between).astimezone(timezone(timedelta(hours=5, minutes=30)))
    assert contents(elsewhere.isoformat()) == contents(between.replace("Z", ".000Z")) == ["early"]
    assert contents("2020-01-01T00:00:00Z") == []
    assert contents("2059-01-01T00:00:00Z") == ["late", "early"]


@pytest.mark.parametrize("name, value", [("before", "yesterday"), ("before", ""), ("before", "2025-13-01T00:00:00Z"), ("after", "x"), ("around", "1.5")])
def test_an_anchor_that_cannot_be_read_is_refused(past, name, value):
    """3.4: "unparsable -> 400"."""
    assert_error(past.get(**{name: value}), 400, 50035, "invalid_form", fields=[name])


def test_after_is_exclusive_and_newest_first(past):
    """3.4: "`after` (exclusive, still returned newest first)": the messages that follow next."""
    assert past.numbers(after=past.ids[60], limit=10) == down(70, 10)
    assert past.numbers(after=past.ids[-3]) == down(COUNT - 1, 2)
    assert past.numbers(after=past.ids[-1]) == []
    assert past.numbers(after="1", limit=3) == [2, 1, 0]


def test_around_has_the_message_in_the_middle(past):
    """3.4: "`around`"."""
    assert past.numbers(around=past.ids[60], limit=5) == down(62, 5)
    assert past.numbers(around=past.ids[60], limit=1) == [60]
    nearest = past.numbers(around=past.ids[60])
    assert 60 in nearest and 49 <= len(nearest) <= 50 and nearest == down(nearest[0], len(nearest))
    assert 0 in past.numbers(around=past.ids[0], limit=4) and COUNT - 1 in past.numbers(around=past.ids[-1], limit=4)


@pytest.mark.parametrize("names", [("before", "after"), ("before", "around"), ("after", "around"), ("before", "after", "around")])
def test_at_most_one_anchor_is_taken(past, names):
    """3.4: "at most one of the three, else 400"."""
    assert_error(past.get(**{name: past.ids[50] for name in names}), 400, 50035, "invalid_form")


def test_pages_follow_each_other_without_gap_or_overlap(past):
    """3.4: "Headers: `X-Has-More: true|false`, `Link: <...&before=oldest>; rel="next"` when more"; "End of history = fewer than limit items or []"."""
    response, seen = past.get(limit=50), []
    while True:
        page = response.json()
        seen += [message["message_id"] for message in page]
        link = next_link(response)
        assert response.headers["x-has-more"] == ("true" if link else "false")
        if not link:
            break
        assert f"before={page[-1]['message_id']}" in link
        response = past.reader.get(link)
    assert seen == past.ids[::-1]


def test_the_next_page_is_as_long_as_this_one(past):
    """3.4: "Link: <...&before=oldest>; rel="next"": the address of this page with another `before`."""
    response = past.get(limit=7, before=past.ids[100])
    link = urlsplit(next_link(response))
    assert link.path == past.path
    assert parse_qs(link.query) == {"limit": ["7"], "before": [past.ids[93]]}
    assert link.query.endswith(f"&before={past.ids[93]}")
    assert [int(message["content"]) for message in past.reader.get(next_link(response)).json()] == down(92, 7)


def test_pages_may_be_followed_from_the_oldest_on(past):
    """3.4: "`after` (exclusive, still returned newest first)"; the Link leads on in the same direction, to the end."""
    response, seen = past.get(after="1", limit=50), []
    while True:
        page = [int(message["content"]) for message in response.json()]
        assert page == down(page[0], len(page))
        seen = page + seen
        link = next_link(response)
        assert response.headers["x-has-more"] == ("true" if link else "false")
        if not link:
            break
        response = past.reader.get(link)
    assert seen == down(COUNT - 1, COUNT)


def test_a_channel_without_messages_has_no_more(server):
    """3.4: "End of history = fewer than limit items or []"; "X-Has-More: true|false"."""
    reader = register(server)
    response = reader.get(f"/channels/{reader.create_server()['channels'][0]['channel_id']}/messages")
    assert response.json() == [] and response.headers["x-has-more"] == "false" and "link" not in response.headers


def test_a_last_page_that_is_full_says_that_there_is_no_more(past):
    """3.4: X-Has-More tells the end also when the page is full."""
    response = past.get(before=past.ids[10], limit=10)
    assert len(response.json()) == 10
    assert response.headers["x-has-more"] == "false" and "link" not in response.headers


def test_paging_is_stable_while_messages_arrive(server):
    """3.4: "Paging must be stable while new messages arrive"."""
    reader = register(server)
    channel = reader.create_server()["channels"][0]["channel_id"]
    ids = [reader.say(channel, str(number))["message_id"] for number in range(12)]
    seen, path = [], f"/channels/{channel}/messages?limit=5"
    while path:
        response = reader.get(path)
        seen += [message["message_id"] for message in response.json()]
        path = next_link(response)
        reader.say(channel, "meanwhile")
    assert seen == ids[::-1]


def test_a_history_shows_its_own_channel_only(server):
    """3.4: messages of one channel, also when ids of another one are used as anchors."""
    reader = register(server)
    nest = reader.create_server()
    here, there = nest["channels"][0]["channel_id"], reader.create_channel(nest["server_id"])["channel_id"]
    reader.say(here, "here 1")
    anchor = reader.say(there, "there")["message_id"]
    reader.say(here, "here 2")
    assert [m["content"] for m in reader.history(here)] == ["here 2", "here 1"]
    assert [m["content"] for m in reader.history(here, before=anchor)] == ["here 1"]
    assert [m["content"] for m in reader.history(here, after=anchor)] == ["here 2"]
    assert "there" not in [m["content"] for m in reader.history(here, around=anchor)]
