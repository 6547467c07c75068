"""People, worlds, services and instances of a server that is played (contracts/reileta.md 2.3 to 2.8, 4)."""

import re

from .api import unique
from .peer_answers import data, error
from .reileta import new_id, short_name
from .reileta_shapes import now

WORLD = "/api/worlds/([^/]+)"
INSTANCE = "/api/instances/([^/]+)"


class PeerObjects:
    """One of each at first: `user`, `world`, `asset`, `service`, `instance`; `users` and so on hold all."""

    OBJECT_ROUTES = (
        ("GET", "/api/users", "_users"), ("GET", "/api/users/([^/]+)", "_user"), ("GET", "/api/users/([^/]+)/home", "_home"),
        ("GET", "/api/worlds", "_worlds"), ("GET", WORLD, "_world"), ("GET", WORLD + "/assets", "_assets"), ("GET", WORLD + "/assets/([^/]+)", "_asset"),
        ("GET", "/api/services", "_services"), ("GET", "/api/services/([^/]+)", "_service"),
        ("GET", "/api/instances", "_instances"), ("GET", INSTANCE, "_instance"), ("PUT", "/api/instances", "_put_instance"),
        ("GET", INSTANCE + "/(?:queue|candidate)", "_queue"), ("POST", INSTANCE + "/candidate", "_candidate"),
        ("DELETE", INSTANCE + "/candidate", "_no_candidate"),
    )  # fmt: skip

    def make_objects(self):
        self.started = now()
        self.users, self.worlds, self.services, self.instances, self.candidates = [], [], [], [], []
        self.user = self.make_user()
        self.asset = {
            "id": new_id("f"), "version": "1", "engine": "unity", "platform": "windows", "url": f"{self.gateway}/file", "hash": "0" * 64, "size": 7,
        }  # fmt: skip
        self.world = self.make_world()
        owner = f"{self.user['id']}@{self.address}"
        self.service = {
            "id": new_id("p"), "title": "Weather", "description": "", "version": "1.0.0", "author": owner, "tags": [], "require": [],
            "server": self.address, **self._times(),
        }  # fmt: skip
        self.services.append(self.service)
        self.instance = self.make_instance(self.user["id"])

    def _times(self):
        return {"created_at": self.started, "updated_at": self.started}

    def make_user(self, /, **members):
        name = unique("peer")
        user = {"id": new_id("u"), "username": name, "display": name, "displayname": name, "tags": [], "server": self.address, "external": False}
        self.users.append(user | self._times() | members)
        return self.users[-1]

    def make_world(self, /, **members):
        owner = f"{self.user['id']}@{self.address}"
        world = {
            "id": new_id("w"), "title": "Cave", "description": "Dark", "capacity": 12, "tags": ["avr:public"], "owner_id": self.user["id"], "owner": owner,
            "owner_ids": owner, "server": self.address, "external": False, "fallback": False, "assets": [self.asset],
        }  # fmt: skip
        self.worlds.append(world | self._times() | members)
        return self.worlds[-1]

    def make_instance(self, owner, /, **members):
        owner, world = f"{owner}@{self.address}", f"{self.world['id']}@{self.address}"
        instance = {
            "id": new_id("i"), "name": short_name(), "capacity": 12, "world": world, "world_ids": world, "owner": owner, "owner_ids": owner,
            "master": None, "server": self.address, "tags": ["avr:public"], "users": [], "connected": 0, "players": [],
        }  # fmt: skip
        self.instances.append(instance | self._times() | members)
        return self.instances[-1]

    # Routes

    def _list(self, call, plural, items):
        items = [item for item in items if call.query.get("query", "").lower() in str(item).lower()]
        limit, offset = int(call.query.get("limit", 10)), int(call.query.get("offset", 0))
        page = items[offset : offset + limit]
        return data({"total": len(items), "limit": limit, "offset": offset, "items": page, plural: page})

    def _users(self, call):
        return self._list(call, "users", self.users)

    def _user(self, call, name):
        found = [user for user in self.users if name in (user["id"], user["username"])]
        return data(found[0]) if found else error(17)

    def _home(self, call, name):
        return data(self.world) if any(name in (user["id"], user["username"]) for user in self.users) else error(17)

    def _worlds(self, call):
        return self._list(call, "worlds", self.worlds)

    def _world(self, call, name):
        found = [world for world in self.worlds if world["id"] == name.partition(":")[0]]
        return data(found[0]) if found else error(25)

    def _assets(self, call, name):
        return self._list(call, "assets", [self.asset])

    def _asset(self, call, name, asset):
        return data(self.asset) if asset == self.asset["id"] else error(27)

    def _services(self, call):
        return self._list(call, "services", self.services)

    def _service(self, call, name):
        return data(self.service) if name == self.service["id"] else error(111)

    def _instances(self, call):
        return self._list(call, "instances", self.instances)

    def _instance(self, call, name):
        found = [instance for instance in self.instances if name in (instance["id"], instance["name"])]
        return data(found[0]) if found else error(36)

    def _put_instance(self, call):
        """Made for somebody of a server that is known, and for nobody else."""
        if not self._is_for_its_own(call):
            return error(3)
        owner = call.acting
        return data(self.make_instance(self.user["id"], owner=owner, owner_ids=owner, tags=call.json.get("tags", [])))

    def _candidate(self, call, name):
        if not self._is_for_its_own(call):
            return error(3)
        candidate = {
            "id": new_id("c"), "instance": f"{name}@{self.address}", "user": call.acting, "display": "Somebody", "state": "accepted", "created_at": now(),
            "expires_at": now() + 60_000,
        }  # fmt: skip
        self.candidates.append(candidate)
        return data(candidate)

    def _no_candidate(self, call, name):
        mine = [candidate for candidate in self.candidates if candidate["user"] == call.acting]
        self.candidates = [candidate for candidate in self.candidates if candidate not in mine]
        return data("DELETED") if mine else error(120)

    def _queue(self, call, name):
        """Each sees its own place only: the answers to two people differ."""
        return data({"total": 0, "limit": 10, "offset": 0, "items": [c for c in self.candidates if c["user"] == call.acting]})

    def _is_for_its_own(self, call):
        """3.3: "`X-AVR-As: u_...@A` accepted only from a server-authenticated caller for its **own** users"."""
        server = self.granted.get(call.token)
        return bool(server and call.acting and re.fullmatch(r"u_[a-f0-9-]{36}@" + re.escape(server), call.acting))
