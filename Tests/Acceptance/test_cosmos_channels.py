"""Channels of a galaxy (contracts/cosmos.md 6.6, 7.4, 7.5)."""

import concurrent.futures

import pytest

from support.cosmos import (
    CATEGORY, DEFAULT_CHANNEL, MANAGE_CHANNELS, MEMBER_ALLOW, MEMBER_DENY, PRIVATE, READ_MESSAGE_HISTORY, ROLE_ALLOW, TEXT, VIEW_CHANNEL,
    VOICE, ids, invalid, is_channel, nothing, ok, problem,
)  # fmt: skip


@pytest.fixture
def owner(cosmos):
    return cosmos.operator()


@pytest.fixture
def member(cosmos):
    return cosmos.person()


@pytest.fixture
def galaxy(cosmos, owner, member):
    """The id of a galaxy of `owner` that `member` is in."""
    galaxy = cosmos.galaxy(owner)
    cosmos.join(galaxy, member)
    return galaxy


# Making


@pytest.mark.parametrize("kind", [TEXT, VOICE, CATEGORY])
def test_the_owner_makes_a_channel(cosmos, galaxy, owner, kind):
    """7.5: "Answer 201, Location `/galaxy/<gid>/channels/<cid>`, Channel model"; 6.2: the default `defaultPermissions`."""
    answer = owner.post(f"/galaxy/{galaxy}/channels", {"name": "perch", "type": kind})
    channel = is_channel(ok(answer, 201))
    assert answer.headers["location"] == f"/galaxy/{galaxy}/channels/{channel['id']}"
    expected = {"name": "perch", "type": kind, "topic": None, "parentChannelId": None, "lastMessageId": None}
    assert channel == expected | {"id": channel["id"], "defaultPermissions": DEFAULT_CHANNEL, "permissionOverrides": []}
    assert owner.channel(galaxy, channel["id"]) == channel and owner.channels(galaxy) == [channel]


def test_the_metadata_server_gives_the_id(cosmos, galaxy, owner):
    """7.5: "`id`: from S2S used as given (409/4302 if taken by different content, 200 if identical), generated if absent"."""
    given = {"id": cosmos.new_id("c"), "name": "room", "type": TEXT, "topic": "owls"}
    path = f"/galaxy/{galaxy}/channels"
    first = is_channel(ok(cosmos.signer.post(path, given), 201))
    assert first["id"] == given["id"]
    assert ok(cosmos.signer.post(path, given)) == first
    for change in ({"name": "other"}, {"type": VOICE}, {"topic": "cats"}):
        problem(cosmos.signer.post(path, given | change), 4302)
    generated = ok(cosmos.signer.post(path, {"name": "another", "type": TEXT}), 201)
    assert generated["id"].isdigit() and {given["id"], generated["id"]} == set(ids(owner.channels(galaxy)))


def test_an_id_of_a_channel_is_taken_in_all_galaxies_or_none(cosmos, galaxy, owner):
    """7.5: an id given twice never shows the channel of another galaxy."""
    elsewhere = cosmos.galaxy(owner)
    given = {"id": cosmos.new_id("c"), "name": "room", "type": TEXT}
    ok(cosmos.signer.post(f"/galaxy/{galaxy}/channels", given), 201)
    answer = cosmos.signer.post(f"/galaxy/{elsewhere}/channels", given)
    if answer.status_code == 409:
        problem(answer, 4302)
        problem(owner.get(f"/galaxy/{elsewhere}/channels/{given['id']}"), 4301)
    else:
        ok(answer, 201)
        owner.change(f"/galaxy/{elsewhere}/channels/{given['id']}", name="changed")
        assert owner.channel(galaxy, given["id"])["name"] == "room"


def test_a_user_gives_no_id(cosmos, galaxy, owner):
    """7.5: "from a user => 400/4404"."""
    problem(owner.post(f"/galaxy/{galaxy}/channels", {"id": "c1", "name": "room", "type": TEXT}), 4404)
    ok(owner.post(f"/galaxy/{galaxy}/channels", {"id": None, "name": "room", "type": TEXT}), 201)


def test_what_the_body_may_not_set_is_ignored(cosmos, galaxy, owner):
    """7.5: "`defaultPermissions`, `permissionOverrides`, `lastMessageId` in the body are ignored in v1"."""
    more = {"defaultPermissions": 0, "permissionOverrides": [{"type": 9, "id": "", "permissions": -1}], "lastMessageId": "7"}
    channel = owner.create_channel(galaxy, **more)
    assert (channel["defaultPermissions"], channel["permissionOverrides"], channel["lastMessageId"]) == (DEFAULT_CHANNEL, [], None)


