"""What a server of Reileta says of itself and of others, and who changes it (contracts/reileta.md 2.1, 3.3, 4.1)."""

import urllib.parse

import pytest

from support.reileta import UNITY, Reileta, administrator, failed, good, join
from support.reileta_shapes import is_time, now

SERVER = {"id", "title", "description", "address", "gateways", "secure", "version", "ready_at", "icon", "created_at", "updated_at"}


@pytest.fixture
def stranger(registry):
    return Reileta(registry)


@pytest.fixture
def own(engine, new_server):
    """A server of the test's own, with its administrator."""
    server = new_server(engine, {"reileta.id": "nest-7", "reileta.address": "nest.example"})
    server.warden = administrator(server)
    return server


def is_server(server):
    """4.1: "send all of the above"."""
    assert SERVER - {"description"} <= set(server) <= SERVER, set(server)
    for name in ("id", "title", "address", "version", "icon"):
        assert isinstance(server[name], str) and server[name], name
    assert isinstance(server.get("description", ""), str) and type(server["secure"]) is bool
    for name in ("created_at", "updated_at", "ready_at"):
        is_time(server[name])
    assert {"http", "ws"} <= set(server["gateways"]) <= {"http", "ws", "proxy"} and all(isinstance(url, str) for url in server["gateways"].values())
    assert "://" not in server["address"] and urllib.parse.urlsplit("//" + server["address"]).hostname


# What it says


def test_a_server_says_who_it_is(registry, stranger):
    """2.1: "auth: anyone. `data` = Server"; 4.1: `http` = origin, `ws` = `ws(s)://.../api/ws` by default."""
    server = good(stranger.get("/server"))
    is_server(server)
    assert server["gateways"]["http"].rstrip("/") == registry.url and server["gateways"]["ws"] == registry.socket_url
    assert server["address"] == registry.url.removeprefix("http://") and server["secure"] is False
    assert server["ready_at"] <= now()


@pytest.mark.parametrize("agent,is_socket_io", [
    (UNITY, True), ("AVR/4.0.0 (Client;android)", True), ("AVR/1.0 (Unity/2022; windows)", False), ("AVR/4.0.0(Server; other.example)", False),
    ("Mozilla/5.0 AVR/1.0 (Client;x)", False), ("", False),
])  # fmt: skip
def test_the_first_clients_are_told_of_socket_io(registry, stranger, agent, is_socket_io):
    """4.1: "`http(s)://...` when the Socket.IO front is enabled *and* the caller's User-Agent matches `^AVR/.*\\(Client;`"."""
    gateways = good(stranger.get("/server", headers={"User-Agent": agent}))["gateways"]
    assert gateways["ws"].rstrip("/") == (registry.url if is_socket_io else registry.socket_url)
    assert gateways["http"].rstrip("/") == registry.url


def test_without_socket_io_all_are_told_of_the_socket(engine, new_server):
    """4.1: only "when the Socket.IO front is enabled"."""
    server = new_server(engine, {"reileta.socket_io": "false"})
    assert good(Reileta(server).get("/server", headers={"User-Agent": UNITY}))["gateways"]["ws"] == server.socket_url


def test_a_server_is_what_the_operator_says(engine, new_server):
    """contracts/configuration.md: "reileta.id / reileta.title / reileta.address / reileta.secure | server identity on the wire"."""
    named = {"id": "nest-7", "title": "The Nest", "address": "nest.example:3032", "secure": "true"}
    server = new_server(engine, {"server.public_url": "https://public.example"} | {f"reileta.{name}": value for name, value in named.items()})
    told = good(Reileta(server).get("/server"))
    is_server(told)
    assert (told["id"], told["title"], told["address"], told["secure"]) == ("nest-7", "The Nest", "nest.example:3032", True)
    # "server.public_url | canonical origin ... absolute URLs": the name of a server need not be where it is reached.
    assert told["gateways"]["http"].rstrip("/") == "https://public.example" and told["gateways"]["ws"] == "wss://public.example/api/ws"
    robin = join(server)
    assert robin.login["user"]["server"] == "nest.example:3032", "6.1: must be equal strings"


def test_a_secure_server_tells_secure_addresses_and_makes_secure_cookies(engine, new_server):
    """1.3: "Secure when `secure`"; 4.1: `wss` by the public address."""
    server = new_server(engine, {"server.public_url": "https://nest.example"})
    told = good(Reileta(server).get("/server"))
    assert told["secure"] is True and told["address"] == "nest.example"
    assert told["gateways"]["http"].rstrip("/") == "https://nest.example" and told["gateways"]["ws"] == "wss://nest.example/api/ws"
    robin = join(server)
    answer = Reileta(server).post("/auth/login", {"username": robin.username, "password": robin.password})
    assert "secure" in [part.strip().lower() for part in answer.headers["set-cookie"].split(";")]


