"""How often one may ask (contracts/cosmos.md 10, "Rate limits")."""

import pytest

from support.cosmos import Metadata, ids, ok, problem
from support.cosmos_signing import Key
from support.limits import until_limited

ENGINES = ("sqlite",)
pytestmark = pytest.mark.alone
LIMITED = {"limits.rate": True, "server.trusted_proxies": ["127.0.0.0/8"]}


@pytest.fixture
def world(new_cosmos):
    """A world that counts; who comes through its proxy is told apart by address."""
    return new_cosmos(settings=LIMITED)


def from_address(address):
    return {"x-forwarded-for": address}


def limited(ask, count):
    """So many may ask in a minute; who asks more often is told so in full."""
    _, refusal = until_limited(ask, limit=count, seconds=60)
    problem(refusal, 4602)


def all_pass(ask, count):
    return all(ask(number).status_code != 429 for number in range(count))


def test_strangers_may_ask_60_times_a_minute(world):
    """10: "anonymous 60/min per address"; another address is another stranger."""
    ask = lambda address: world.anonymous.get("/galaxy/none", headers=from_address(address))  # noqa: E731
    limited(lambda _: ask("192.0.2.1"), 60)
    problem(ask("192.0.2.2"), 4300)


@pytest.mark.parametrize("first,second,same", [("2001:db8::1", "2001:db8::2", True), ("2001:db8::1", "2001:db8:0:1::1", False)])
def test_an_ipv6_network_is_one_stranger(world, first, second, same):
    """10: "IPv6 per /64"."""
    limited(lambda _: world.anonymous.get("/meta", headers=from_address(first)), 60)
    answer = world.anonymous.get("/meta", headers=from_address(second))
    assert (answer.status_code == 429) == same


def test_an_invented_address_does_not_help(new_cosmos):
    """10: X-Forwarded-For is believed only of a trusted proxy, "last untrusted hop"."""
    world = new_cosmos(settings={"limits.rate": True})
    limited(lambda number: world.anonymous.get("/meta", headers=from_address(f"192.0.2.{number}")), 60)
    world = new_cosmos(settings=LIMITED)
    limited(lambda number: world.anonymous.get("/meta", headers=from_address(f"203.0.113.{number}, 192.0.2.1")), 60)


def test_bad_credentials_are_tried_30_times_a_minute(world):
    """10: "failed auth 30/min per address then 429"; others at the same time are served."""
    owner = world.operator()
    galaxy = world.galaxy(owner)
    bad = lambda number: world.holder(f"cst_{number:043}").get(f"/galaxy/{galaxy}/members", headers=from_address("192.0.2.1"))  # noqa: E731
    limited(bad, 30)
    signer = Metadata(world, key=Key())
    limited(lambda _: signer.get("/galaxy/none", headers=from_address("192.0.2.3")), 30)
    ok(owner.get(f"/galaxy/{galaxy}/members", headers=from_address("192.0.2.2")))


def test_a_user_makes_ten_channels_a_minute(world):
    """10: "POST channels 10/min per user"; the metadata server is not meant."""
    owner, other = world.operator(), world.operator()
    galaxies = [world.galaxy(person) for person in (owner, other)]
    path = f"/galaxy/{galaxies[0]}/channels"
    made, _ = until_limited(lambda _: owner.post(path, {"name": "n", "type": 0}), limit=10, seconds=60)
    other.create_channel(galaxies[1])
    ok(world.signer.post(path, {"name": "n", "type": 0}), 201)
    assert len(ids(owner.channels(galaxies[0]))) == len(made) + 1


def test_a_user_asks_300_times_a_minute(world):
    """10: "user 300/min", whatever address they come from."""
    owner = world.operator()
    galaxy = world.galaxy(owner)
    ask = lambda number: owner.get(f"/galaxy/{galaxy}/channels", headers=from_address(f"192.0.2.{number % 200}"))  # noqa: E731
    limited(ask, 300)


def test_a_metadata_server_asks_more_often_than_people(world):
    """10: "S2S 600/min per source"; how many exactly is told by a test with a clock of its own."""
    galaxy = world.galaxy(world.operator())
    assert all_pass(lambda _: world.signer.get(f"/galaxy/{galaxy}"), 400)


def test_nobody_is_counted_when_limits_are_off(cosmos):
    """contracts/configuration.md: "false switches all rate limits off (tests, benchmarks)"."""
    assert all_pass(lambda _: cosmos.anonymous.get("/meta"), 100)
