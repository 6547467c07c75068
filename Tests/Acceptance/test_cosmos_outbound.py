"""Webhooks that Roost sends: their management, and what is sent (contracts/cosmos.md 8.1, 8.2)."""

import datetime
import json
import re
import time

import pytest

from support.api import Api, register
from support.cosmos import (
    MANAGE_WEBHOOKS, MEMBER_ALLOW, MEMBER_DENY, PRIVATE, READ_MESSAGE_HISTORY, VIEW_CHANNEL, case_name, ids, invalid, is_channel, is_time,
    nothing, ok, problem,
)  # fmt: skip
from support.cosmos_peers import Receiver
from support.cosmos_signing import from_base64url
from support.cosmos_webhooks import hooks, state_of, subscribe, wait_until
from support.database import execute
from support.dawchat import administrator, succeeded
from support.standard_webhooks import is_signed_v1a, public_key_text, secret_bytes, sign_v1

MEMBERS = {
    "id", "galaxyId", "url", "events", "channelIds", "description", "scheme", "state", "disabledReason", "createdBy", "createdAt", "lastSuccessAt",
    "firstFailureAt", "publicKey",
}  # fmt: skip


@pytest.fixture
def owner(cosmos):
    return cosmos.operator()


@pytest.fixture
def galaxy(cosmos, owner):
    return cosmos.galaxy(owner)


# Management


def test_a_suspended_galaxy_may_be_looked_at(cosmos, galaxy, owner, receiver):
    """7.5: "Suspended galaxy => every write 403/4206": its endpoints are still shown."""
    made = subscribe(owner, galaxy, receiver)
    nothing(cosmos.signer.event("galaxy.updated", {"id": galaxy, "privateFlags": 1}))
    assert ids(ok(owner.get(hooks(galaxy)))) == [made["id"]]
    assert ok(owner.get(hooks(galaxy, made["id"])))["id"] == made["id"]
    ok(owner.get(hooks(galaxy, made["id"], "deliveries")))
    problem(owner.patch(hooks(galaxy, made["id"]), {"description": "x"}), 4206)
    problem(owner.delete(hooks(galaxy, made["id"])), 4206)

def test_a_webhook_is_made_pinged_and_active(cosmos, galaxy, owner, receiver):
    """8.1: "201 object with `secret` (only here and on rotate) and `publicKey`; ... then `webhook.ping` is sent; until a 2xx the state is "pending""."""
    asked = {"url": receiver.url("/in?x=1"), "events": ["channel.*", "member.joined"], "description": "for the log"}
    made = owner.create(hooks(galaxy), asked)
    assert set(made) == MEMBERS | {"secret"}, made
    assert {name: made[name] for name in asked} == asked
    assert (made["state"], made["disabledReason"], made["channelIds"] or [], made["createdBy"]) == ("pending", None, [], owner.subject)
    assert made["scheme"] in ("v1", "v1a", "both") and made["galaxyId"] == galaxy
    is_time(made["createdAt"])
    assert 24 <= len(secret_bytes(made["secret"])) <= 64
    ping = receiver.expect("webhook.ping")
    assert (ping.method, ping.path) == ("POST", "/in?x=1")
    active = wait_until(lambda: (shown := ok(owner.get(hooks(galaxy, made["id"]))))["state"] == "active" and shown)
    assert set(active) == MEMBERS and "secret" not in str(ok(owner.get(hooks(galaxy))))
    is_time(active["lastSuccessAt"])
    assert ids(ok(owner.get(hooks(galaxy)))) == [made["id"]]


def test_the_public_key_is_the_server_s(cosmos, galaxy, owner, receiver):
    """8.2: "v1a uses the server key of 3.5 (receivers pin whpk_...)"."""
    made = subscribe(owner, galaxy, receiver, scheme="both")
    [key] = cosmos.anonymous.get("/.well-known/jwks.json").json()["keys"]
    assert made["publicKey"] == public_key_text(from_base64url(key["x"]))


