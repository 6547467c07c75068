"""Who may do what, and who may change that (contracts/cosmos.md 6)."""

import pytest

from support.cosmos import (
    ADMINISTRATOR, CATEGORY, CHANNEL_MASK, DEFAULT_CHANNEL, KICK_MEMBERS, MANAGE_CHANNELS, MANAGE_ROLES, MANAGE_WEBHOOKS, MEMBER_ALLOW,
    MEMBER_DENY, PRIVATE, ROLE_ALLOW, ROLE_DENY, SEND_MESSAGES, VIEW_CHANNEL, ids, invalid, ok, override_path, problem,
)  # fmt: skip


@pytest.fixture
def owner(cosmos):
    return cosmos.operator()


@pytest.fixture
def member(cosmos):
    return cosmos.person()


@pytest.fixture
def galaxy(cosmos, owner, member):
    galaxy = cosmos.galaxy(owner)
    cosmos.join(galaxy, member)
    return galaxy


@pytest.fixture
def room(owner, galaxy):
    return owner.create_channel(galaxy)["id"]


def path_of(galaxy, channel):
    return f"/galaxy/{galaxy}/channels/{channel}"


# Overrides as they are stored


def test_overrides_are_set_changed_and_removed(cosmos, galaxy, room, owner, member):
    """6.3: "At most one entry per (type, id); an id may have both an allow and a deny entry"; "Output sorted by (type, id)"."""
    other = cosmos.person()
    cosmos.join(galaxy, other)
    owner.set_override(galaxy, room, MEMBER_DENY, member.subject, SEND_MESSAGES)
    owner.set_override(galaxy, room, MEMBER_ALLOW, member.subject, 8192)
    owner.set_override(galaxy, room, ROLE_DENY, galaxy, 1)
    owner.set_override(galaxy, room, MEMBER_ALLOW, other.subject, 64)
    owner.set_override(galaxy, room, MEMBER_ALLOW, member.subject, 16384)
    entries = [(entry["type"], entry["id"], entry["permissions"]) for entry in owner.channel(galaxy, room)["permissionOverrides"]]
    expected = [
        (MEMBER_ALLOW, member.subject, 16384), (MEMBER_ALLOW, other.subject, 64), (ROLE_DENY, galaxy, 1),
        (MEMBER_DENY, member.subject, SEND_MESSAGES),
    ]  # fmt: skip
    assert entries == sorted(expected, key=lambda entry: (entry[0], len(entry[1]), entry[1]))
    owner.remove_override(galaxy, room, MEMBER_ALLOW, member.subject)
    left = [(entry["type"], entry["id"]) for entry in owner.channel(galaxy, room)["permissionOverrides"]]
    assert left == [(MEMBER_ALLOW, other.subject), (ROLE_DENY, galaxy), (MEMBER_DENY, member.subject)]


def test_permissions_may_come_as_text(galaxy, room, owner, member):
    """2: "For permissions also accept a decimal string on input (Discord libraries send strings); output is always an integer"."""
    owner.set_override(galaxy, room, MEMBER_DENY, member.subject, "2048")
    assert owner.channel(galaxy, room)["permissionOverrides"][0]["permissions"] == 2048
    assert owner.change(path_of(galaxy, room), defaultPermissions=str(PRIVATE))["defaultPermissions"] == PRIVATE


@pytest.mark.parametrize("bits", [
    0, KICK_MEMBERS, ADMINISTRATOR, 1 << 12, 1 << 19, 1 << 5, 1 << 30, 1024 | KICK_MEMBERS, "0", str(KICK_MEMBERS),
])  # fmt: skip
def test_bits_that_are_not_of_channels_are_never_stored(galaxy, room, owner, member, bits):
    """6.3: "`permissions` = ... subset of CH, not 0", "foreign bit ... => 400/4403 (never stored, so nothing unknown can fail open)"."""
    problem(owner.override(galaxy, room, MEMBER_ALLOW, member.subject, bits), 4403)
    assert owner.channel(galaxy, room)["permissionOverrides"] == []


