"""What the metadata server tells: POST /webhooks/metadata (contracts/cosmos.md 9.7)."""

import datetime

import pytest

from support.api import unique
from support.cosmos import Metadata, World, ids, is_galaxy, nothing, ok, problem
from support.cosmos_peers import METADATA_KEYS, KeyServer
from support.cosmos_signing import COMPONENTS, Key


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
    owner.create_channel(galaxy)
    return galaxy


def tell(cosmos, kind, **data):
    nothing(cosmos.signer.event(kind, data))


def test_a_galaxy_is_changed(cosmos, galaxy):
    """9.7: "galaxy.updated {id, name?, description?, iconHash?, publicFlags?, privateFlags?}"."""
    before = ok(cosmos.signer.get(f"/galaxy/{galaxy}"))
    changes = {"name": "New", "description": "d", "iconHash": "abc", "publicFlags": 3, "privateFlags": 2}
    tell(cosmos, "galaxy.updated", id=galaxy, **changes)
    assert is_galaxy(ok(cosmos.signer.get(f"/galaxy/{galaxy}")), private=True) == before | changes
    tell(cosmos, "galaxy.updated", id=galaxy, name="Newer")
    assert ok(cosmos.signer.get(f"/galaxy/{galaxy}")) == before | changes | {"name": "Newer"}


def test_a_galaxy_is_given_to_another_operator(cosmos, galaxy, owner, member):
    """9.7: "galaxy.transferred {id, ownerId} (new owner must be an operator, else 403/4200)"."""
    problem(cosmos.signer.event("galaxy.transferred", {"id": galaxy, "ownerId": member.subject}), 4200)
    heir = cosmos.operator()
    tell(cosmos, "galaxy.transferred", id=galaxy, ownerId=heir.subject)
    assert ok(cosmos.anonymous.get(f"/galaxy/{galaxy}"))["ownerId"] == heir.subject
    heir.create_channel(galaxy)
    problem(owner.post(f"/galaxy/{galaxy}/channels", {"name": "n", "type": 0}), 4202)
    assert len(owner.channels(galaxy)) == 2, "who was the owner is a member still"


def test_a_galaxy_is_put_away(cosmos, galaxy, owner, member):
    """9.7: "galaxy.deleted {id} (marks deleted, data kept 30 days)": for everybody it is gone at once."""
    tell(cosmos, "galaxy.deleted", id=galaxy)
    for caller in (cosmos.anonymous, owner, member, cosmos.signer):
        problem(caller.get(f"/galaxy/{galaxy}"), 4300)
        problem(caller.get(f"/galaxy/{galaxy}/channels"), 4300)
    problem(owner.post(f"/galaxy/{galaxy}/channels", {"name": "n", "type": 0}), 4300)
    problem(cosmos.signer.event("galaxy.updated", {"id": galaxy, "name": "n"}), 4300)


def test_members_come_and_go(cosmos, galaxy, owner):
    """9.7: "member.joined {galaxyId, userId}, member.left"."""
    person = cosmos.person()
    tell(cosmos, "member.joined", galaxyId=galaxy, userId=person.subject)
    tell(cosmos, "member.joined", galaxyId=galaxy, userId=person.subject)
    assert len(person.channels(galaxy)) == 1
    tell(cosmos, "member.left", galaxyId=galaxy, userId=person.subject)
    assert person.channels(galaxy) == []
    tell(cosmos, "member.left", galaxyId=galaxy, userId=person.subject)
    assert len(owner.channels(galaxy)) == 1


def test_tokens_of_before_are_worth_nothing(cosmos, galaxy, member):
    """9.7: "user.sessionsRevoked {userId, before}"; 3.4: "iat earlier than the stored `tokensRevokedBefore` of that user" is refused."""
    old = cosmos.holder(member.new_token(iat=cosmos.now - 30))
    session = cosmos.holder(ok(cosmos.holder(member.new_token(iat=cosmos.now - 30)).post("/session"))["token"])
    assert len(old.channels(galaxy)) == len(session.channels(galaxy)) == 1
    tell(cosmos, "user.sessionsRevoked", userId=member.subject, before=rfc3339(cosmos.now - 10))
    assert old.channels(galaxy) == [] and session.channels(galaxy) == []
    assert len(cosmos.holder(member.new_token()).channels(galaxy)) == 1


