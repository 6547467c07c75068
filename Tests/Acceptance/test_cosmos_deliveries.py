"""How webhooks are sent: attempts, receivers that fail, and servers that end in between (contracts/cosmos.md 8.3, 8.4)."""

import time

import pytest

from support.cosmos import ids, is_time, ok, problem
from support.cosmos_peers import Receiver, closed_port, http_date
from support.cosmos_webhooks import deliveries, hooks, state_of, subscribe, wait_until
from support.standard_webhooks import sign_v1

#: So long, in seconds, what was on its way when the server ended may be taken for somebody else's work (docs/decisions/0011).
LEASE = 90


@pytest.fixture
def owner(cosmos):
    return cosmos.operator()


@pytest.fixture
def galaxy(cosmos, owner):
    return cosmos.galaxy(owner)


def test_a_receiver_that_fails_is_asked_again(cosmos, galaxy, owner, receiver):
    """8.3: "At least once"; 8: "webhook-id (same for all retries of one event)", the timestamp is "of the attempt"; the list of attempts tells."""
    made = subscribe(owner, galaxy, receiver, scheme="both")
    receiver.script = [500, (302, [("Location", receiver.url("/redirected"))]), "close", 204]
    room = owner.create_channel(galaxy)["id"]
    # The usual schedule of the tests has four attempts within a second.
    attempts = receiver.wait_for(4, matching=lambda delivery: delivery.type == "channel.created")
    assert len({attempt.id for attempt in attempts}) == 1 and len({attempt.body for attempt in attempts}) == 1
    assert int(attempts[-1].timestamp) > int(attempts[0].timestamp)
    for attempt in attempts:
        assert attempt.signatures[0] == sign_v1(made["secret"], attempt.id, attempt.timestamp, attempt.body)
        assert attempt.data["channelId"] == room and attempt.path == "/hook"
    told = wait_until(lambda: len(found := [d for d in deliveries(owner, galaxy, made["id"]) if d["type"] == "channel.created"]) == 4 and found)
    assert sorted(entry["attempt"] for entry in told) == [1, 2, 3, 4]
    assert {204, 500, 302} <= {entry.get("status") for entry in told} | {entry.get("statusCode") for entry in told}
    for entry in told:
        is_time(entry["at"])
        assert entry["webhookId"] == attempts[0].id or entry["webhookId"] == made["id"]
        assert type(entry["durationMs"]) is int and "body" not in entry
    wait_until(lambda: ok(owner.get(hooks(galaxy, made["id"])))["firstFailureAt"] is None)


def test_an_exhausted_delivery_is_sent_again_on_request(cosmos, galaxy, owner, receiver):
    """8.3: "Then "exhausted""; 8.1: redeliver: "same webhook-id, fresh timestamp", recover: "re-queues failed ones"."""
    hook = subscribe(owner, galaxy, receiver, "channel.created")["id"]
    receiver.script = [500] * 4
    owner.create_channel(galaxy)
    attempts = receiver.wait_for(4, matching=lambda delivery: delivery.type == "channel.created")
    failed = wait_until(lambda: len(found := [d for d in deliveries(owner, galaxy, hook) if d["type"] == "channel.created"]) == 4 and found)
    time.sleep(1.5)
    assert len(receiver.of("channel.created")) == 4, "nobody goes on after the last delay"
    assert ok(owner.get(hooks(galaxy, hook)))["firstFailureAt"] is not None
    answer = owner.post(hooks(galaxy, hook, "deliveries", str(failed[0]["id"]), "redeliver"))
    assert answer.status_code == 202, answer.text
    again = receiver.expect("channel.created", nth=5)
    assert again.id == attempts[0].id and again.body == attempts[0].body and int(again.timestamp) >= int(attempts[-1].timestamp)
    receiver.script = [500] * 4
    owner.create_channel(galaxy)
    receiver.expect("channel.created", nth=9)
    time.sleep(0.3)
    recovered = owner.post(hooks(galaxy, hook, "recover"), {"since": "2026-01-01T00:00:00Z"})
    assert recovered.status_code in (200, 202, 204) or recovered.json()["code"] == 4400, recovered.text
    if recovered.status_code == 400:
        since = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 3_600))
        assert owner.post(hooks(galaxy, hook, "recover"), {"since": since}).status_code in (200, 202, 204)
    assert receiver.expect("channel.created", nth=10).id not in (attempts[0].id,)
    problem(owner.post(hooks(galaxy, hook, "deliveries", "999", "redeliver")), 4304)