@pytest.mark.parametrize("bits", [-1, 2**31, 1.5, True, "x", "", "-1", "1.5", "0x400", " 1024", "4294968320", None, []])
def test_bits_that_are_no_number_are_refused(galaxy, room, owner, member, bits):
    """2: "integers 0..2147483647. Reject negative, fractional, exponent-form, boolean"."""
    answer = owner.override(galaxy, room, MEMBER_ALLOW, member.subject, bits)
    assert answer.status_code == 400 and answer.json()["code"] in (4400, 4403), answer.text
    assert owner.channel(galaxy, room)["permissionOverrides"] == []


@pytest.mark.parametrize("kind", ["4", "-1", "x", "2147483648", "00", "1.0"])
def test_an_unknown_kind_of_override_is_refused(galaxy, room, owner, member, kind):
    """6.3: "Unknown type ... => 400/4403"."""
    answer = owner.put(override_path(galaxy, room, kind, member.subject), {"permissions": 1024})
    problem(answer, 4403)
    assert owner.channel(galaxy, room)["permissionOverrides"] == []


def test_the_default_of_a_channel_has_channel_bits_only(galaxy, room, owner):
    """6.3: "`defaultPermissions` = what @everyone has in this channel, channel bits only"; 0 and all of them are good (P13)."""
    path = path_of(galaxy, room)
    for bits in (ADMINISTRATOR, DEFAULT_CHANNEL | KICK_MEMBERS, 1 << 12):
        problem(owner.patch(path, {"defaultPermissions": bits}), 4403)
    for bits in (0, CHANNEL_MASK, DEFAULT_CHANNEL):
        assert owner.change(path, defaultPermissions=bits)["defaultPermissions"] == bits
    invalid(owner.patch(path, {"defaultPermissions": -1}), "/defaultPermissions")


def test_the_101st_override_is_refused(cosmos, galaxy, room, owner):
    """6.3: "At most 100 entries"; what is there may still be changed."""
    people = [f"guest-{number}" for number in range(51)]
    cosmos.join(galaxy, *people)
    entries = [(kind, person) for person in people for kind in (MEMBER_ALLOW, MEMBER_DENY)]
    for kind, person in entries[:100]:
        owner.set_override(galaxy, room, kind, person, 1024)
    problem(owner.override(galaxy, room, *entries[100], 1024), 4403)
    owner.set_override(galaxy, room, *entries[0], 2048)
    owner.remove_override(galaxy, room, *entries[1])
    owner.set_override(galaxy, room, *entries[100], 1024)


# Effective permissions, as far as one can see them from outside


def sees(person, galaxy, room):
    return room in ids(person.channels(galaxy))


def test_an_operator_has_no_permission_in_a_galaxy(cosmos, galaxy, room):
    """6.4, 1: "Being a server operator gives nothing here"; P11."""
    stranger = cosmos.operator()
    assert stranger.channels(galaxy) == []
    problem(stranger.patch(path_of(galaxy, room), {"name": "mine"}), 4202)
    cosmos.join(galaxy, stranger)
    problem(stranger.patch(path_of(galaxy, room), {"name": "mine"}), 4202)