# Of which server


def test_one_may_name_the_server_that_is_asked(registry, person):
    """2.1: "Asking for own address: answer own info"; 3.3: "own address (or none) -> local"; 1.4: "`%40` must work as `@`"."""
    server = good(person.get("/server"))
    address = server["address"]
    for path in (f"/server@{address}", f"/server%40{address}", f"/server?server={address}", "/server?server=", f"/server?server=http://{address}"):
        assert good(person.get(path)) == server, path
    for path in (f"/users/{person.id}@{address}", f"/users/{person.username}%40{address}", f"/users/{person.id}?server={address}"):
        assert good(person.get(path))["id"] == person.id, path


@pytest.mark.parametrize("path", ["/server@{}", "/server?server={}", "/users/robin@{}", "/worlds/w_00000000-0000-4000-8000-000000000000@{}"])
def test_other_servers_are_not_known(bare, person, path):
    """2.1: "Errors: 29 (no address), 3, 4, 5", in the order of decision 0014: "5 once the caller is known (3) and may (4)"."""
    path = path.format("elsewhere.invalid:3032")
    if not path.startswith("/worlds"):
        failed(Reileta(person.server).get(path), 3)
    failed(join(bare).get(path), 4)
    failed(person.get(path), 5)
    failed(bare.warden.get(path), 5)


@pytest.mark.parametrize("path,codes", [("/server@", [29]), ("/server@%20", [29, 5]), ("/server?server=a%20b", [29, 5])])
def test_a_server_has_an_address(person, path, codes):
    """2.1: "29 (no address)"; what is no address is no server that is known."""
    answer = person.get(path)
    failed(answer, answer.json()["error"]["code"])
    assert answer.json()["error"]["code"] in codes


# Changing it


def test_only_administrators_change_it(registry, person, stranger):
    """2.1: "auth admin; errors 3, 4, 29"."""
    before = good(stranger.get("/server"))
    failed(stranger.post("/server", {"title": "Mine"}), 3)
    failed(person.post("/server", {"title": "Mine"}), 4)
    assert good(stranger.get("/server")) == before


@pytest.mark.parametrize("members,limit", [
    ({"title": "x" * 65}, "64"), ({"description": "x" * 257}, "256"), ({"icon": "no address"}, ""), ({"icon": "javascript:x"}, ""), ({"secure": "yes"}, ""),
    ({"title": 7}, ""), ({"address": "a b"}, ""), ({"address": 7}, ""),
])  # fmt: skip
def test_a_change_has_its_limits(registry, warden, stranger, members, limit):
    """2.1: `{title <=64, description <=256, icon url, secure bool, address}`; nothing is changed by what is refused."""
    before = good(stranger.get("/server"))
    assert limit in failed(warden.post("/server", {"title": "Other"} | members), 29)
    assert good(stranger.get("/server")) == before


def test_a_change_is_kept(own):
    """2.1: "`data` = Server"; also over a kill."""
    before = good(Reileta(own).get("/server"))
    change = {"title": "x" * 64, "description": "y" * 256, "icon": "https://pictures.example/icon.png"}
    changed = good(own.warden.post("/server", change))
    is_server(changed)
    assert {name: changed[name] for name in change} == change and changed["updated_at"] > before["updated_at"]
    assert changed == good(Reileta(own).get("/server"))
    own.restart()
    after = good(Reileta(own).get("/server"))
    assert {name: after[name] for name in change} == change
    assert (after["id"], after["created_at"], after["updated_at"]) == (before["id"], before["created_at"], changed["updated_at"])
    assert after["ready_at"] > before["ready_at"]


def test_what_is_not_named_stays(own):
    """1.4: "Treat "" as absent for every optional string"; `null` clears what may be absent."""
    good(own.warden.post("/server", {"title": "Nest", "description": "For owls"}))
    assert good(own.warden.post("/server", {"title": "", "description": "", "icon": "", "address": ""}))["title"] == "Nest"
    changed = good(own.warden.post("/server", {"title": "Eyrie"}))
    assert (changed["title"], changed["description"]) == ("Eyrie", "For owls")


def test_another_address_is_that_of_everything(own):
    """6.1: "Knows "own server" by `user.server` == Server.address (**must be equal strings**)"."""
    world = own.warden.make_world()
    changed = good(own.warden.post("/server", {"address": "eyrie.example:3032"}))
    assert changed["address"] == "eyrie.example:3032"
    assert own.warden.me()["server"] == "eyrie.example:3032"
    assert good(own.warden.get(f"/worlds/{world['id']}"))["owner"] == f"{own.warden.id}@eyrie.example:3032"
    assert good(own.warden.get(f"/worlds/{world['id']}@eyrie.example:3032"))["id"] == world["id"]
