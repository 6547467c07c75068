"""Lists of Reileta (contracts/reileta.md 1.4), shown by that of people (2.3)."""

import pytest

from support.reileta import Reileta, good, join, new_id
from support.reileta_shapes import ids, is_list, is_user


@pytest.fixture(scope="module")
def flock(registry):
    """Twelve people, whose names and display names nobody else has, in the order of their making."""
    return [join(registry, "flk", display=f"Fl{'abcdefghijkl'[number]}ck Bird") for number in range(12)]


@pytest.fixture
def stranger(registry):
    return Reileta(registry)


def read(caller, **query):
    data = good(caller.get("/users", params=query))
    is_list(data, "users")
    for user in data["users"]:
        is_user(user)
    return data


def test_people_are_found(stranger, flock):
    """2.3: "auth anyone for the local list (public User objects), `query` matches username/display case-insensitively"."""
    one = flock[3]
    for text in (one.username, one.username.upper(), one.username[2:]):
        assert ids(read(stranger, query=text)["items"]) == [one.id]
    for text in ("fldck", "FLDCK B", "ldck bIRD"):
        assert one.id in ids(read(stranger, query=text, limit=100)["items"])
    data = read(stranger, query="ck Bird", limit=100)
    assert {person.id for person in flock} <= set(ids(data["items"])) and data["query"] == "ck Bird"
    assert ids(good(stranger.get("/users/search", params={"query": one.username}))["users"]) == [one.id], "route alias"


def test_a_query_is_text_and_no_pattern(stranger, flock):
    for text in ("%", "f%k", "flk%", "_lk", "*", "' OR 1=1 --", "\\"):
        assert not {person.id for person in flock} & set(ids(read(stranger, query=text)["items"])), text


@pytest.mark.parametrize("name", ["query", "q", "search"])
def test_the_query_has_three_names(stranger, flock, name):
    """1.4: "`query` (alias `q`, `search`)"."""
    assert ids(read(stranger, **{name: flock[0].username})["items"]) == [flock[0].id]


def test_people_are_listed_by_id_or_name(stranger, flock):
    """2.3: "`id` accepts id or username, repeated"."""
    data = read(stranger, id=[flock[0].id, flock[1].username, new_id("u"), "nobody_at_all", ""])
    assert set(ids(data["items"])) == {flock[0].id, flock[1].id} and data["total"] == 2


def test_pages_are_whole(stranger, flock):
    """1.4: "`limit` (alias `take`), `offset` (or `page`*limit)", `total` of all."""
    whole = read(stranger, query="ck Bird", limit=100)
    names = ids(whole["items"])
    assert whole["total"] == len(names) >= 12
    first = read(stranger, query="ck Bird")
    assert (first["limit"], first["offset"], first["total"]) == (10, 0, whole["total"]) and ids(first["items"]) == names[:10]
    for query in ({"limit": 5, "offset": 5}, {"take": 5, "offset": 5}, {"limit": 5, "page": 1}, {"take": 5, "page": 1}):
        page = read(stranger, query="ck Bird", **query)
        assert (page["limit"], page["offset"], page["total"]) == (5, 5, whole["total"]) and ids(page["items"]) == names[5:10], query
    beyond = read(stranger, query="ck Bird", offset=1000)
    assert beyond["items"] == [] and beyond["total"] == whole["total"]
    assert len(read(stranger, query="ck Bird", limit=1)["items"]) == 1
    assert read(stranger, limit=100)["limit"] == 100


@pytest.mark.parametrize("query", [
    {"limit": "x"}, {"limit": "-1"}, {"limit": "0"}, {"limit": ""}, {"take": "1e3"}, {"offset": "x"}, {"offset": "-5"}, {"offset": ""}, {"page": "x"}, {"page": "-1"},
    {"limit": "99999999999999999999"}, {"offset": "1.5"}, {"limit": "10 "},
])  # fmt: skip
def test_bad_numbers_are_the_defaults(stranger, flock, query):
    """1.4: "Bad numbers fall back to defaults rather than error"; "default 10 max 100 min 1"."""
    data = read(stranger, query="ck Bird", **query)
    assert data["offset"] == 0 and data["limit"] in (10, 1, 100) and len(data["items"]) >= 1
    if query not in ({"limit": "0"}, {"limit": "-1"}, {"limit": "99999999999999999999"}):
        assert data["limit"] == 10


def test_a_page_has_at_most_100(stranger):
    assert read(stranger, limit=101)["limit"] in (10, 100)


def test_huge_pages_do_no_harm(stranger):
    for query in ({"page": 2**62, "limit": 100}, {"offset": 2**63 - 1}):
        assert read(stranger, **query)["items"] == []


def test_nothing_of_a_list_is_private(registry, flock):
    """2.3: "public User objects": for administrators and for those listed too."""
    for caller in (flock[0], registry.warden):
        for user in read(caller, query="ck Bird", limit=100)["items"]:
            is_user(user)
