"""Fixtures: servers, people and sockets. Servers are shared by all tests that do not need one of their own."""

import os
import sys

import pytest

from support.api import Api, register
from support.cosmos import World
from support.cosmos_peers import Receiver
from support.database import postgres_url
from support.event_stream import StreamFactory
from support.faults import SteppedClock
from support.gateway import GatewayFactory
from support.peer_server import FakePeer
from support.peers import AMONG_US, Network
from support.reileta import administrator, join
from support.reileta_socket import SocketFactory
from support.server import RoostServer, binary

ENGINES = ("sqlite", "postgresql")
MARKS = {"postgresql": pytest.mark.postgresql}


def pytest_addoption(parser):
    parser.addoption("--sqlite-only", action="store_true", help="leave out what needs the PostgreSQL that ROOST_TEST_POSTGRES names")
    parser.addoption("--long", action="store_true", help="test faults for minutes rather than seconds, with more clients")


def pytest_configure(config):
    config.addinivalue_line("markers", "postgresql: needs the PostgreSQL that ROOST_TEST_POSTGRES names")
    config.addinivalue_line("markers", "linux: does what only Linux lets one do to a process")
    config.addinivalue_line("markers", "alone: measures what others would delay, or makes a load that delays others; scripts/test runs it after the rest")
    # Nothing is passed over without a word: what is left out was asked for, or cannot be on this system.
    if not config.getoption("--sqlite-only") and not postgres_url():
        raise pytest.UsageError("ROOST_TEST_POSTGRES names no PostgreSQL: scripts/test starts one, --sqlite-only leaves it out")


def pytest_collection_modifyitems(config, items):
    def is_left_out(item):
        if item.get_closest_marker("postgresql") and config.getoption("--sqlite-only"):
            return True
        return item.get_closest_marker("linux") is not None and not sys.platform.startswith("linux")

    left_out = [item for item in items if is_left_out(item)]
    items[:] = [item for item in items if not is_left_out(item)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)


@pytest.fixture(scope="session")
def long(request):
    """Whether there is time for the long form of a test."""
    return request.config.getoption("--long")


def pytest_generate_tests(metafunc):
    """Runs what uses `engine` on both engines; a module whose subject has nothing to do with storage names its own in ENGINES."""
    if "engine" in metafunc.fixturenames:
        names = getattr(metafunc.module, "ENGINES", ENGINES)
        metafunc.parametrize("engine", [pytest.param(name, marks=MARKS.get(name, ())) for name in names], scope="session", indirect=True)


@pytest.fixture(scope="session")
def roost_binary():
    path = binary()
    if not os.access(path, os.X_OK):
        pytest.fail(f"there is no server at {path}: build it, or name it with ROOST_BINARY", pytrace=False)
    return path


@pytest.fixture(scope="session")
def engine(request):
    """`sqlite` or `postgresql`."""
    return request.param


@pytest.fixture(scope="session")
def server(engine, roost_binary, tmp_path_factory):
    """The server that most tests share. When they are through it must still run, and stop in order."""
    server = RoostServer(tmp_path_factory.mktemp(f"shared-{engine}"), engine)
    try:
        server.start()
        yield server
        assert server.is_running(), f"the shared server has ended:\n{server.log[-4000:]}"
        assert server.stop() == 0
    finally:
        server.dispose()


@pytest.fixture(scope="module")
def mortal(engine, roost_binary, tmp_path_factory):
    """A server of the module's own, which its tests may kill and start again."""
    server = RoostServer(tmp_path_factory.mktemp(f"mortal-{engine}"), engine)
    try:
        yield server.start()
    finally:
        server.dispose()


@pytest.fixture
def new_server(roost_binary, tmp_path):
    """Makes servers of the test's own: `new_server(engine, {"path": "value"})`; `start=False` leaves the start to the test.

    What else is named goes to `RoostServer`.
    """
    made = []

    def make(engine="sqlite", settings=None, *, start=True, **more):
        folder = tmp_path / f"server{len(made)}"
        folder.mkdir()
        server = RoostServer(folder, engine, settings, **more)
        made.append(server)
        return server.start() if start else server

    yield make
    for server in made:
        server.dispose()


@pytest.fixture(scope="session")
def cosmos(engine, roost_binary, tmp_path_factory):
    """The server with a metadata server and an identity server that most tests of Cosmos share."""
    world = World()
    server = world.server = RoostServer(tmp_path_factory.mktemp(f"cosmos-{engine}"), engine, world.settings())
    try:
        server.start()
        yield world
        assert server.is_running(), f"the shared server has ended:\n{server.log[-4000:]}"
        assert server.stop() == 0
    finally:
        server.dispose()
        world.end()