@pytest.mark.parametrize("member_name,value", [
    ("name", None), ("name", ""), ("name", " "), ("name", "x" * 101), ("name", "a\u001fb"), ("name", 7),
    ("topic", "x" * 1025), ("topic", "a\u0000b"), ("topic", 7), ("type", None), ("type", "0"), ("type", True), ("type", 0.5), ("type", -1),
    ("parentChannelId", 7),
])  # fmt: skip
def test_a_wrong_member_is_named(cosmos, galaxy, owner, member_name, value):
    """2: types, lengths and control characters; 400/4400 with the JSON pointer."""
    body = {"name": "room", "type": TEXT} | {member_name: value}
    invalid(owner.post(f"/galaxy/{galaxy}/channels", body), f"/{member_name}")


@pytest.mark.parametrize("kind", [1, 3, 5, 13, 2**31 - 1])
def test_an_unknown_kind_is_refused(cosmos, galaxy, owner, kind):
    """6.6: "Channel types: 0 text, 2 voice, 4 category. Others 400/4402"."""
    problem(owner.post(f"/galaxy/{galaxy}/channels", {"name": "room", "type": kind}), 4402)


def test_a_topic_may_have_lines_and_an_empty_one_is_none(cosmos, galaxy, owner):
    """2: control characters "allowed except U+0000 in `topic`", "Empty `topic` ... is stored as null"."""
    assert owner.create_channel(galaxy, topic="a\nb\t\u007f")["topic"] == "a\nb\t\u007f"
    assert owner.create_channel(galaxy, topic="")["topic"] is None


def test_a_category_has_no_topic(cosmos, galaxy, owner):
    """7.5: "topic on a category => 400"."""
    invalid(owner.post(f"/galaxy/{galaxy}/channels", {"name": "shelf", "type": CATEGORY, "topic": "x"}), "/topic")


def test_names_may_be_used_twice(cosmos, galaxy, owner):
    """Nothing in 7.5 makes a name unique in a galaxy."""
    assert owner.create_channel(galaxy)["name"] == owner.create_channel(galaxy)["name"]


# Who may make


def test_anonymous_is_refused_before_anything_is_told(cosmos, galaxy):
    """7.5: "auth 401/4008 (anonymous always, even for an unknown galaxy)"."""
    for caller in (cosmos.anonymous, cosmos.holder("nonsense")):
        for place in (galaxy, "none"):
            answer = caller.post(f"/galaxy/{place}/channels", content=b"{", content_type="text/plain")
            assert answer.status_code == 401, answer.text
            assert "accept-signature" in answer.headers
    problem(cosmos.anonymous.post(f"/galaxy/{galaxy}/channels", {}), 4008)


def test_checks_come_in_their_order(cosmos, galaxy, owner, member):
    """7.5: auth, galaxy, membership, media type and fields, parent, permission, parent kind."""
    path, outsider = f"/galaxy/{galaxy}/channels", cosmos.person()
    hidden = owner.create_channel(galaxy, "hidden", CATEGORY)["id"]
    owner.change(f"{path}/{hidden}", defaultPermissions=PRIVATE)
    room = owner.create_channel(galaxy)["id"]
    problem(outsider.post("/galaxy/none/channels", content=b"{"), 4300)
    problem(outsider.post(path, content=b"{", content_type="text/plain"), 4202)
    problem(member.post(path, content=b"{", content_type="text/plain"), 4406)
    problem(member.post(path, content=b"{"), 4400)
    problem(member.post(path, {"name": "n", "type": TEXT, "parentChannelId": "none"}), 4401)
    problem(member.post(path, {"name": "n", "type": TEXT, "parentChannelId": hidden}), 4401)
    problem(member.post(path, {"name": "n", "type": TEXT, "parentChannelId": room}), 4202)
    problem(owner.post(path, {"name": "n", "type": TEXT, "parentChannelId": room}), 4401)


def test_a_member_needs_the_permission(cosmos, galaxy, member):
    """6.6: "without a parent, MANAGE_CHANNELS at galaxy level"; 2: 4202 with `missing`."""
    body = problem(member.post(f"/galaxy/{galaxy}/channels", {"name": "n", "type": TEXT}), 4202)
    assert body["missing"] & MANAGE_CHANNELS