def test_a_receiver_that_is_gone_is_left_alone(cosmos, galaxy, owner, receiver):
    """8.3: "410 => disable now, reason gone; pending dropped"; 8.4: "Re-enable by PATCH"."""
    hook = subscribe(owner, galaxy, receiver, "channel.created")["id"]
    receiver.usual = 410
    owner.create_channel(galaxy)
    receiver.expect("channel.created")
    wait_until(lambda: state_of(owner, galaxy, hook) == "disabled")
    assert ok(owner.get(hooks(galaxy, hook)))["disabledReason"] == "gone"
    owner.create_channel(galaxy)
    time.sleep(1.5)
    assert len(receiver.of("channel.created")) == 1
    receiver.usual = 204
    owner.change(hooks(galaxy, hook), enabled=True)
    wait_until(lambda: state_of(owner, galaxy, hook) == "active")
    owner.create_channel(galaxy, "back")
    assert receiver.expect("channel.created", nth=2).data["channel"]["name"] == "back"


@pytest.mark.parametrize("status,value", [(429, "30"), (503, "date"), (500, "30")])
def test_a_receiver_says_when_to_come_back(cosmos, galaxy, owner, receiver, status, value):
    """8.3: "Retry-After (seconds or date) on any failure: next attempt not earlier"; 429 and 503 pause the endpoint for all its deliveries."""
    subscribe(owner, galaxy, receiver, "channel.created")
    receiver.script = [(status, [("Retry-After", http_date(30) if value == "date" else value)])]
    owner.create_channel(galaxy)
    receiver.expect("channel.created")
    time.sleep(0.5)
    if status != 500:
        owner.create_channel(galaxy)
    time.sleep(2)
    assert len(receiver.of("channel.created")) == 1, "the schedule says at once, the receiver says 30 seconds"


def test_a_receiver_that_hangs_does_not_hold_up_others(cosmos, galaxy, owner, receiver):
    """8.3: "At most 4 in flight per endpoint": one that never answers costs others nothing."""
    slow = Receiver()
    try:
        subscribe(owner, galaxy, slow, "channel.created")
        subscribe(owner, galaxy, receiver, "channel.created")
        slow.usual = "hang"
        for _ in range(8):
            owner.create_channel(galaxy)
        receiver.wait_for(8, 10, matching=lambda delivery: delivery.type == "channel.created")
        assert len(slow.of("channel.created")) <= 4 and slow.most_in_flight <= 4
    finally:
        slow.end()


def test_an_answer_is_not_read_to_its_end(cosmos, galaxy, owner, receiver):
    """8.5, rule 4: "read at most 4 KiB of it and discard": a receiver that answers without end is as good as any."""
    hook = subscribe(owner, galaxy, receiver, "channel.created")["id"]
    receiver.script = ["flood"]
    owner.create_channel(galaxy)
    receiver.expect("channel.created")
    entry = wait_until(lambda: [d for d in deliveries(owner, galaxy, hook) if d["type"] == "channel.created"], 10)[0]
    assert entry["durationMs"] < 5_000
    owner.create_channel(galaxy)
    receiver.expect("channel.created", nth=2)


@pytest.mark.linux
def test_a_receiver_that_is_down_gets_everything_later(engine, new_cosmos, receiver):
    """8.3: "Durable queue": down at first, and the server killed in between; all events come, in the end each at least once."""
    world = new_cosmos(engine, {"webhooks.retry_schedule_seconds": [0, 2, 2, 2, 2, 2]}, clocked=True)
    owner = world.operator()
    galaxy = world.galaxy(owner)
    subscribe(owner, galaxy, receiver, "channel.created")
    receiver.usual = 500
    made = {owner.create_channel(galaxy, f"room {number}")["id"] for number in range(10)}
    receiver.expect("channel.created")
    world.server.restart()
    made |= {owner.create_channel(galaxy, f"more {number}")["id"] for number in range(5)}
    world.server.kill()
    receiver.usual = 204
    receiver.forget()
    world.server.start()
    world.step(LEASE)
    receiver.wait_for(15, 20, matching=lambda delivery: delivery.type == "channel.created")
    wait_until(lambda: {delivery.data["channelId"] for delivery in receiver.of("channel.created")} == made)
    for identifier in {delivery.id for delivery in receiver.of("channel.created")}:
        assert len({delivery.body for delivery in receiver.of("channel.created") if delivery.id == identifier}) == 1