@pytest.mark.parametrize("overrides,default,expected", [
    ([], DEFAULT_CHANNEL, True),
    ([], PRIVATE, False),
    ([(MEMBER_ALLOW, "member", VIEW_CHANNEL)], PRIVATE, True),
    ([(ROLE_ALLOW, "galaxy", VIEW_CHANNEL)], PRIVATE, True),
    ([(ROLE_DENY, "galaxy", VIEW_CHANNEL)], DEFAULT_CHANNEL, False),
    ([(ROLE_DENY, "galaxy", VIEW_CHANNEL), (ROLE_ALLOW, "galaxy", VIEW_CHANNEL)], DEFAULT_CHANNEL, True),
    ([(ROLE_DENY, "galaxy", VIEW_CHANNEL), (MEMBER_ALLOW, "member", VIEW_CHANNEL)], DEFAULT_CHANNEL, True),
    ([(ROLE_ALLOW, "galaxy", VIEW_CHANNEL), (MEMBER_DENY, "member", VIEW_CHANNEL)], DEFAULT_CHANNEL, False),
    ([(MEMBER_ALLOW, "member", VIEW_CHANNEL), (MEMBER_DENY, "member", VIEW_CHANNEL)], DEFAULT_CHANNEL, True),
    ([(MEMBER_DENY, "owner", VIEW_CHANNEL)], DEFAULT_CHANNEL, True),
    ([(MEMBER_ALLOW, "owner", VIEW_CHANNEL)], PRIVATE, False),
    ([(MEMBER_ALLOW, "member", SEND_MESSAGES)], 0, False),
], ids=["P1", "P2", "member", "everyone", "P14", "allow-in-tier", "P7", "later-tier", "P8", "another", "another-allowed", "P13"])  # fmt: skip
def test_later_tiers_win_and_allow_wins_inside_one(galaxy, room, owner, member, overrides, default, expected):
    """6.4, steps 4, 5, 7 and 9: the default, everyone, the member; without bit 10 nothing. The owner sees it in any case (P10)."""
    owner.change(path_of(galaxy, room), defaultPermissions=default)
    names = {"member": member.subject, "galaxy": galaxy, "owner": owner.subject}
    for kind, target, bits in overrides:
        owner.set_override(galaxy, room, kind, names[target], bits)
    assert sees(member, galaxy, room) == expected
    assert sees(owner, galaxy, room)


def test_whoever_may_not_see_a_channel_may_do_nothing_there(cosmos, galaxy, room, owner, member):
    """6.4, 9: "without bit 10 => 0", whatever else is allowed."""
    owner.set_override(galaxy, room, MEMBER_ALLOW, member.subject, MANAGE_CHANNELS | MANAGE_ROLES | MANAGE_WEBHOOKS)
    member.change(path_of(galaxy, room), name="mine")
    owner.set_override(galaxy, room, MEMBER_DENY, member.subject, VIEW_CHANNEL)
    for method, path, body in [
        ("GET", path_of(galaxy, room), None), ("PATCH", path_of(galaxy, room), {"name": "again"}), ("DELETE", path_of(galaxy, room), None),
        ("PUT", override_path(galaxy, room, MEMBER_ALLOW, member.subject), {"permissions": VIEW_CHANNEL}),
        ("POST", path_of(galaxy, room) + "/webhooks", {"name": "x"}),
    ]:  # fmt: skip
        problem(member.request(method, path, body), 4301)
    assert owner.channel(galaxy, room)["name"] == "mine"


def test_permissions_of_one_who_left_do_not_count(cosmos, galaxy, room, owner, member):
    """6.4, 2: "U not a member ... => 0"; P11."""
    owner.set_override(galaxy, room, MEMBER_ALLOW, member.subject, VIEW_CHANNEL | MANAGE_CHANNELS)
    member.remove(f"/galaxy/{galaxy}/members/{member.subject}")
    assert member.channels(galaxy) == []
    problem(member.patch(path_of(galaxy, room), {"name": "mine"}), 4202)


# Who may change them


def test_changing_permissions_needs_manage_roles(cosmos, galaxy, room, owner, member):
    """6.5: "needs MANAGE_ROLES in that channel"."""
    owner.set_override(galaxy, room, MEMBER_ALLOW, member.subject, MANAGE_CHANNELS)
    attempts = [
        member.override(galaxy, room, MEMBER_ALLOW, member.subject, SEND_MESSAGES),
        member.delete(override_path(galaxy, room, MEMBER_ALLOW, member.subject)),
        member.patch(path_of(galaxy, room), {"defaultPermissions": PRIVATE}),
    ]
    for answer in attempts:
        assert problem(answer, 4202)["missing"] & MANAGE_ROLES
    member.change(path_of(galaxy, room), name="still mine to name")


