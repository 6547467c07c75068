"""Finding public channels (contracts/dawchat.md 2, row 14)."""

import pytest

from support.api import unique
from support.dawchat import channel_name, has_shape, newcomer, problem, succeeded


@pytest.fixture
def person(server):
    """Somebody new, signed in."""
    return newcomer(server)


@pytest.fixture
def other(server):
    """Somebody else, signed in."""
    return newcomer(server)


def found(person, keyword):
    return [has_shape(result, "FoundChannel")["channelName"] for result in succeeded(person.channel_search(keyword))["results"]]


def word():
    """A word that no channel has in its name yet."""
    return unique("w")[:9].replace("_", "Q")


def test_public_channels_are_found_joined_or_not(person, other):
    """2, row 14: "{results:[{channelId, channelName, channelType}]} public channels only, joined or not"."""
    keyword = word()
    mine, theirs = person.make_channel(keyword + " one"), other.make_channel(keyword + " two")
    for who in (person, other):
        who.make_channel(f"{keyword} {who.user_id % 1000}", "private")
        assert succeeded(who.channel_search(keyword))["results"] == [
            {"channelId": channel["channelId"], "channelName": channel["channelName"], "channelType": "public"} for channel in (mine, theirs)
        ]


def test_the_name_itself_comes_first_then_names_that_begin_so_then_the_rest(person):
    """14: "case-insensitive substring", "ordered exact, prefix, rest by name"."""
    keyword = word()
    names = [f"b {keyword}", f"{keyword} b", f"a {keyword} x", keyword, f"{keyword} a", f"c{keyword.upper()}"]
    for name in names:
        person.make_channel(name)
    expected = [keyword, f"{keyword} a", f"{keyword} b", f"a {keyword} x", f"b {keyword}", f"c{keyword.upper()}"]
    for typed in (keyword, keyword.upper(), keyword.lower()):
        assert found(person, typed) == expected
    assert found(person, keyword[1:])[-1] and set(found(person, keyword[1:])) == set(names)


@pytest.mark.parametrize("special", ["%", "_", "\\", "*", "?", "[a]", "'", '"', "%_", "é", "语", "&x=1", "#", "+"])
def test_no_character_of_a_keyword_is_special(person, special):
    """14: "LIKE wildcards escaped": it stands for itself."""
    keyword = word()
    person.make_channel(f"{keyword}{special}1")
    person.make_channel(f"{keyword}xy1")
    assert found(person, keyword + special) == [f"{keyword}{special}1"]
    assert found(person, f"{keyword}{special}%") == []


def test_letters_of_other_alphabets_are_found_in_any_case(person):
    """14: case-insensitive: Unicode lower case."""
    keyword = word()
    person.make_channel(f"ÀÉ Жук {keyword}")
    assert found(person, f"àé жук {keyword}") == found(person, f"ÀÉ ЖУК {keyword.upper()}") == [f"ÀÉ Жук {keyword}"]


def test_the_keyword_is_needed_and_may_be_empty(new_server, engine):
    """14: "400 missing keyword"; "empty keyword = all; max 100"."""
    server = new_server(engine)
    person, other = newcomer(server), newcomer(server)
    problem(person.get("/channel/search"), "InvalidRequestParameters")
    assert found(person, "") == []
    names = sorted(channel_name("room") for _ in range(102))
    for name in names:
        person.make_channel(name)
    other.make_channel("aaaa", "private")
    assert found(other, "") == found(other, "room") == names[:100]
    assert found(other, names[101]) == names[101:]


def test_a_keyword_that_is_too_long_finds_nothing(person):
    """14: keyword over 100 characters -> []."""
    assert found(person, "x" * 101) == found(person, "x" * 5000) == found(person, "x" * 100) == []


def test_what_is_found_is_called_as_it_is_now(person, other):
    """14: names change, and a channel that ends is found no more."""
    old, new = word(), word()
    channel = person.make_channel(old)["channelId"]
    person.rename(channel, new)
    assert found(other, old) == [] and found(other, new) == [new]
    person.leave(channel)
    assert found(other, new) == []