def rfc3339(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def test_revoking_earlier_takes_nothing_back(cosmos, galaxy, member):
    """9.7: a second event with an earlier time does not let old tokens in again."""
    old = cosmos.holder(member.new_token(iat=cosmos.now - 30))
    tell(cosmos, "user.sessionsRevoked", userId=member.subject, before=rfc3339(cosmos.now - 10))
    tell(cosmos, "user.sessionsRevoked", userId=member.subject, before=rfc3339(cosmos.now - 100))
    assert old.channels(galaxy) == []


def test_a_deleted_user_is_in_no_galaxy(cosmos, galaxy, owner, member):
    """9.7: "user.deleted {userId}"; 10: "deleting on user.deleted replaces author by null"."""
    session = cosmos.holder(ok(member.post("/session"))["token"])
    tell(cosmos, "user.deleted", userId=member.subject)
    assert member.channels(galaxy) == [] and session.channels(galaxy) == []
    assert member.subject not in owner.get(f"/galaxy/{galaxy}/members").text


@pytest.mark.parametrize("kind,data", [
    ("galaxy.updated", {"id": "none", "name": "n"}), ("galaxy.deleted", {"id": "none"}), ("member.joined", {"galaxyId": "none", "userId": "u1"}),
    ("galaxy.transferred", {"id": "none", "ownerId": "operator-0"}), ("member.left", {"galaxyId": "none", "userId": "u1"}),
])  # fmt: skip
def test_an_unknown_galaxy_is_not_found(cosmos, kind, data):
    """9.7: "404 unknown galaxy"."""
    problem(cosmos.signer.event(kind, data), 4300)


@pytest.mark.parametrize("kind", ["galaxy.painted", "x", "webhook.ping"])
def test_an_unknown_type_is_taken_note_of(cosmos, kind):
    """9.7: "Unknown type => 204"."""
    nothing(cosmos.signer.event(kind, {"id": "none"}))


@pytest.mark.parametrize("kind,data", [
    ("galaxy.updated", {}), ("galaxy.updated", {"id": 7}), ("galaxy.updated", {"id": "{}", "name": ""}), ("galaxy.updated", {"id": "{}", "privateFlags": -1}),
    ("galaxy.transferred", {"id": "{}"}), ("member.joined", {"galaxyId": "{}"}), ("member.joined", {"galaxyId": "{}", "userId": "a b"}),
    ("user.sessionsRevoked", {"userId": "u1"}), ("user.sessionsRevoked", {"userId": "u1", "before": "yesterday"}), ("keys.revoked", {}),
    ("keys.revoked", {"thumbprints": "x"}), ("user.deleted", {}), ("galaxy.deleted", None), ("galaxy.updated", []),
])  # fmt: skip
def test_events_have_their_forms(cosmos, galaxy, kind, data):
    """2: "Wrong type or missing required member => 400"."""
    data = {name: galaxy if value == "{}" else value for name, value in data.items()} if isinstance(data, dict) else data
    problem(cosmos.signer.event(kind, data), 4400)


def test_an_event_counts_once(cosmos, galaxy):
    """9.7: "Dedupe by (source, webhook-id) for 24 h => 204"."""
    identifier = unique("msg_")
    nothing(cosmos.signer.event("galaxy.updated", {"id": galaxy, "name": "first"}, identifier=identifier))
    nothing(cosmos.signer.event("galaxy.updated", {"id": galaxy, "name": "second"}, identifier=identifier))
    assert ok(cosmos.anonymous.get(f"/galaxy/{galaxy}"))["name"] == "first"


def test_an_event_that_was_refused_may_come_again(cosmos, owner):
    """9.7: "404 unknown galaxy": once there is one, the same event is not taken for a repetition."""
    identifier, galaxy = unique("msg_"), cosmos.new_id()
    problem(cosmos.signer.event("galaxy.updated", {"id": galaxy, "name": "late"}, identifier=identifier), 4300)
    ok(cosmos.signer.post("/galaxy", {"id": galaxy, "name": "early", "ownerId": owner.subject}), 201)
    nothing(cosmos.signer.event("galaxy.updated", {"id": galaxy, "name": "late"}, identifier=identifier))
    assert ok(cosmos.anonymous.get(f"/galaxy/{galaxy}"))["name"] == "late"


def test_only_the_metadata_server_tells(cosmos, galaxy, owner):
    """3.2: "POST /webhooks/metadata" is the metadata server's; 9.7: "S2S signature of 3.3, with header `webhook-id` present and covered"."""
    body = {"type": "galaxy.deleted", "timestamp": "2026-01-01T00:00:00.000Z", "data": {"id": galaxy}}
    headers = {"webhook-id": unique("msg_")}
    for caller in (cosmos.anonymous, owner):
        answer = caller.post("/webhooks/metadata", body, headers=headers)
        problem(answer, 4100)
        assert "accept-signature" in answer.headers
    problem(Metadata(cosmos, key=Key()).post("/webhooks/metadata", body, headers=headers), 4104)
    uncovered = cosmos.signing(components=(*COMPONENTS, "content-digest", "content-type"))
    assert uncovered.post("/webhooks/metadata", body, headers=headers).status_code in (400, 401)
    assert cosmos.signer.post("/webhooks/metadata", body).status_code in (400, 401)
    is_galaxy(ok(cosmos.anonymous.get(f"/galaxy/{galaxy}")))


def test_a_metadata_server_does_not_speak_for_another(engine, new_cosmos):
    """9.7: events are about the galaxies of that source."""
    world, second = World(), KeyServer(METADATA_KEYS)
    world.peers.append(second)
    world = new_cosmos(engine, {"cosmos.metadata": [world.metadata.source(), second.source()]}, world=world)
    owner = world.operator()
    galaxy = world.galaxy(owner)
    other = Metadata(world, second)
    for kind, data in (("galaxy.deleted", {"id": galaxy}), ("galaxy.updated", {"id": galaxy, "name": "stolen"})):
        answer = other.event(kind, data)
        assert answer.status_code in (403, 404), answer.text
    assert ok(world.anonymous.get(f"/galaxy/{galaxy}"))["name"] == "Nest"
    assert other.post(f"/galaxy/{galaxy}/channels", {"name": "n", "type": 0}).status_code in (201, 403, 404)


# keys.revoked


def test_a_server_takes_back_its_own_key(engine, new_cosmos):
    """9.7: "keys.revoked {thumbprints:[...]} (only for keys of that source, never the last one)"; 3.5: "signed by another key"."""
    world = new_cosmos(engine)
    stolen = world.metadata.key
    good = world.metadata.rotate()
    nothing(world.signer.event("keys.revoked", {"thumbprints": [stolen.thumbprint]}))
    problem(Metadata(world, key=stolen).get("/galaxy/none"), 4104)
    problem(world.signer.get("/galaxy/none"), 4300)
    world.server.restart()
    problem(Metadata(world, key=stolen).get("/galaxy/none"), 4104)
    answer = world.signer.event("keys.revoked", {"thumbprints": [good.thumbprint]})
    assert 400 <= answer.status_code < 500, answer.text
    problem(world.signer.get("/galaxy/none"), 4300)


def test_a_server_takes_back_no_other_s_key(new_cosmos):
    """9.7: "only for keys of that source"."""
    world = new_cosmos()
    world.metadata.keys.append(Key())
    owner = world.operator()
    galaxy = world.galaxy(owner)
    owner.create_channel(galaxy)
    answer = world.signer.event("keys.revoked", {"thumbprints": [world.identity.key.thumbprint]})
    assert 400 <= answer.status_code < 500, answer.text
    assert len(owner.channels(galaxy)) == 1


def test_an_event_may_be_about_people_who_have_never_been_here(cosmos):
    """9.7: "204 on success": nothing has to be done for a user whom nobody knows."""
    tell(cosmos, "user.deleted", userId=unique("nobody"))
    tell(cosmos, "user.sessionsRevoked", userId=unique("nobody"), before=rfc3339(cosmos.now))


def test_a_read_only_galaxy_is_changed_by_its_metadata_server_only(cosmos, galaxy, owner):
    """7, flags: "publicFlags bit ... 2 read-only"; "Only S2S may set them"."""
    tell(cosmos, "galaxy.updated", id=galaxy, publicFlags=4)
    room = ids(owner.channels(galaxy))[0]
    assert ok(cosmos.anonymous.get(f"/galaxy/{galaxy}"))["publicFlags"] == 4
    made = ok(cosmos.signer.post(f"/galaxy/{galaxy}/channels", {"name": "n", "type": 0}), 201)
    assert set(ids(owner.channels(galaxy))) == {room, made["id"]}