@pytest.mark.parametrize("members", [
    {"url": None}, {"url": 7}, {"events": None}, {"events": []}, {"events": "*"}, {"events": ["galaxy.painted"]}, {"events": ["chan*"]}, {"events": [""]},
    {"events": ["webhook"]}, {"events": ["*.created"]}, {"events": [7]}, {"scheme": "v2"}, {"channelIds": "x"}, {"channelIds": [7]}, {"description": 7},
], ids=case_name)  # fmt: skip
def test_a_webhook_has_its_form(cosmos, galaxy, owner, receiver, members):
    """8.1: "`events` entries: exact type, `prefix.*`, or `*`"; the members of POST."""
    body = {"url": receiver.url(), "events": ["*"]} | members
    answer = owner.post(hooks(galaxy), body)
    assert answer.status_code == 400, answer.text
    assert ok(owner.get(hooks(galaxy))) == []


def test_managing_webhooks_needs_the_permission(cosmos, galaxy, owner, receiver):
    """8.1: "needs MANAGE_WEBHOOKS at galaxy level": a channel's permission is not it; strangers and the metadata server have none."""
    member, stranger = cosmos.person(), cosmos.person()
    cosmos.join(galaxy, member)
    room = owner.create_channel(galaxy)["id"]
    owner.set_override(galaxy, room, MEMBER_ALLOW, member.subject, MANAGE_WEBHOOKS)
    hook = subscribe(owner, galaxy, receiver)["id"]
    body = {"url": receiver.url(), "events": ["*"]}
    calls = [
        ("GET", hooks(galaxy), None), ("POST", hooks(galaxy), body), ("GET", hooks(galaxy, hook), None), ("PATCH", hooks(galaxy, hook), {"events": ["*"]}),
        ("DELETE", hooks(galaxy, hook), None), ("POST", hooks(galaxy, hook, "rotate"), {}), ("POST", hooks(galaxy, hook, "test"), None),
        ("GET", hooks(galaxy, hook, "deliveries"), None), ("POST", hooks(galaxy, hook, "recover"), {"since": "2026-01-01T00:00:00Z"}),
    ]  # fmt: skip
    for method, path, content in calls:
        assert problem(member.request(method, path, content), 4202)["missing"] & MANAGE_WEBHOOKS
        problem(stranger.request(method, path, content), 4202)
        problem(cosmos.anonymous.request(method, path, content), 4008)
    assert state_of(owner, galaxy, hook) == "active"


def test_a_webhook_is_not_found_through_another_galaxy(cosmos, galaxy, owner, receiver):
    """STYLE.md: "a rule fetched by its id alone while the permission was checked on the id in the path"."""
    hook = subscribe(owner, galaxy, receiver)["id"]
    thief = cosmos.operator()
    other = cosmos.galaxy(thief)
    for method, path in [
        ("GET", hooks(other, hook)), ("DELETE", hooks(other, hook)), ("POST", hooks(other, hook, "rotate")), ("POST", hooks(other, hook, "test")),
        ("GET", hooks(other, hook, "deliveries")),
    ]:  # fmt: skip
        problem(thief.request(method, path), 4303)


def test_a_galaxy_has_ten_webhooks(cosmos, galaxy, owner, receiver):
    """8.1: "max 10 per galaxy"."""
    made = [owner.create(hooks(galaxy), {"url": receiver.url(), "events": ["*"]})["id"] for _ in range(10)]
    problem(owner.post(hooks(galaxy), {"url": receiver.url(), "events": ["*"]}), 4205)
    owner.remove(hooks(galaxy, made[0]))
    owner.create(hooks(galaxy), {"url": receiver.url(), "events": ["*"]})


def test_a_webhook_is_changed(cosmos, galaxy, owner, receiver):
    """8.1: PATCH: "new url => pending again"."""
    hook = subscribe(owner, galaxy, receiver, "member.joined")["id"]
    changed = owner.change(hooks(galaxy, hook), events=["channel.created"], description="new")
    assert (changed["events"], changed["description"], changed["state"]) == (["channel.created"], "new", "active")
    moved = owner.change(hooks(galaxy, hook), url=receiver.url("/elsewhere"))
    assert moved["state"] == "pending"
    [ping] = receiver.wait_for(1, matching=lambda delivery: delivery.path == "/elsewhere")
    assert ping.type == "webhook.ping"
    wait_until(lambda: state_of(owner, galaxy, hook) == "active")
    room = owner.create_channel(galaxy)["id"]
    assert receiver.expect("channel.created").data["channelId"] == room


