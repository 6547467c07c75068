"""POST /galaxy and GET /galaxy/:id (contracts/cosmos.md 4, 7.2, 7.3)."""

import concurrent.futures

import pytest

from support.cosmos import PUBLIC_URL, invalid, is_galaxy, nothing, ok, problem


@pytest.fixture
def owner(cosmos):
    return cosmos.operator()


def body(cosmos, owner, **more):
    return {"id": cosmos.new_id(), "name": "My Cool Galaxy", "ownerId": owner.subject} | more


# Making


def test_the_metadata_server_makes_a_galaxy(cosmos, owner):
    """7.2: "New: 201, `Location: /galaxy/<id>`, Galaxy model incl. privateFlags"; "`server` = configured base URL; flags default 0"."""
    asked = body(cosmos, owner)
    answer = cosmos.signer.post("/galaxy", asked)
    galaxy = is_galaxy(ok(answer, 201), private=True)
    assert answer.headers["location"] == f"/galaxy/{asked['id']}"
    assert galaxy == asked | {"description": None, "iconHash": None, "server": PUBLIC_URL, "publicFlags": 0, "privateFlags": 0}
    assert is_galaxy(ok(cosmos.anonymous.get(answer.headers["location"]))) == {k: v for k, v in galaxy.items() if k != "privateFlags"}


def test_a_galaxy_may_be_made_with_all_its_members(cosmos, owner):
    """7.2: "description, iconHash, publicFlags, privateFlags optional"; flags: "unknown bits are stored and returned untouched"."""
    flags = {"publicFlags": 2**31 - 1 - 4, "privateFlags": 1 << 20}
    asked = body(cosmos, owner, description="Owls\nand more", iconHash="abc123", **flags)
    assert ok(cosmos.signer.post("/galaxy", asked), 201) == asked | {"server": PUBLIC_URL}


def test_a_galaxy_is_made_without_channels_and_its_owner_is_a_member(cosmos, owner):
    """7.2: "No channel is created implicitly"; 7: "The owner becomes a member at creation"."""
    galaxy = cosmos.galaxy(owner)
    assert owner.channels(galaxy) == []
    owner.create_channel(galaxy)
    members = ok(owner.get(f"/galaxy/{galaxy}/members"))
    assert owner.subject in str(members)


def test_unknown_members_are_ignored_and_null_is_absent(cosmos, owner):
    """2: "Unknown members ignored", "absent and null mean the same on input"; 7.2: "`server` and unknown members ignored"."""
    asked = body(cosmos, owner, server="https://elsewhere.example", createdAt=1, description=None, iconHash=None, publicFlags=None)
    galaxy = ok(cosmos.signer.post("/galaxy", asked), 201)
    assert (galaxy["server"], galaxy["description"], galaxy["publicFlags"]) == (PUBLIC_URL, None, 0)


def test_a_name_is_trimmed_and_an_empty_description_is_none(cosmos, owner):
    """2: "Strings are trimmed ... for `name`", "Empty `topic`/`description` is stored as null"."""
    galaxy = ok(cosmos.signer.post("/galaxy", body(cosmos, owner, name=" \t Nest \n", description="")), 201)
    assert (galaxy["name"], galaxy["description"]) == ("Nest", None)


@pytest.mark.parametrize("member,value", [
    ("id", None), ("id", ""), ("id", "x" * 65), ("id", "a b"), ("id", "a/b"), ("id", "é"), ("id", 7), ("id", "a.b"),
    ("name", None), ("name", ""), ("name", "   "), ("name", "x" * 101), ("name", "a\u0000b"), ("name", "a\u007fb"), ("name", "a\nb"), ("name", 7),
    ("ownerId", None), ("ownerId", ""), ("ownerId", "x" * 65), ("ownerId", True),
    ("description", "x" * 1025), ("description", 7), ("iconHash", 7),
    ("publicFlags", -1), ("publicFlags", 2**31), ("publicFlags", 1.5), ("publicFlags", True), ("publicFlags", "1"), ("privateFlags", -1),
])  # fmt: skip
def test_a_wrong_member_is_named(cosmos, owner, member, value):
    """2: "Wrong type or missing required member => 400", with `errors: [{path, reason}]`; ids, lengths and integers of section 2."""
    invalid(cosmos.signer.post("/galaxy", body(cosmos, owner) | {member: value}), f"/{member}")


@pytest.mark.parametrize("text", ["1e2", "1.0", "1E0", "0.0"])
def test_an_integer_is_written_as_one(cosmos, owner, text):
    """2: "Reject negative, fractional, exponent-form, boolean"."""
    content = f'{{"id": "{cosmos.new_id()}", "name": "n", "ownerId": "{owner.subject}", "publicFlags": {text}}}'.encode()
    invalid(cosmos.signer.post("/galaxy", content=content), "/publicFlags")