def test_a_member_may_make_channels_in_a_category_that_says_so(cosmos, galaxy, owner, member):
    """6.6: "Creating in a category needs VIEW_CHANNEL and MANAGE_CHANNELS **in the category**"."""
    shelf = owner.create_channel(galaxy, "shelf", CATEGORY)["id"]
    body = {"name": "n", "type": TEXT, "parentChannelId": shelf}
    problem(member.post(f"/galaxy/{galaxy}/channels", body), 4202)
    owner.set_override(galaxy, shelf, MEMBER_ALLOW, member.subject, MANAGE_CHANNELS)
    assert ok(member.post(f"/galaxy/{galaxy}/channels", body), 201)["parentChannelId"] == shelf
    problem(member.post(f"/galaxy/{galaxy}/channels", {"name": "n", "type": TEXT}), 4202)
    owner.set_override(galaxy, shelf, MEMBER_DENY, member.subject, VIEW_CHANNEL)
    owner.set_override(galaxy, shelf, MEMBER_ALLOW, member.subject, MANAGE_CHANNELS)
    problem(member.post(f"/galaxy/{galaxy}/channels", body), 4401)


def test_the_500th_channel_is_the_last(cosmos, galaxy, owner):
    """7.5: "limit (500 channels) 403/4205"; what is identical is still answered."""
    path = f"/galaxy/{galaxy}/channels"
    bodies = [{"id": cosmos.new_id("c"), "name": "n", "type": TEXT} for _ in range(500)]
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda body: cosmos.signer.post(path, body).status_code, bodies))
    assert statuses == [201] * 500
    problem(cosmos.signer.post(path, {"name": "n", "type": TEXT}), 4205)
    problem(owner.post(path, {"name": "n", "type": TEXT}), 4205)
    ok(cosmos.signer.post(path, bodies[0]))
    owner.remove(f"{path}/{bodies[0]['id']}")
    owner.create_channel(galaxy)


# Categories


def test_a_parent_is_a_category_of_the_same_galaxy(cosmos, galaxy, owner):
    """6.6: "A parent must exist, be in the same galaxy and be type 4; a category has no parent (one level)"."""
    path = f"/galaxy/{galaxy}/channels"
    shelf, room = owner.create_channel(galaxy, "shelf", CATEGORY)["id"], owner.create_channel(galaxy)["id"]
    foreign = owner.create_channel(cosmos.galaxy(owner), "foreign", CATEGORY)["id"]
    for caller in (owner, cosmos.signer):
        for kind, parent in ((TEXT, "none"), (TEXT, foreign), (TEXT, room), (CATEGORY, shelf)):
            problem(caller.post(path, {"name": "n", "type": kind, "parentChannelId": parent}), 4401)
        child = ok(caller.post(path, {"name": "n", "type": VOICE, "parentChannelId": shelf}), 201)
        assert child["parentChannelId"] == shelf


def test_a_category_has_50_children(cosmos, galaxy, owner):
    """6.6: "at most 50 children"."""
    shelf = owner.create_channel(galaxy, "shelf", CATEGORY)["id"]
    children = [owner.create_channel(galaxy, parentChannelId=shelf)["id"] for _ in range(50)]
    problem(owner.post(f"/galaxy/{galaxy}/channels", {"name": "n", "type": TEXT, "parentChannelId": shelf}), 4401)
    loose = owner.create_channel(galaxy)["id"]
    problem(owner.patch(f"/galaxy/{galaxy}/channels/{loose}", {"parentChannelId": shelf}), 4401)
    owner.remove(f"/galaxy/{galaxy}/channels/{children[0]}")
    owner.change(f"/galaxy/{galaxy}/channels/{loose}", parentChannelId=shelf)


def test_children_of_a_deleted_category_stay(cosmos, galaxy, owner):
    """6.6: "Deleting a category sets the children's parentChannelId to null; permissions stay"."""
    shelf = owner.create_channel(galaxy, "shelf", CATEGORY)["id"]
    owner.change(f"/galaxy/{galaxy}/channels/{shelf}", defaultPermissions=PRIVATE)
    child = owner.create_channel(galaxy, parentChannelId=shelf)
    owner.remove(f"/galaxy/{galaxy}/channels/{shelf}")
    assert owner.channels(galaxy) == [child | {"parentChannelId": None}]
    assert child["defaultPermissions"] == PRIVATE


# Listing