def test_a_webhook_that_is_off_hears_nothing(cosmos, galaxy, owner, receiver):
    """8.1: PATCH `enabled`; the reason is "user"; what happened meanwhile is not sent afterwards."""
    hook = subscribe(owner, galaxy, receiver, "channel.created")["id"]
    off = owner.change(hooks(galaxy, hook), enabled=False)
    assert (off["state"], off["disabledReason"]) == ("disabled", "user")
    owner.create_channel(galaxy, "missed")
    on = owner.change(hooks(galaxy, hook), enabled=True)
    assert on["disabledReason"] is None and on["state"] in ("active", "pending")
    wait_until(lambda: state_of(owner, galaxy, hook) == "active")
    owner.create_channel(galaxy, "heard")
    assert receiver.expect("channel.created").data["channel"]["name"] == "heard"


def test_a_deleted_webhook_is_gone(cosmos, galaxy, owner, receiver):
    """8.1: "204; pending deliveries dropped"."""
    hook = subscribe(owner, galaxy, receiver)["id"]
    owner.remove(hooks(galaxy, hook))
    problem(owner.get(hooks(galaxy, hook)), 4303)
    owner.create_channel(galaxy)
    time.sleep(0.5)
    assert receiver.of("channel.created") == []


# What is sent


def test_a_delivery_is_a_standard_webhook(cosmos, galaxy, owner, receiver):
    """8.2: the header fields, the minified body, `msg_` + ULID; both signatures verify on their own, over the raw bytes."""
    made = subscribe(owner, galaxy, receiver, "channel.*", scheme="both")
    channel = owner.create_channel(galaxy, "perch \U0001f99c")
    delivery = receiver.expect("channel.created")
    assert delivery.headers["content-type"].split(";")[0] == "application/json"
    assert delivery.headers["user-agent"].startswith("CosmosSelfHosted/")
    assert re.fullmatch(r"msg_[0-9A-HJKMNP-TV-Z]{26}", delivery.id)
    assert abs(int(delivery.timestamp) - time.time()) < 10
    assert not {"authorization", "cookie", "x-forwarded-for"} & set(delivery.headers)
    body = delivery.json
    assert list(body) == ["type", "timestamp", "data"] and json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode() == delivery.body
    assert abs(datetime.datetime.fromisoformat(body["timestamp"]).timestamp() - time.time()) < 10
    assert (body["data"]["galaxyId"], body["data"]["channelId"]) == (galaxy, channel["id"])
    assert body["data"]["channel"] == channel and "privateFlags" not in str(body)
    first, second = delivery.signatures
    signed = (delivery.id, delivery.timestamp, delivery.body)
    assert first == sign_v1(made["secret"], *signed)
    assert is_signed_v1a(made["publicKey"], second, *signed)
    assert not is_signed_v1a(made["publicKey"], second, delivery.id, delivery.timestamp, delivery.body + b" ")


@pytest.mark.parametrize("scheme,versions", [("v1", ["v1"]), ("v1a", ["v1a"]), ("both", ["v1", "v1a"])])
def test_the_scheme_is_chosen(cosmos, galaxy, owner, receiver, scheme, versions):
    """8.1: "scheme?:"v1"/"v1a"/"both""; 8.2: "scheme both => `v1,... v1a,...`"."""
    made = subscribe(owner, galaxy, receiver, scheme=scheme)
    ping = receiver.expect("webhook.ping")
    assert [signature.partition(",")[0] for signature in ping.signatures] == versions
    assert made["scheme"] == scheme


@pytest.fixture
def receivers():
    """Four of them."""
    receivers = [Receiver() for _ in range(4)]
    yield receivers
    for receiver in receivers:
        receiver.end()