@pytest.fixture
def new_cosmos(new_server, tmp_path):
    """Makes a world of the test's own: `new_cosmos(engine, {"path": value}, world=World(metadata=False))`.

    With `clocked=True` its time can be set (`world.step`); that is possible on Linux only.
    """
    made = []

    def make(engine="sqlite", settings=None, *, world=None, clocked=False, **more):
        world = world or World()
        made.append(world)
        if clocked:
            world.clock = SteppedClock(tmp_path)
            more["environment"] = world.clock.environment
        world.server = new_server(engine, world.settings(**(settings or {})), **more)
        return world

    yield make
    for world in made:
        world.end()


@pytest.fixture(scope="session")
def registry(engine, roost_binary, tmp_path_factory):
    """The server with an administrator (`registry.warden`) that most tests of Reileta share."""
    yield from _registry(RoostServer(tmp_path_factory.mktemp(f"registry-{engine}"), engine))


@pytest.fixture(scope="session")
def bare(engine, roost_binary, tmp_path_factory):
    """A server like `registry` whose people may do nothing but log in (contracts/reileta.md 1.3: permissions are tags)."""
    yield from _registry(RoostServer(tmp_path_factory.mktemp(f"bare-{engine}"), engine, {"reileta.default_tags": '["avr:login_user"]'}))


def _registry(server):
    try:
        server.start()
        server.warden = administrator(server)
        yield server
        assert server.is_running(), f"the shared server has ended:\n{server.log[-4000:]}"
        assert server.stop() == 0
    finally:
        server.dispose()


@pytest.fixture
def warden(registry):
    """The administrator of `registry`."""
    return registry.warden


@pytest.fixture
def person(registry):
    """Somebody new in `registry`."""
    return join(registry, "person")


@pytest.fixture
def somebody(registry):
    """Somebody else who is new in `registry`."""
    return join(registry, "other")


@pytest.fixture
def connect():
    """Opens sockets of Reileta that end with the test: `connect(person)`, `connect.guest(server)`, `connect.open(server, ...)`."""
    factory = SocketFactory()
    yield factory
    factory.end()


@pytest.fixture(scope="session")
def home(engine, roost_binary, tmp_path_factory):
    """A server like `registry` that knows the servers of this machine."""
    yield from _registry(RoostServer(tmp_path_factory.mktemp(f"home-{engine}"), engine, AMONG_US))


@pytest.fixture
def robin(home):
    """Somebody new in `home`."""
    return join(home, "robin")


@pytest.fixture
def new_peer():
    """Makes servers that the test plays: `new_peer()`."""
    made = []

    def make(*words, **more):
        made.append(FakePeer(*words, **more))
        return made[-1]

    yield make
    for peer in made:
        peer.end()
        assert not peer.defects, peer.defects


@pytest.fixture
def peer(new_peer):
    """A server that the test plays, which nobody knows yet."""
    return new_peer()


@pytest.fixture
def network(roost_binary, tmp_path):
    """Servers of the test's own with addresses that stay: `network.add()`."""
    network = Network(tmp_path)
    yield network
    network.end()


@pytest.fixture
def receiver():
    """Somebody who receives webhooks."""
    receiver = Receiver()
    yield receiver
    receiver.end()


@pytest.fixture
def stranger(server):
    """The API without a token."""
    return Api(server)


@pytest.fixture
def account(server):
    """Somebody new on the shared server."""
    return register(server)


@pytest.fixture
def owner(server):
    """Somebody new who is going to own a server."""
    return register(server, "owner")


@pytest.fixture
def member(server):
    """Somebody new who is going to join."""
    return register(server, "member")


@pytest.fixture
def outsider(server):
    """Somebody new who never joins."""
    return register(server, "outsider")


@pytest.fixture
def nest(owner, member):
    """A server (detail form) of `owner` that `member` has joined."""
    return member.join(owner.invite(owner.create_server()["server_id"]))


@pytest.fixture
def admin(server, owner, nest):
    """Somebody new who is an administrator of `nest`."""
    admin = register(server, "admin")
    admin.join(owner.invite(nest["server_id"]))
    owner.promote(nest["server_id"], admin)
    return admin


@pytest.fixture
def room(nest):
    """The id of the text channel of `nest`."""
    return nest["channels"][0]["channel_id"]


@pytest.fixture
def gateway():
    """Opens sockets that end with the test: `gateway(account)`, `gateway.open(server, query=...)`, `gateway.resume(...)`."""
    factory = GatewayFactory()
    yield factory
    factory.end()


@pytest.fixture
def listen():
    """Opens event streams that end with the test: `listen(person)`, `listen.come_back(stream)`."""
    factory = StreamFactory()
    yield factory
    factory.end()