@pytest.mark.linux
def test_nothing_acknowledged_is_lost_by_a_kill(engine, new_cosmos, receiver):
    """docs/decisions/0011: "an event is never skipped, and never doubled in the queue", wherever the process dies."""
    world = new_cosmos(engine, clocked=True)
    owner = world.operator()
    galaxy = world.galaxy(owner)
    subscribe(owner, galaxy, receiver, "channel.created")
    made = set()
    for round_number in range(3):
        made |= {owner.create_channel(galaxy, f"{round_number}.{number}")["id"] for number in range(8)}
        world.server.restart()
    world.step(LEASE)
    wait_until(lambda: {delivery.data["channelId"] for delivery in receiver.of("channel.created")} == made)
    by_channel = {}
    for delivery in receiver.of("channel.created"):
        by_channel.setdefault(delivery.data["channelId"], set()).add(delivery.id)
    assert all(len(identifiers) == 1 for identifiers in by_channel.values()), "one event has one webhook-id"


@pytest.mark.linux
def test_an_orderly_stop_does_not_wait_for_slow_receivers(new_cosmos, receiver):
    """contracts/configuration.md: "SIGTERM and SIGINT drain and stop"; what was not delivered is sent after the next start."""
    world = new_cosmos(clocked=True)
    owner = world.operator()
    galaxy = world.galaxy(owner)
    subscribe(owner, galaxy, receiver, "channel.created")
    receiver.script = ["hang"]
    room = owner.create_channel(galaxy)["id"]
    receiver.expect("channel.created")
    assert world.server.stop(within=12) == 0
    world.server.start()
    world.step(LEASE)
    assert receiver.expect("channel.created", nth=2).data["channelId"] == room


@pytest.mark.linux
def test_a_receiver_that_fails_for_days_is_switched_off(new_cosmos, receiver):
    """8.4: "Disabled "failing" when now - firstFailureAt >= 5 days and at least 3 attempts failed over at least 12 h with no success in between"."""
    day = 86_400
    world = new_cosmos(settings={"webhooks.retry_schedule_seconds": [0, 86_400, 86_400, 86_400, 86_400, 86_400, 86_400, 86_400]}, clocked=True)
    owner = world.operator()
    galaxy = world.galaxy(owner)
    hook = subscribe(owner, galaxy, receiver, "channel.created")["id"]
    receiver.usual = 500
    look = lambda: world.holder(owner.new_token())  # noqa: E731
    owner.create_channel(galaxy)
    for attempt in range(1, 5):
        # It is the server's own time of the failure that counts.
        wait_until(lambda: len([d for d in deliveries(look(), galaxy, hook) if d["type"] == "channel.created"]) == attempt)
        assert state_of(look(), galaxy, hook) == "active"
        world.step(day + day // 4)
    receiver.expect("channel.created", nth=5)
    wait_until(lambda: state_of(look(), galaxy, hook) == "disabled")
    assert ok(look().get(hooks(galaxy, hook)))["disabledReason"] == "failing"


def test_testing_sends_a_ping(cosmos, galaxy, owner, receiver):
    """8.1: "POST .../:wid/test: 202, sends webhook.ping"; a pending one becomes active by it."""
    receiver.script = [500] * 4
    hook = owner.create(hooks(galaxy), {"url": receiver.url(), "events": ["*"]})["id"]
    receiver.expect("webhook.ping", nth=4)
    owner.create_channel(galaxy)
    assert state_of(owner, galaxy, hook) == "pending"
    answer = owner.post(hooks(galaxy, hook, "test"))
    assert answer.status_code == 202, answer.text
    receiver.expect("webhook.ping", nth=5)
    wait_until(lambda: state_of(owner, galaxy, hook) == "active")


def test_nobody_listening_is_a_failure_like_others(cosmos, galaxy, owner):
    """8.3: "other status, timeout, DNS, TLS, reset => failure"; 8.5, rule 4: "Same message for refused, unreachable and failed"."""
    url = f"http://127.0.0.1:{closed_port()}/"
    hook = owner.create(hooks(galaxy), {"url": url, "events": ["*"]})["id"]
    entry = wait_until(lambda: deliveries(owner, galaxy, hook))[0]
    assert entry["type"] == "webhook.ping" and "127.0.0.1" not in str(entry)
    assert state_of(owner, galaxy, hook) == "pending"


def test_attempts_are_listed_in_pages(cosmos, galaxy, owner, receiver):
    """8.1: "GET .../:wid/deliveries?status=&before=&limit<=100"."""
    hook = subscribe(owner, galaxy, receiver)["id"]
    for _ in range(5):
        owner.create_channel(galaxy)
    everything = wait_until(lambda: len(found := deliveries(owner, galaxy, hook)) == 6 and found)
    assert ids(deliveries(owner, galaxy, hook, limit=2)) == ids(everything)[:2]
    assert ids(deliveries(owner, galaxy, hook, limit=2, before=everything[1]["id"])) == ids(everything)[2:4]
    for query in ("limit=0", "limit=101", "limit=x", "before=x%20y"):
        assert owner.get(hooks(galaxy, hook, f"deliveries?{query}")).status_code == 400, query