def test_all_wrong_members_are_named_at_once(cosmos):
    """2: "`errors: [{path, reason}]` with JSON-pointer paths"."""
    invalid(cosmos.signer.post("/galaxy", {"id": "a b", "name": 7}), "/id", "/name", "/ownerId")


@pytest.mark.parametrize("length,fits", [(100, True), (101, False)])
def test_lengths_count_scalars(cosmos, owner, length, fits):
    """2: "Lengths count Unicode scalar values: galaxy name 1..100"."""
    answer = cosmos.signer.post("/galaxy", body(cosmos, owner, name="\U0001f99c" * length))
    assert ok(answer, 201) if fits else invalid(answer, "/name") is None


# Once more


def test_the_same_galaxy_may_be_made_again(cosmos, owner):
    """7.2: "Same id again with equal name and ownerId: 200, nothing changed (retry-safe)"."""
    asked = body(cosmos, owner, description="first")
    first = ok(cosmos.signer.post("/galaxy", asked), 201)
    again = ok(cosmos.signer.post("/galaxy", asked | {"name": f" {asked['name']} "}))
    assert again == first


@pytest.mark.parametrize("change", ["name", "ownerId"])
def test_an_id_is_not_used_for_something_else(cosmos, owner, change):
    """7.2: "Same id, anything different: 409/4302"."""
    asked = body(cosmos, owner)
    ok(cosmos.signer.post("/galaxy", asked), 201)
    other = {"name": "Another", "ownerId": cosmos.operator().subject}[change]
    problem(cosmos.signer.post("/galaxy", asked | {change: other}), 4302)
    assert ok(cosmos.anonymous.get(f"/galaxy/{asked['id']}"))[change] == asked[change]


def test_ids_are_compared_byte_for_byte(cosmos, owner):
    """2: "compare byte for byte, case-sensitive"."""
    asked = body(cosmos, owner, id=cosmos.new_id("Galaxy"))
    ok(cosmos.signer.post("/galaxy", asked), 201)
    problem(cosmos.anonymous.get(f"/galaxy/{asked['id'].lower()}"), 4300)
    ok(cosmos.signer.post("/galaxy", asked | {"id": asked["id"].lower(), "name": "Another"}), 201)


def test_the_longest_id_with_every_kind_of_character_is_good(cosmos, owner):
    """2: "1..64 characters of `[A-Za-z0-9_-]`"."""
    for identifier in ("x" * 50 + cosmos.new_id("_-Z9")[:14], f"-{cosmos.new_id()}", f"_{cosmos.new_id()}"):
        ok(cosmos.signer.post("/galaxy", body(cosmos, owner, id=identifier)), 201)
        assert ok(cosmos.anonymous.get(f"/galaxy/{identifier}"))["id"] == identifier


def test_one_of_many_who_make_the_same_galaxy_makes_it(cosmos, owner):
    """7.2: "retry-safe", also when the retries come at once."""
    asked = body(cosmos, owner)
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: cosmos.signer.post("/galaxy", asked), range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
    assert len({answer.text for answer in answers}) == 1


# Who may


def test_nobody_but_the_metadata_server_makes_a_galaxy(cosmos, owner):
    """4, decision table: "bad/missing S2S => 401"; 2: 4100 "S2S signature missing"."""
    asked = body(cosmos, owner)
    for caller in (cosmos.anonymous, owner, cosmos.person(), cosmos.holder("nonsense")):
        answer = caller.post("/galaxy", asked)
        problem(answer, 4100)
        assert 'tag="cosmos-s2s-v1"' in answer.headers["accept-signature"] and answer.headers["date"]
    problem(cosmos.anonymous.get(f"/galaxy/{asked['id']}"), 4300)


def test_the_owner_has_to_be_an_operator(cosmos):
    """4: "S2S good, owner not operator and no valid claim => 403/4200"."""
    asked = body(cosmos, cosmos.person())
    problem(cosmos.signer.post("/galaxy", asked), 4200)
    problem(cosmos.anonymous.get(f"/galaxy/{asked['id']}"), 4300)


def test_checks_come_in_their_order(cosmos):
    """7.2: "auth 401 -> media type 415 -> JSON 400 -> fields 400 -> control 403"."""
    wrong = {"id": "a b", "name": "n", "ownerId": cosmos.person().subject}
    problem(cosmos.anonymous.post("/galaxy", content=b"{", content_type="text/plain"), 4100)
    problem(cosmos.signer.post("/galaxy", content=b"{", content_type="text/plain"), 4406)
    problem(cosmos.signer.post("/galaxy", content=b'{"id": "a b"'), 4400)
    invalid(cosmos.signer.post("/galaxy", wrong), "/id")
    problem(cosmos.signer.post("/galaxy", wrong | {"id": cosmos.new_id()}), 4200)