def kinds(receiver):
    return [delivery.type for delivery in receiver.deliveries if delivery.type != "webhook.ping"]


def test_only_what_is_asked_for_is_sent(cosmos, galaxy, owner, receivers):
    """8.1: "exact type, `prefix.*`, or `*`", `channelIds`; each once, with the ids of its objects."""
    rooms = [owner.create_channel(galaxy, name)["id"] for name in ("one", "two")]
    everything, exact, prefix, one_room = receivers
    subscribe(owner, galaxy, everything, "*")
    subscribe(owner, galaxy, exact, "channel.updated")
    subscribe(owner, galaxy, prefix, "member.*")
    subscribe(owner, galaxy, one_room, "channel.*", channelIds=[rooms[0]])
    person = cosmos.person()
    steps = [
        ("member.joined", lambda: cosmos.join(galaxy, person)),
        ("channel.updated", lambda: owner.change(f"/galaxy/{galaxy}/channels/{rooms[0]}", topic="x")),
        ("channel.updated", lambda: owner.change(f"/galaxy/{galaxy}/channels/{rooms[1]}", topic="x")),
        ("member.left", lambda: person.remove(f"/galaxy/{galaxy}/members/{person.subject}")),
        ("galaxy.updated", lambda: nothing(cosmos.signer.event("galaxy.updated", {"id": galaxy, "name": "New"}))),
        ("channel.deleted", lambda: owner.remove(f"/galaxy/{galaxy}/channels/{rooms[0]}")),
    ]
    for number, (_, step) in enumerate(steps):
        step()
        everything.wait_for(number + 2)
    assert kinds(everything) == [kind for kind, _ in steps]
    for receiver in (exact, prefix, one_room):
        receiver.wait_for(3)
    assert (kinds(exact), kinds(prefix)) == (["channel.updated"] * 2, ["member.joined", "member.left"])
    assert kinds(one_room) == ["channel.updated", "channel.deleted"]
    assert {delivery.data.get("channelId", rooms[0]) for delivery in one_room.deliveries} == {rooms[0]}
    assert {delivery.data["galaxyId"] for delivery in everything.deliveries} == {galaxy}
    assert {delivery.data.get("userId", person.subject) for delivery in prefix.deliveries} == {person.subject}
    assert everything.of("galaxy.updated")[0].data["galaxy"]["name"] == "New"


def test_what_came_and_went_is_told_all_the_same(cosmos, galaxy, owner, receiver):
    """8.3: "outbox row written in the transaction that caused the event", "At least once": also when its object is gone before it is sent."""
    subscribe(owner, galaxy, receiver, "channel.*", "member.*")
    people = [cosmos.person() for _ in range(6)]
    for person in people:
        cosmos.join(galaxy, person)
        nothing(cosmos.signer.delete(f"/galaxy/{galaxy}/members/{person.subject}"))
        owner.remove(f"/galaxy/{galaxy}/channels/{owner.create_channel(galaxy)['id']}")
    # Several are under way at a time: the last to be told need not be the last that happened.
    for kind in ("channel.created", "channel.deleted", "member.joined", "member.left"):
        receiver.wait_for(6, matching=lambda delivery: delivery.type == kind)
        assert len(receiver.of(kind)) == 6


def test_messages_are_sent_whichever_api_they_come_through(cosmos, galaxy, owner, receiver):
    """8.1: message.created, message.updated, message.deleted; DESIGN.md 7: one community."""
    room = owner.create_channel(galaxy)["id"]
    local = register(cosmos.server)
    cosmos.join(galaxy, local.user_id)
    subscribe(owner, galaxy, receiver, "message.*")
    said = local.say(room, "hello \U0001f99c")
    created = receiver.expect("message.created")
    assert (created.data["channelId"], created.data["messageId"]) == (room, said["message_id"])
    assert created.data["message"]["content"] == "hello \U0001f99c"
    local.edit(said, "changed")
    assert receiver.expect("message.updated").data["message"]["content"] == "changed"
    local.remove(f"/channels/{room}/messages/{said['message_id']}")
    deleted = receiver.expect("message.deleted")
    assert deleted.data["messageId"] == said["message_id"] and "content" not in str(deleted.data)