@pytest.fixture
def keeper(cosmos, galaxy, room, owner):
    """Somebody who may change permissions in the channel, and has no other permission than everybody."""
    keeper = cosmos.person()
    cosmos.join(galaxy, keeper)
    owner.set_override(galaxy, room, MEMBER_ALLOW, keeper.subject, MANAGE_ROLES)
    return keeper


def test_nobody_gives_what_they_do_not_have(galaxy, room, owner, member, keeper):
    """6.5: "only change bits they themselves hold there, counting bits newly allowed, newly denied, and denies removed"."""
    lacking = 8192
    keeper.set_override(galaxy, room, MEMBER_ALLOW, member.subject, SEND_MESSAGES)
    problem(keeper.override(galaxy, room, MEMBER_ALLOW, member.subject, lacking), 4203)
    problem(keeper.override(galaxy, room, MEMBER_ALLOW, keeper.subject, MANAGE_ROLES | lacking), 4203)
    problem(keeper.override(galaxy, room, MEMBER_DENY, member.subject, lacking), 4203)
    problem(keeper.patch(path_of(galaxy, room), {"defaultPermissions": DEFAULT_CHANNEL | lacking}), 4203)
    owner.set_override(galaxy, room, MEMBER_DENY, member.subject, lacking | SEND_MESSAGES)
    problem(keeper.delete(override_path(galaxy, room, MEMBER_DENY, member.subject)), 4203)
    problem(keeper.override(galaxy, room, MEMBER_DENY, member.subject, SEND_MESSAGES), 4203)
    keeper.set_override(galaxy, room, MEMBER_DENY, member.subject, lacking | SEND_MESSAGES | 64)


def test_only_the_owner_gives_manage_roles(galaxy, room, owner, member, keeper):
    """6.5: "bit 28 in an override only by owner/ADMINISTRATOR"."""
    for kind in (MEMBER_ALLOW, MEMBER_DENY):
        problem(keeper.override(galaxy, room, kind, member.subject, MANAGE_ROLES), 4203)
    owner.set_override(galaxy, room, MEMBER_ALLOW, member.subject, MANAGE_ROLES)


def test_one_may_take_away_ones_own_view(galaxy, room, owner, keeper):
    """6.5: "A change that would remove the caller's own VIEW_CHANNEL is allowed"."""
    keeper.set_override(galaxy, room, MEMBER_DENY, keeper.subject, VIEW_CHANNEL)
    assert not sees(keeper, galaxy, room)
    assert sees(owner, galaxy, room)


# Categories: sync


@pytest.fixture
def shelf(owner, galaxy):
    return owner.create_channel(galaxy, "shelf", CATEGORY)["id"]


def permissions_of(owner, galaxy, channel):
    shown = owner.channel(galaxy, channel)
    return shown["defaultPermissions"], shown["permissionOverrides"]


def test_a_new_child_is_as_its_category(galaxy, shelf, owner, member):
    """6.6: "a child made under a category starts with a copy of its defaultPermissions and overrides"."""
    owner.change(path_of(galaxy, shelf), defaultPermissions=PRIVATE)
    owner.set_override(galaxy, shelf, MEMBER_ALLOW, member.subject, VIEW_CHANNEL)
    child = owner.create_channel(galaxy, parentChannelId=shelf)
    assert child["defaultPermissions"] == PRIVATE
    assert child["permissionOverrides"] == [{"type": MEMBER_ALLOW, "id": member.subject, "permissions": VIEW_CHANNEL}]