def test_more_galaxies_than_allowed_are_refused(engine, new_cosmos):
    """7.2: "limit 403/4205"; the control check comes first, and what is there stays retry-safe."""
    world = new_cosmos(engine, {"cosmos.max_galaxies": 2})
    owner = world.operator()
    first = body(world, owner)
    ok(world.signer.post("/galaxy", first), 201)
    world.galaxy(owner)
    problem(world.signer.post("/galaxy", body(world, owner)), 4205)
    problem(world.signer.post("/galaxy", body(world, world.person())), 4200)
    ok(world.signer.post("/galaxy", first))
    nothing(world.signer.event("galaxy.deleted", {"id": first["id"]}))
    ok(world.signer.post("/galaxy", body(world, owner)), 201)


# Reading


def test_private_flags_are_for_the_metadata_server_only(cosmos, owner):
    """7.3: "anyone; 200 Galaxy **without the key privateFlags**; with a valid S2S signature privateFlags is present"."""
    galaxy = cosmos.galaxy(owner, privateFlags=2)
    for caller in (cosmos.anonymous, owner, cosmos.person()):
        answer = caller.get(f"/galaxy/{galaxy}")
        is_galaxy(ok(answer))
        assert {"authorization", "signature-input"} <= {word.strip().lower() for word in answer.headers["vary"].split(",")}
    assert is_galaxy(ok(cosmos.signer.get(f"/galaxy/{galaxy}")), private=True)["privateFlags"] == 2


@pytest.mark.parametrize("identifier", ["none", "a%20b", "%2e%2e", "x" * 65, "%C3%A9", "a.b", "1"])
def test_an_unknown_or_malformed_id_is_not_found(cosmos, identifier):
    """7.3: "Unknown 404/4300. Malformed id 404"."""
    answer = cosmos.anonymous.get(f"/galaxy/{identifier}")
    problem(answer, 4300)


def test_a_bad_token_does_not_matter_for_reading(cosmos, owner):
    """7.3: "An invalid Bearer is ignored here"; "A failing S2S signature is 401"."""
    galaxy = cosmos.galaxy(owner)
    is_galaxy(ok(cosmos.holder("nonsense").get(f"/galaxy/{galaxy}")))
    is_galaxy(ok(cosmos.holder(owner.new_token(exp=1)).get(f"/galaxy/{galaxy}")))
    problem(cosmos.signing(created=1).get(f"/galaxy/{galaxy}"), 4102)


def test_galaxies_may_be_hidden_from_strangers(engine, new_cosmos):
    """10, privacy: "`publicGalaxyInfo=false` (then 404 to anonymous and non-members)"."""
    world = new_cosmos(engine, {"cosmos.public_galaxy_info": False})
    owner, member = world.operator(), world.person()
    galaxy = world.galaxy(owner)
    world.join(galaxy, member)
    for caller in (world.anonymous, world.person(), world.operator(), world.holder("nonsense")):
        problem(caller.get(f"/galaxy/{galaxy}"), 4300)
    for caller in (owner, member):
        is_galaxy(ok(caller.get(f"/galaxy/{galaxy}")))
    is_galaxy(ok(world.signer.get(f"/galaxy/{galaxy}")), private=True)


# Suspension


def test_everything_in_a_suspended_galaxy_is_refused(cosmos, owner):
    """7.5: "Suspended galaxy (privateFlags bit 0) => every write 403/4206"; reading goes on."""
    galaxy = cosmos.galaxy(owner)
    channel = owner.create_channel(galaxy)["id"]
    room, hooks = f"/galaxy/{galaxy}/channels/{channel}", f"/galaxy/{galaxy}/channels/{channel}/webhooks"
    hook = owner.create(hooks, {"name": "ci"})
    nothing(cosmos.signer.event("galaxy.updated", {"id": galaxy, "privateFlags": 1}))
    writes = [
        ("POST", f"/galaxy/{galaxy}/channels", {"name": "n", "type": 0}), ("PATCH", room, {"name": "n"}), ("DELETE", room, None),
        ("PUT", f"{room}/permissions/1/{owner.subject}", {"permissions": 2048}), ("POST", hooks, {"name": "n"}),
        ("DELETE", f"{room}/permissions/1/{owner.subject}", None),
    ]  # fmt: skip
    for method, path, content in writes:
        problem(owner.request(method, path, content), 4206)
    problem(cosmos.anonymous.post(f"/webhooks/{hook['id']}/{hook['token']}", {"content": "x"}), 4206)
    assert [shown["id"] for shown in owner.channels(galaxy)] == [channel]
    nothing(cosmos.signer.event("galaxy.updated", {"id": galaxy, "privateFlags": 0}))
    owner.remove(room)