def test_a_large_event_is_thin(engine, new_cosmos, receiver):
    """8.2: "Over 20480 bytes => thin: ids plus `"truncated":true`"; a long message of Dawchat, in the home space, which is a galaxy too."""
    # Dawchat's cookies come back over https only where that is the public address.
    world = new_cosmos(engine, {"server.public_url": "http://galaxy.example.com"})
    root = administrator(world.server)
    channel = root.make_channel()["channelId"]
    token = succeeded(Api(world.server).post("/auth/login", {"username": root.username, "password": root.password}))["access_token"]
    caller = world.holder(token)
    home = Api(world.server, token).get("/servers").json()[0]["server_id"]
    subscribe(caller, home, receiver, "message.created")
    root.say(channel, "\U0001f99c" * 4_000)
    assert receiver.expect("message.created").data["message"]["content"] == "\U0001f99c" * 4_000
    said = root.say(channel, "\U0001f99c" * 8_192)
    thin = receiver.expect("message.created", nth=2)
    assert thin.data == {"galaxyId": home, "channelId": str(channel), "messageId": str(said["messageId"]), "truncated": True}


def give_webhooks(server, space, account):
    """Gives somebody a role that manages webhooks and nothing else, which no route of the API makes yet."""
    server.kill()
    execute(
        server,
        f"INSERT INTO roles (id, space_id, kind, name, permissions, position, created_at) VALUES (7, {space}, 0, 'hooks', {MANAGE_WEBHOOKS}, 3, 0)",
        f"INSERT INTO member_roles (space_id, account_id, role_id) VALUES ({space}, {account.user_id}, 7)",
    )
    server.start()


def test_what_the_creator_does_not_see_is_not_sent(engine, new_cosmos, receiver):
    """8.1: "a channel event goes out only if the endpoint's creator has VIEW_CHANNEL there at that moment (message.*: also READ_MESSAGE_HISTORY)"."""
    world = new_cosmos(engine)
    keeper, boss = (register(world.server, name) for name in ("keeper", "boss"))
    nest = boss.create_server("Nest")
    place, open_room = nest["server_id"], nest["channels"][0]["channel_id"]
    boss.add(place, keeper)
    give_webhooks(world.server, place, keeper)
    caller, ruler = world.holder(keeper.access_token), world.holder(boss.access_token)
    hidden, blind = (ruler.create_channel(place, name)["id"] for name in ("hidden", "blind"))
    ruler.set_override(place, hidden, MEMBER_DENY, keeper.user_id, VIEW_CHANNEL)
    ruler.set_override(place, blind, MEMBER_DENY, keeper.user_id, READ_MESSAGE_HISTORY)
    subscribe(caller, place, receiver, "*")
    for room in (hidden, blind):
        boss.say(room, "a secret sentence")
    ruler.change(f"/galaxy/{place}/channels/{hidden}", topic="a secret sentence")
    boss.say(open_room, "the end")
    assert receiver.expect("message.created").data["channelId"] == open_room
    time.sleep(0.5)
    assert not any(b"a secret sentence" in delivery.body for delivery in receiver.deliveries)
    assert hidden not in [delivery.data.get("channelId") for delivery in receiver.deliveries]


def test_a_creator_who_may_not_any_more_sends_nothing(cosmos, receiver):
    """8.1: "loss of MANAGE_WEBHOOKS disables it"; reason creator_lost_permission."""
    boss, keeper = register(cosmos.server, "boss"), register(cosmos.server, "keeper")
    nest = boss.create_server("Nest")
    place, room = nest["server_id"], nest["channels"][0]["channel_id"]
    boss.add(place, keeper)
    boss.promote(place, keeper)
    caller, ruler = cosmos.holder(keeper.access_token), cosmos.holder(boss.access_token)
    hook = subscribe(caller, place, receiver, "message.created")["id"]
    boss.promote(place, keeper, "member")
    boss.say(room, "not for you")
    wait_until(lambda: ok(ruler.get(hooks(place, hook)))["state"] == "disabled")
    assert ok(ruler.get(hooks(place, hook)))["disabledReason"] == "creator_lost_permission"
    assert receiver.of("message.created") == []
    problem(caller.get(hooks(place, hook)), 4202)


