"""The list of a server's members, of a server that has many (contracts/chat.md 3.2 and 2)."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from support.api import assert_error, register
from support.shapes import is_member, is_server_detail

COUNT = 1002
#: The first test waits until all of them are there, each of whom the client makes a connection for.
pytestmark = pytest.mark.timeout(300)


class Crowd:
    """A server with COUNT members."""

    def __init__(self, server):
        self.owner = register(server, "owner")
        self.server_id = self.owner.create_server()["server_id"]
        self.path = f"/servers/{self.server_id}/members"
        with ThreadPoolExecutor(8) as pool:
            people = list(pool.map(lambda _: self.added(server), range(COUNT - 1)))
        self.last = people[-1]
        self.ids = sorted([self.owner.user_id, *(person.user_id for person in people)], key=int)

    def added(self, server):
        person = register(server, "crowd")
        response = self.owner.post(self.path, {"user_id": person.user_id})
        assert response.status_code == 201, response.text
        return person

    def get(self, **query):
        return self.owner.get(self.path, params=query)

    def listed(self, **query):
        response = self.get(**query)
        assert response.status_code == 200, response.text
        return [member["user_id"] for member in response.json()]


@pytest.fixture(scope="module")
def crowd(server):
    return Crowd(server)


def test_the_list_is_by_user_id_and_100_long(crowd):
    """3.2: "GET /servers/{server_id}/members | limit 1..1000 (default 100) | 200 [Member] by user_id"."""
    assert crowd.listed() == crowd.ids[:100]
    for member in crowd.get(limit=5).json():
        is_member(member)
        assert member["server_id"] == crowd.server_id


def test_every_member_sees_the_list(crowd):
    """2: "member: read"."""
    assert crowd.last.get(crowd.path).json() == crowd.get().json()


@pytest.mark.parametrize("limit, count", [(1, 1), (2, 2), (999, 999), (1000, 1000), (1001, 1000), (10**30, 1000)])
def test_limit_is_1_to_1000_and_more_is_treated_as_1000(crowd, limit, count):
    """3.2: "limit 1..1000"."""
    assert crowd.listed(limit=limit) == crowd.ids[:count]


@pytest.mark.parametrize("limit", ["0", "-1", "abc", "1.5", "", "1e1", "٣", "+5"])
def test_another_limit_is_refused(crowd, limit):
    """3.2: "limit 1..1000"; 1.1: 400, 50035, invalid_form."""
    assert_error(crowd.get(limit=limit), 400, 50035, "invalid_form", fields=["limit"])


def test_after_is_exclusive_and_need_not_be_a_member(crowd):
    """3.2: "after=user_id"."""
    assert crowd.listed(after=crowd.ids[4], limit=3) == crowd.ids[5:8]
    assert crowd.listed(after=crowd.ids[-3]) == crowd.ids[-2:]
    assert crowd.listed(after=crowd.ids[-1]) == []
    assert crowd.listed(after="1", limit=2) == crowd.ids[:2]
    assert crowd.listed(after=str(int(crowd.ids[4]) + 1), limit=1) == crowd.ids[5:6]


@pytest.mark.parametrize("after", ["nobody", "", "-1", "1.5", "@me"])
def test_an_after_that_is_no_id_is_refused(crowd, after):
    """3.2: "after=user_id"; 1.1: 400, 50035, invalid_form."""
    assert_error(crowd.get(after=after), 400, 50035, "invalid_form", fields=["after"])


def test_pages_follow_each_other_to_the_end(crowd):
    """3.2: "limit ..., after=user_id": everybody is there once."""
    seen, page = [], crowd.listed(limit=300)
    while page:
        seen += page
        page = crowd.listed(limit=300, after=page[-1])
    assert seen == crowd.ids


def test_a_server_with_many_members_lists_the_first_1000(crowd):
    """2: "Detail form adds `channels` and `members` [Member] (first 1000)"; member_count counts all."""
    server = crowd.owner.get(f"/servers/{crowd.server_id}").json()
    is_server_detail(server)
    assert server["member_count"] == COUNT
    assert len({member["user_id"] for member in server["members"]}) == len(server["members"]) == 1000


def test_outsiders_do_not_see_the_list(crowd, outsider):
    """3.2: "403, 404"."""
    assert_error(outsider.get(crowd.path), 403, 50001, "missing_access")
    assert_error(outsider.get("/servers/1/members"), 404, 10004, "unknown_server")