def test_a_child_follows_until_it_is_changed_itself(cosmos, galaxy, shelf, owner, member):
    """6.6: "children still equal to its old values follow in the same transaction; editing a child's permissions ends it"."""
    follower, loner = (owner.create_channel(galaxy, parentChannelId=shelf)["id"] for _ in range(2))
    owner.set_override(galaxy, loner, MEMBER_DENY, member.subject, SEND_MESSAGES)
    kept = permissions_of(owner, galaxy, loner)
    owner.change(path_of(galaxy, shelf), defaultPermissions=PRIVATE)
    owner.set_override(galaxy, shelf, MEMBER_ALLOW, owner.subject, VIEW_CHANNEL)
    assert permissions_of(owner, galaxy, follower) == permissions_of(owner, galaxy, shelf)
    assert permissions_of(owner, galaxy, loner) == kept
    assert ids(member.channels(galaxy)) == ids(ch for ch in owner.channels(galaxy) if ch["id"] in (loner, shelf))


def test_a_child_that_is_equal_again_follows_again(galaxy, shelf, owner, member):
    """6.6: "making them equal again restores it"."""
    child = owner.create_channel(galaxy, parentChannelId=shelf)["id"]
    owner.set_override(galaxy, child, MEMBER_DENY, member.subject, SEND_MESSAGES)
    owner.remove_override(galaxy, child, MEMBER_DENY, member.subject)
    owner.change(path_of(galaxy, shelf), defaultPermissions=PRIVATE)
    assert permissions_of(owner, galaxy, child) == (PRIVATE, [])


def test_moving_changes_nothing_unless_asked(galaxy, shelf, owner, member):
    """6.6: "Moving a channel (PATCH parentChannelId) changes nothing unless the body has `syncPermissions: true`"."""
    owner.change(path_of(galaxy, shelf), defaultPermissions=PRIVATE)
    room = owner.create_channel(galaxy)["id"]
    moved = owner.change(path_of(galaxy, room), parentChannelId=shelf)
    assert (moved["parentChannelId"], moved["defaultPermissions"]) == (shelf, DEFAULT_CHANNEL)
    assert sees(member, galaxy, room)
    out = owner.change(path_of(galaxy, room), parentChannelId=None)
    assert out["parentChannelId"] is None
    back = owner.change(path_of(galaxy, room), parentChannelId=shelf, syncPermissions=True)
    assert back["defaultPermissions"] == PRIVATE and not sees(member, galaxy, room)


@pytest.mark.parametrize("what", ["missing", "foreign", "text", "nested", "itself"])
def test_moving_needs_a_good_parent(cosmos, galaxy, shelf, owner, what):
    """6.6: a parent exists, is of the same galaxy and a category, one level; else 400/4401."""
    foreign = owner.create_channel(cosmos.galaxy(owner), "foreign", CATEGORY)["id"]
    room, other = (owner.create_channel(galaxy)["id"] for _ in range(2))
    moved, parent = {
        "missing": (room, "none"), "foreign": (room, foreign), "text": (room, other),
        "nested": (owner.create_channel(galaxy, "inner", CATEGORY)["id"], shelf), "itself": (shelf, shelf),
    }[what]  # fmt: skip
    problem(owner.patch(path_of(galaxy, moved), {"parentChannelId": parent}), 4401)
    assert owner.channel(galaxy, moved)["parentChannelId"] is None


def test_moving_into_a_category_is_as_making_there(galaxy, shelf, room, owner, member):
    """6.6: nobody gets a channel into a category where they could not make one, or cannot even see."""
    owner.set_override(galaxy, room, MEMBER_ALLOW, member.subject, MANAGE_CHANNELS)
    problem(member.patch(path_of(galaxy, room), {"parentChannelId": shelf}), 4202)
    owner.change(path_of(galaxy, shelf), defaultPermissions=PRIVATE)
    problem(member.patch(path_of(galaxy, room), {"parentChannelId": shelf}), 4401)
    assert ok(owner.get(path_of(galaxy, room)))["parentChannelId"] is None