def test_strangers_get_an_empty_list(cosmos, galaxy, owner):
    """7.4: "No credentials => 200 `[]`", "Authenticated non-member => 200 `[]`"; "Cache-Control: private, no-store"."""
    owner.create_channel(galaxy)
    for caller in (cosmos.anonymous, cosmos.person(), cosmos.operator()):
        answer = caller.get(f"/galaxy/{galaxy}/channels")
        assert ok(answer) == [] and "www-authenticate" not in answer.headers
        assert {"private", "no-store"} <= {word.strip() for word in answer.headers["cache-control"].split(",")}


def test_bad_credentials_get_an_empty_list_and_a_hint(cosmos, galaxy, owner):
    """7.4: "also 200 `[]`, with `WWW-Authenticate: Bearer error="invalid_token"` on that 200"."""
    owner.create_channel(galaxy)
    for token in ("nonsense", owner.new_token(exp=1), owner.new_token(aud="https://other.example"), "cst_" + "x" * 43):
        answer = cosmos.holder(token).get(f"/galaxy/{galaxy}/channels")
        assert ok(answer) == []
        assert answer.headers["www-authenticate"].startswith("Bearer") and 'error="invalid_token"' in answer.headers["www-authenticate"]
    basic = cosmos.anonymous.get(f"/galaxy/{galaxy}/channels", headers={"authorization": "Basic eDp5"})
    assert ok(basic) == []


@pytest.mark.parametrize("who", ["anonymous", "person", "owner", "signer"])
def test_channels_of_an_unknown_galaxy_are_not_found(cosmos, owner, who):
    """7.4: "unknown galaxy 404"."""
    caller = {"anonymous": cosmos.anonymous, "person": cosmos.person(), "owner": owner, "signer": cosmos.signer}[who]
    for identifier in ("none", "a%20b"):
        problem(caller.get(f"/galaxy/{identifier}/channels"), 4300)


def test_a_bad_signature_is_no_anonymous_caller(cosmos, galaxy):
    """3.2: "verify it, and on failure answer 401; never fall back to anonymous or to the Bearer token"."""
    problem(cosmos.signing(created=1).get(f"/galaxy/{galaxy}/channels"), 4102)


def test_channels_come_in_the_order_of_their_ids(cosmos, galaxy, owner, member):
    """7.4: "sorted by id order of section 2": by length, then by bytes."""
    given = [cosmos.new_id("c"), "z" + cosmos.new_id(), "C" + cosmos.new_id(), cosmos.new_id("long-id-")]
    for identifier in given:
        ok(cosmos.signer.post(f"/galaxy/{galaxy}/channels", {"id": identifier, "name": "n", "type": TEXT}), 201)
    made = [owner.create_channel(galaxy)["id"] for _ in range(2)]
    expected = sorted(given + made, key=lambda identifier: (len(identifier), identifier.encode()))
    for caller in (owner, member, cosmos.signer):
        assert ids(caller.channels(galaxy)) == expected


def test_a_member_gets_what_it_may_see(cosmos, galaxy, owner, member):
    """7.4: "Member => array of Channel objects with VIEW_CHANNEL"; "S2S => all channels"."""
    room, hidden = owner.create_channel(galaxy), owner.create_channel(galaxy, "hidden")["id"]
    owner.change(f"/galaxy/{galaxy}/channels/{hidden}", defaultPermissions=PRIVATE)
    assert member.channels(galaxy) == [room]
    problem(member.get(f"/galaxy/{galaxy}/channels/{hidden}"), 4301)
    for caller in (owner, cosmos.signer):
        assert set(ids(caller.channels(galaxy))) == {room["id"], hidden}


def test_overrides_are_shown_to_those_whom_they_concern(cosmos, galaxy, owner, member):
    """7.4: "sent only to callers with MANAGE_ROLES in that channel, to the owner and to S2S; others get only entries about themselves"."""
    other = cosmos.person()
    cosmos.join(galaxy, other)
    room = owner.create_channel(galaxy)["id"]
    mine = {"type": MEMBER_DENY, "id": member.subject, "permissions": 2048}
    theirs = {"type": MEMBER_ALLOW, "id": other.subject, "permissions": 8192}
    for entry in (mine, theirs):
        owner.set_override(galaxy, room, entry["type"], entry["id"], entry["permissions"])
    seen = lambda caller: is_channel(caller.channels(galaxy)[0])["permissionOverrides"]  # noqa: E731
    assert seen(owner) == seen(cosmos.signer) == [theirs, mine]
    assert (seen(member), seen(other)) == ([mine], [theirs])
    assert member.channel(galaxy, room)["permissionOverrides"] == [mine]