def test_an_event_shows_a_channel_as_its_creator_sees_it(cosmos, galaxy, owner, receiver):
    """8.2: "the object as its own GET would show it to the creator"."""
    room = owner.create_channel(galaxy)["id"]
    subscribe(owner, galaxy, receiver, "channel.updated")
    shown = owner.change(f"/galaxy/{galaxy}/channels/{room}", topic="x", defaultPermissions=PRIVATE)
    assert is_channel(receiver.expect("channel.updated").data["channel"]) == shown


# Secrets


def test_both_secrets_sign_while_they_overlap(cosmos, galaxy, owner, receiver):
    """8.1: rotate: "new secret returned; both secrets sign during the overlap"."""
    made = subscribe(owner, galaxy, receiver, scheme="v1")
    hook, old = made["id"], made["secret"]
    new = ok(owner.post(hooks(galaxy, hook, "rotate"), {"overlapSeconds": 3_600}))["secret"]
    assert new != old
    owner.create_channel(galaxy)
    delivery = receiver.expect("channel.created")
    signed = (delivery.id, delivery.timestamp, delivery.body)
    assert set(delivery.signatures) == {sign_v1(old, *signed), sign_v1(new, *signed)}
    newest = ok(owner.post(hooks(galaxy, hook, "rotate"), {"overlapSeconds": 0}))["secret"]
    receiver.forget()
    owner.create_channel(galaxy)
    delivery = receiver.expect("channel.created")
    assert sign_v1(newest, delivery.id, delivery.timestamp, delivery.body) in delivery.signatures
    assert sign_v1(new, delivery.id, delivery.timestamp, delivery.body) not in delivery.signatures


@pytest.mark.parametrize("seconds", [-1, 604_801, "x", 1.5, True])
def test_an_overlap_has_limits(cosmos, galaxy, owner, receiver, seconds):
    """8.1: "{overlapSeconds 0..604800, default 86400}"."""
    hook = subscribe(owner, galaxy, receiver)["id"]
    invalid(owner.post(hooks(galaxy, hook, "rotate"), {"overlapSeconds": seconds}), "/overlapSeconds")


def test_secrets_are_not_kept_in_the_open(engine, new_cosmos, receiver):
    """House rule: what can be used is not readable in the data folder's database as it is shown, where only a hash is needed it is a hash."""
    world = new_cosmos(engine)
    owner = world.operator()
    galaxy = world.galaxy(owner)
    session = ok(owner.post("/session"))["token"]
    channel = owner.create_channel(galaxy)["id"]
    inbound = owner.create(f"/galaxy/{galaxy}/channels/{channel}/webhooks", {"name": "ci"})["token"]
    world.server.stop()
    stored = b"".join(path.read_bytes() for path in world.server.data.rglob("*") if path.is_file())
    for secret in (session, session.removeprefix("cst_"), inbound):
        assert secret.encode() not in stored


# All galaxies


def test_the_operator_s_own_endpoint_hears_of_all_galaxies(engine, new_cosmos, receiver):
    """9.7: "System outbound: an operator-configured endpoint (`systemWebhooks`) with scheme v1a, all galaxies"."""
    world = new_cosmos(engine, {"webhooks.system": [{"url": receiver.url("/system"), "events": ["channel.created", "member.*"]}]})
    galaxies = []
    for _ in range(2):
        owner = world.operator()
        galaxies.append(world.galaxy(owner))
        owner.create_channel(galaxies[-1])
    first, second = receiver.wait_for(2, matching=lambda delivery: delivery.type == "channel.created")
    assert {first.data["galaxyId"], second.data["galaxyId"]} == set(galaxies) and first.path == "/system"
    [signature] = first.signatures
    [key] = world.anonymous.get("/.well-known/jwks.json").json()["keys"]
    assert is_signed_v1a(public_key_text(from_base64url(key["x"])), signature, first.id, first.timestamp, first.body)
