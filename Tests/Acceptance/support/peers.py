"""Several Roost servers with addresses of their own, which know one another (contracts/reileta.md 3)."""

import contextlib
import socket
import time

from .faults import SteppedClock
from .nginx import GATEWAY, Nginx
from .reileta import Reileta, administrator, join
from .server import RoostServer

#: Peers of the tests are reached without TLS, on this machine.
AMONG_US = {"reileta.allow_insecure_peers": "true"}
#: "A deadline of 5 s per request to another server, 10 s for the whole", with room for a busy machine.
PATIENCE = 20


class PeerServer(RoostServer):
    """A Roost with an address that stays over restarts. `url` is where its clients reach it: the gateway, where it has one."""

    def __init__(self, folder, host, engine="sqlite", settings=None, *, behind_gateway=False, clocked=False):
        self.host, self.inner_port = host, free_port(host)
        inner = f"http://{host}:{self.inner_port}"
        self.gateway = Nginx(GATEWAY, host=host, target=inner).start() if behind_gateway else None
        self.address = (self.gateway.url if self.gateway else inner).removeprefix("http://")
        self.clock = SteppedClock(folder) if clocked else None
        named = {"server.public_url": inner, "reileta.address": self.address}
        if self.gateway:
            # What it would say by itself leads nowhere: who finds it has believed the gateway.
            named |= {"server.public_url": f"http://{host}:1", "server.trusted_proxies": '["127.0.0.0/8"]'}
        super().__init__(
            folder, engine, AMONG_US | named | (settings or {}), environment=self.clock.environment if self.clock else None,
            listen=f"{host}:{self.inner_port}",
        )
        self._warden = None

    def start(self):
        super().start()
        if self.gateway:
            self.url = self.gateway.url
        return self

    @property
    def warden(self):
        """The administrator."""
        self._warden = self._warden or administrator(self)
        return self._warden

    def dispose(self):
        super().dispose()
        if self.gateway:
            self.gateway.dispose()


class Network:
    """Makes servers, the first at 127.0.0.2, the next at 127.0.0.3 and so on, and ends them."""

    def __init__(self, folder, engine="sqlite"):
        self.folder, self.engine = folder, engine
        self.servers = []

    def add(self, settings=None, *, start=True, **more):
        folder = self.folder / f"peer{len(self.servers)}"
        folder.mkdir()
        server = PeerServer(folder, f"127.0.0.{len(self.servers) + 2}", self.engine, settings, **more)
        self.servers.append(server)
        return server.start() if start else server

    def end(self):
        for server in self.servers:
            server.dispose()


def free_port(host):
    """A port of this address on which nobody listens."""
    with socket.create_server((host, 0)) as listening:
        return listening.getsockname()[1]


def token_for(person, server):
    """What somebody's home gives for coming to the server (3.4): the whole of the answer."""
    answer = person.post("/integrity", {"server": server.address})
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


class Visitor(Reileta):
    """Somebody of another server, by the token that it has here."""

    def __init__(self, server, person, token=None):
        super().__init__(server, token or token_for(person, server)["token"])
        self.person = person

    def enter(self, connect, instance, **more):
        """A socket of the visitor that is in the instance: it, and the answer."""
        socket = self.socket(connect)
        return socket, socket.ask("instance-join", instance=instance["id"], **more)

    def socket(self, connect):
        socket = connect.open(self.server)
        socket.ask("authenticate", integrity=self.token)
        socket.drain("authenticated")
        return socket


def new_host(server, **members):
    """Somebody new on the server with a public world and a public instance of it: all three."""
    person = join(server, "host")
    world = person.make_world(tags=["avr:public"])
    return person, world, person.make_instance(world, tags=["avr:public"], **members)


@contextlib.contextmanager
def in_time(limit=PATIENCE):
    """What is asked here may fail, but not hang."""
    begin = time.monotonic()
    yield
    took = time.monotonic() - begin
    assert took < limit, f"it took {took:.1f} s"