def test_the_last_message_is_for_those_who_may_read_it(cosmos, galaxy, owner, member):
    """7.4: "lastMessageId null for callers without READ_MESSAGE_HISTORY"."""
    room = owner.create_channel(galaxy)["id"]
    hook = owner.create(f"/galaxy/{galaxy}/channels/{room}/webhooks", {"name": "ci"})
    said = ok(cosmos.anonymous.post(f"/webhooks/{hook['id']}/{hook['token']}?wait=true", {"content": "hello"}))
    assert member.channels(galaxy)[0]["lastMessageId"] == said["id"]
    owner.set_override(galaxy, room, MEMBER_DENY, member.subject, READ_MESSAGE_HISTORY)
    assert member.channels(galaxy)[0]["lastMessageId"] is None
    assert owner.channels(galaxy)[0]["lastMessageId"] == said["id"]


def test_a_category_of_which_only_a_child_is_visible_is_bare(cosmos, galaxy, owner, member):
    """6.6: "if only a child is visible, the category is sent with topic null and permissionOverrides []"."""
    shelf = owner.create_channel(galaxy, "shelf", CATEGORY)["id"]
    child = owner.create_channel(galaxy, parentChannelId=shelf)["id"]
    lonely = owner.create_channel(galaxy, "lonely", CATEGORY)["id"]
    owner.set_override(galaxy, shelf, MEMBER_DENY, member.subject, VIEW_CHANNEL)
    owner.set_override(galaxy, child, MEMBER_ALLOW, member.subject, VIEW_CHANNEL)
    owner.change(f"/galaxy/{galaxy}/channels/{lonely}", defaultPermissions=PRIVATE)
    owner.change(f"/galaxy/{galaxy}/channels/{child}", name="child")
    shown = {channel["id"]: channel for channel in member.channels(galaxy)}
    assert set(shown) == {shelf, child}, "a category without a visible child is not there"
    assert shown[shelf]["permissionOverrides"] == [] and shown[shelf]["topic"] is None
    owner.set_override(galaxy, child, MEMBER_DENY, member.subject, VIEW_CHANNEL)
    owner.remove_override(galaxy, child, MEMBER_ALLOW, member.subject)
    assert member.channels(galaxy) == []


def test_every_parent_in_a_list_is_in_the_list(cosmos, galaxy, owner, member):
    """6.6: "No listed channel ever names a parent that is not in the same list"."""
    for number in range(4):
        shelf = owner.create_channel(galaxy, "shelf", CATEGORY)["id"]
        child = owner.create_channel(galaxy, parentChannelId=shelf)["id"]
        for place, hides in ((shelf, number & 1), (child, number & 2)):
            owner.change(f"/galaxy/{galaxy}/channels/{place}", defaultPermissions=PRIVATE if hides else DEFAULT_CHANNEL)
    listed = member.channels(galaxy)
    assert {channel["parentChannelId"] for channel in listed} - {None} <= set(ids(listed))
    assert len(listed) == 2 + 2 + 0 + 1, "both, both (the shelf bare), the shelf alone, nothing"


# Changing and deleting


def test_a_change_is_made_whole_or_not_at_all(cosmos, galaxy, owner, member):
    """6.5, 4203: a request that is refused has changed nothing, whichever of its members was the reason."""
    room = owner.create_channel(galaxy, topic="old")
    path = f"/galaxy/{galaxy}/channels/{room['id']}"
    owner.set_override(galaxy, room["id"], MEMBER_ALLOW, member.subject, MANAGE_CHANNELS)
    before = owner.channel(galaxy, room["id"])
    problem(member.patch(path, {"name": "new", "topic": "new", "defaultPermissions": PRIVATE}), 4202)
    problem(owner.patch(path, {"name": "new", "defaultPermissions": 1 << 12}), 4403)
    problem(owner.patch(path, {"name": "new", "parentChannelId": "none"}), 4401)
    assert owner.channel(galaxy, room["id"]) == before


def test_a_channel_is_changed(cosmos, galaxy, owner, member):
    """7, extensions: PATCH; 2: "Optional member"."""
    channel = owner.create_channel(galaxy, topic="old")
    path = f"/galaxy/{galaxy}/channels/{channel['id']}"
    assert owner.change(path, name=" new ", topic="newer") == channel | {"name": "new", "topic": "newer"}
    assert owner.change(path, topic="") == channel | {"name": "new", "topic": None}
    assert member.channel(galaxy, channel["id"])["name"] == "new"
    problem(member.patch(path, {"name": "mine"}), 4202)
    problem(cosmos.anonymous.patch(path, {"name": "mine"}), 4008)
    invalid(owner.patch(path, {"name": ""}), "/name")


@pytest.mark.parametrize("kind", [TEXT, VOICE, CATEGORY])
def test_a_deleted_channel_is_gone(cosmos, galaxy, owner, member, kind):
    """7, extensions: DELETE; 2: 404/4301."""
    path = f"/galaxy/{galaxy}/channels/{owner.create_channel(galaxy, type=kind)['id']}"
    problem(member.delete(path), 4202)
    owner.remove(path)
    for caller in (owner, member, cosmos.signer):
        problem(caller.get(path), 4301)
        assert caller.channels(galaxy) == []


def test_a_channel_is_not_found_through_another_galaxy(cosmos, galaxy, owner):
    """STYLE.md: "a rule fetched by its id alone while the permission was checked on the id in the path"."""
    mine = cosmos.operator()
    other = cosmos.galaxy(mine)
    room = owner.create_channel(galaxy)["id"]
    for method, body in (("GET", None), ("PATCH", {"name": "stolen"}), ("DELETE", None)):
        problem(mine.request(method, f"/galaxy/{other}/channels/{room}", body), 4301)
    problem(mine.put(f"/galaxy/{other}/channels/{room}/permissions/{ROLE_ALLOW}/{other}", {"permissions": 1}), 4301)
    problem(mine.post(f"/galaxy/{other}/channels/{room}/webhooks", {"name": "x"}), 4301)
    assert owner.channel(galaxy, room)["name"] == "room"


# Members


def test_the_metadata_server_brings_members(cosmos, galaxy, owner):
    """7, extensions: "PUT/DELETE /galaxy/:id/members/:userId (S2S, since invites are central; user may DELETE self)"."""
    person, room = cosmos.person(), owner.create_channel(galaxy)
    path = f"/galaxy/{galaxy}/members/{person.subject}"
    for caller in (person, owner, cosmos.anonymous):
        assert caller.put(path).status_code in (401, 403)
    cosmos.join(galaxy, person)
    cosmos.join(galaxy, person)
    assert person.channels(galaxy) == [room]
    nothing(cosmos.signer.delete(path))
    assert person.channels(galaxy) == []
    cosmos.join(galaxy, person)
    nothing(person.delete(path))
    assert person.channels(galaxy) == []


def test_a_member_does_not_remove_others_and_the_owner_stays(cosmos, galaxy, owner, member):
    """7, extensions: "user may DELETE self"."""
    other = cosmos.person()
    cosmos.join(galaxy, other)
    problem(member.delete(f"/galaxy/{galaxy}/members/{other.subject}"), 4202)
    assert owner.delete(f"/galaxy/{galaxy}/members/{owner.subject}").status_code in (400, 403, 409)
    owner.create_channel(galaxy)


def test_members_see_each_other(cosmos, galaxy, owner, member):
    """7, extensions: GET /galaxy/:id/members; users are shown by their `sub`."""
    answer = ok(member.get(f"/galaxy/{galaxy}/members"))
    found = answer if isinstance(answer, list) else answer["members"]
    assert {entry["userId"] for entry in found} == {owner.subject, member.subject}
    refused = cosmos.person().get(f"/galaxy/{galaxy}/members")
    problem(refused, 4202)
    problem(cosmos.anonymous.get(f"/galaxy/{galaxy}/members"), 4008)


def test_a_token_may_be_limited_to_galaxies(cosmos, galaxy, owner, member):
    """3.4: "`gal` ... outside them the caller counts as a non-member"."""
    owner.create_channel(galaxy)
    inside, outside = (cosmos.holder(owner.new_token(gal=limit)) for limit in ([galaxy], ["other"]))
    assert len(inside.channels(galaxy)) == 1 and outside.channels(galaxy) == []
    problem(outside.post(f"/galaxy/{galaxy}/channels", {"name": "n", "type": TEXT}), 4202)
    nothing_is_there = cosmos.holder(owner.new_token(gal=[])).channels(galaxy)
    assert nothing_is_there == []
    nothing(cosmos.holder(member.new_token(gal=[galaxy])).delete(f"/galaxy/{galaxy}/members/{member.subject}"))
