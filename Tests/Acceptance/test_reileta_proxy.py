"""What other servers have is read through the own one (contracts/reileta.md 3.3)."""

import re

import pytest

from support.peer_answers import BROKEN, data
from support.peers import in_time
from support.reileta import Reileta, address_of, failed, failed_with, good, join

ENGINES = ("sqlite",)

#: Paths of what the peer has; `{at}` is where the other server is named. Of lists only that of instances has the other form too (1.4).
LISTS = {"users": "/users?server={peer}", "worlds": "/worlds?server={peer}", "services": "/services?server={peer}", "instances": "/instances?server={peer}"}
OBJECTS = {
    "user": "/users/{user}{at}", "world": "/worlds/{world}{at}", "service": "/services/{service}{at}", "instance": "/instances/{instance}{at}",
    "home": "/users/{user}{at}/home",
}  # fmt: skip
PARTS = {
    "assets": "/worlds/{world}{at}/assets", "asset": "/worlds/{world}{at}/assets/{asset}", "queue": "/instances/{instance}{at}/queue",
    "candidate": "/instances/{instance}{at}/candidate",
}  # fmt: skip
READS = LISTS | OBJECTS | PARTS
FILES = {
    "thumbnail": "/users/{user}{at}/thumbnail", "banner": "/users/{user}{at}/banner", "world thumbnail": "/worlds/{world}{at}/thumbnail",
    "file": "/worlds/{world}{at}/assets/{asset}/file",
}  # fmt: skip
#: How the other server is named.
WAYS = {"at": ("@{}", ""), "escaped": ("%40{}", ""), "query": ("", "?server={}")}

each_way = pytest.mark.parametrize("way", WAYS)


def path_of(peer, template, way="at"):
    at, query = WAYS[way]
    names = {name: getattr(peer, name)["id"] for name in ("user", "world", "service", "instance", "asset")}
    return template.format(at=at.format(peer.address), peer=peer.address, **names) + ("" if "?" in template else query.format(peer.address))


def own_path(peer, template):
    """The path at the other server."""
    return "/api" + path_of(peer, template.replace("{at}", ""))


# Reading


@each_way
@pytest.mark.parametrize("kind", OBJECTS)
def test_an_object_is_read(robin, peer, kind, way):
    """3.3 steps 4, 5: "Put the other side's `data` into our envelope; object gets `external: true`, `server` = other address"; `good` checks `request`."""
    got = good(robin.get(path_of(peer, OBJECTS[kind], way)))
    there = {"user": peer.user, "world": peer.world, "home": peer.world, "service": peer.service, "instance": peer.instance}[kind]
    assert got["external"] is True and got["server"] == peer.address
    assert {name: got.get(name) for name in there if name not in ("external", "master")} == {
        name: value for name, value in there.items() if name not in ("external", "master")
    }  # fmt: skip
    assert [call.target for call in peer.calls_of("GET", own_path(peer, OBJECTS[kind]))] == [own_path(peer, OBJECTS[kind])]


@pytest.mark.parametrize("kind,template", [*LISTS.items(), ("instances", "/instances@{peer}"), ("instances", "/instances%40{peer}")])
def test_a_list_is_read(robin, peer, kind, template):
    """3.3 step 4: "forward the remaining query"; the part with the server is left out."""
    path = path_of(peer, template)
    got = good(robin.get(path + ("&" if "?" in path else "?") + "limit=5&offset=0&query="))
    (item,) = got["items"]
    assert item == got[kind][0] and item["external"] is True and item["server"] == peer.address and got["limit"] == 5
    (call,) = peer.calls_of("GET", f"/api/{kind}")
    assert call.query.get("limit") == "5" and "server" not in call.query


@each_way
@pytest.mark.parametrize("kind", PARTS)
def test_a_part_is_read(robin, peer, kind, way):
    """The list of proxied reads: assets, an asset, the queue."""
    got = good(robin.get(path_of(peer, PARTS[kind], way)))
    if kind == "asset":
        assert got["id"] == peer.asset["id"] and got["hash"] == peer.asset["hash"]
    elif kind == "assets":
        assert [asset["id"] for asset in got["items"]] == [peer.asset["id"]]
    else:
        assert got["items"] == []


def test_a_request_says_who_asks(home, robin, peer):
    """3.3: "server credentials attached", "N2 adds the acting user in a header" (`X-AVR-As`), "a proxied request carries `Via: AVR/<A>`"."""
    good(home.warden.put("/challenges", {"server": peer.address}))
    good(robin.get(path_of(peer, OBJECTS["user"])))
    (call,) = peer.calls_of("GET", "/api/users/.*")
    assert call.token in peer.granted and call.acting in (None, robin.reference)
    assert f"AVR/{address_of(home)}" in call.headers["via"]
    assert re.match(r"AVR/[^ ()]+ ?\(Server; " + re.escape(address_of(home)) + r"\)", call.headers["user-agent"])


def test_nothing_of_the_person_goes_along(robin, peer):
    """8: a session is for the own server: no token, cookie or address of the client is sent on."""
    headers = {"Cookie": f"_suid={robin.token}; other=biscuit", "X-Forwarded-For": "203.0.113.7", "X-Secret": "owlish", "Referer": "http://referer.example/"}
    good(robin.get(path_of(peer, OBJECTS["world"]) + "?empty=true", headers=headers))
    good(Reileta(robin.server).get(path_of(peer, OBJECTS["service"]), params={"authuser": robin.token}))
    for secret in (robin.token, "biscuit", "owlish", "203.0.113.7", "referer.example", "authuser"):
        assert not peer.heard(secret), secret
    assert peer.calls_of("GET", "/api/worlds/.*")[0].query == {"empty": "true"}


@pytest.mark.parametrize("kind", READS)
def test_who_may_read(home, bare, peer, kind):
    """3.3 step 2: "Caller must be logged in (3) and have `avr:fetch_external` or admin (4)"; nobody is asked for those who may not."""
    path = path_of(peer, READS[kind])
    failed(Reileta(home).get(path), 3)
    failed(join(bare).get(path), 4)
    assert not peer.greetings


@each_way
@pytest.mark.parametrize("kind", FILES)
def test_a_file_is_redirected(robin, peer, kind, way):
    """3.3 step 6: "Files/images are not proxied but redirected (302 to the other gateway)"; the own token does not go along."""
    answer = robin.get(path_of(peer, FILES[kind], way), follow_redirects=False)
    assert answer.status_code == 302 and answer.headers["location"] == peer.gateway + own_path(peer, FILES[kind])
    assert robin.token not in answer.headers["location"]


def test_a_read_is_remembered(robin, home, peer):
    """3.3: "Cache external reads 60 s": the second is answered from it, another query is another read."""
    path = path_of(peer, LISTS["worlds"])
    for _ in range(3):
        good(robin.get(path + "&query=cave"))
    assert len(peer.calls_of("GET", "/api/worlds")) == 1
    assert good(robin.get(path + "&query=nothing"))["items"] == []
    assert len(peer.calls_of("GET", "/api/worlds")) == 2
    assert good(robin.get(path + "&query=cave"))["total"] == 1
    assert good(robin.get(path_of(peer, OBJECTS["world"])))["id"] == peer.world["id"]


def test_what_one_sees_is_not_shown_to_another(home, robin, peer):
    """3.3: what depends on the acting user is remembered for that one alone, and not for strangers."""
    wren = join(home, "wren")
    path = path_of(peer, OBJECTS["instance"])
    peer.when("GET", "/api/instances/.*", lambda call: data(peer.instance | {"title": f"For {call.acting}"})(call))
    for person in (robin, wren, robin):
        assert good(person.get(path))["title"] in ("For None", f"For {person.reference}")
    queue = path_of(peer, PARTS["queue"])
    peer.when("GET", "/api/instances/.*/queue", lambda call: data({"total": 1, "limit": 10, "offset": 0, "items": [], "position": 1})(call))
    good(robin.get(queue))
    good(wren.get(queue))
    assert {call.acting for call in peer.calls_of("GET", "/api/instances/.*/queue")} == {robin.reference, wren.reference}


# Nothing goes round


@pytest.mark.parametrize("kind", READS)
def test_a_server_triggers_no_other_hop(robin, peer, new_peer, kind):
    """3.3: "Refuse proxy chains (...; server callers never trigger another hop)"."""
    other = new_peer()
    path = path_of(other, READS[kind])
    for headers in ({"User-Agent": peer.agent}, {"Via": "AVR/elsewhere.example"}, {"Via": "1.1 proxy, AVR/elsewhere.example"}, {"User-Agent": "AVR/9 (Server; x)"}):
        failed_with(robin.get(path, headers=headers), 3, 4, 5)
    peer.prove(robin.server)
    failed_with(peer.call(robin.server, "GET", path), 3, 4, 5)
    failed_with(peer.call(robin.server, "GET", path, acting=f"{peer.user['id']}@{peer.address}"), 3, 4, 5)
    assert other.greetings == []


def test_a_visitor_triggers_no_other_hop(home, peer, new_peer):
    """2.7: "no tags but the default external user tags": `avr:fetch_external` is none of them."""
    other = new_peer()
    visitor = Reileta(home, peer.visit(home))
    failed_with(visitor.get(path_of(other, OBJECTS["user"])), 4, 5)
    assert other.greetings == []


def test_a_name_with_two_servers_is_none(robin, peer, new_peer):
    """3.3: one hop only, in the name as well."""
    other = new_peer()
    for path in (f"/users/{peer.user['id']}@{other.address}@{peer.address}", f"/users/{peer.user['id']}@{peer.address}?server={other.address}"):
        with in_time():
            answer = robin.get(path)
        if answer.status_code == 200:
            assert good(answer)["server"] == peer.address
        else:
            failed_with(answer, 5, 14, 17, 29)
    assert not any("@" in call.path for call in peer.calls + other.calls)


# Writing


WRITES = [
    ("POST", "/users/{user}{at}"), ("DELETE", "/users/{user}{at}"), ("POST", "/users/{user}{at}/home"), ("DELETE", "/users/{user}{at}/home"),
    ("POST", "/users/{user}{at}/thumbnail"), ("DELETE", "/users/{user}{at}/banner"), ("PUT", "/worlds?server={peer}"), ("POST", "/worlds/{world}{at}"),
    ("DELETE", "/worlds/{world}{at}"), ("PUT", "/worlds/{world}{at}/assets"), ("POST", "/worlds/{world}{at}/assets/{asset}"),
    ("DELETE", "/worlds/{world}{at}/assets/{asset}"), ("POST", "/worlds/{world}{at}/assets/{asset}/file"), ("POST", "/worlds/{world}{at}/thumbnail"),
    ("PUT", "/services?server={peer}"), ("POST", "/services/{service}{at}"), ("DELETE", "/services/{service}{at}"), ("POST", "/instances/{instance}{at}"),
    ("DELETE", "/instances/{instance}{at}"), ("POST", "/server?server={peer}"),
]  # fmt: skip


@pytest.mark.parametrize("way", ["at", "query"])
@pytest.mark.parametrize("method,template", WRITES)
def test_nothing_is_written_elsewhere(robin, peer, method, template, way):
    """3.3: "writes through `?server=`: 501 code 13"."""
    failed(robin.request(method, path_of(peer, template, way), None if method == "DELETE" else {"title": "Mine"}), 13)
    assert not [call for call in peer.calls if call.method != "GET"]


@pytest.mark.parametrize("way", ["at", "query"])
def test_an_instance_is_made_elsewhere(home, robin, peer, way):
    """3.3: "except `PUT /api/instances@<server>` (C0 calls it)": with a token of the server and the acting user."""
    made = good(robin.put(path_of(peer, "/instances{at}", way), {"world": peer.world["id"], "tags": ["avr:public"]}))
    assert made["owner"] == robin.reference and made["server"] == peer.address and made["external"] is True
    (call,) = peer.calls_of("PUT", "/api/instances")
    assert call.token in peer.granted and call.acting == robin.reference and call.json["world"] == peer.world["id"]
    assert call.json["tags"] == ["avr:public"] and not peer.heard(robin.token)
    failed(Reileta(home).put(path_of(peer, "/instances{at}", way), {"world": peer.world["id"], "tags": []}), 3)


@pytest.mark.parametrize("way", ["at", "query"])
def test_somebody_waits_elsewhere(home, robin, peer, way):
    """3.3: "and `.../candidate`, which need an integrity/acting user"."""
    path = path_of(peer, PARTS["candidate"], way)
    candidate = good(robin.post(path, {"message": "Hello"}))
    assert candidate["user"] == robin.reference and candidate["state"] == "accepted"
    (call,) = peer.calls_of("POST", "/api/instances/.*/candidate")
    assert call.json == {"message": "Hello"} and call.acting == robin.reference
    assert good(robin.delete(path)) == "DELETED"
    failed(robin.delete(path), 120)
    failed(Reileta(home).post(path, {}), 3)


def test_a_write_is_not_remembered(robin, peer):
    """3.3: reads are; the same write twice is done twice, and what was read before it is read anew."""
    path = path_of(peer, "/instances{at}")
    for _ in range(2):
        good(robin.put(path, {"world": peer.world["id"], "tags": []}))
    assert len(peer.calls_of("PUT", "/api/instances")) == 2


@pytest.mark.parametrize("name", BROKEN)
def test_a_write_that_gets_no_answer_is_not_repeated(robin, peer, name):
    """3.1 step 6: what may have been done is not done twice."""
    behaviour, codes = BROKEN[name]
    peer.when("PUT", "/api/instances", behaviour)
    with in_time():
        failed_with(robin.put(path_of(peer, "/instances{at}"), {"world": peer.world["id"], "tags": []}), *codes, 8)
    assert len(peer.calls_of("PUT", "/api/instances")) == 1


# On behalf of somebody


@pytest.mark.parametrize("acting", ["{robin}@{home}", "{owl}@elsewhere.example", "{owl}", "", "owl", "{owl}@{peer}x", "{owl}@{peer}@{peer}", "@me@{peer}"])
def test_a_server_acts_for_its_own_only(home, robin, peer, acting):
    """3.3: "accepted only from a server-authenticated caller for its **own** users": 4."""
    peer.prove(home)
    acting = acting.format(robin=robin.id, home=address_of(home), owl=peer.user["id"], peer=peer.address)
    answer = peer.call(home, "GET", "/users/@me", acting=acting) if acting else peer.call(home, "GET", "/users/@me", headers={"X-AVR-As": ""})
    failed_with(answer, *([4, 14] if acting else [3, 4]))


def test_a_server_acts_for_somebody(home, peer):
    """3.3: who acts is the person of the other server, with no more rights than a visitor."""
    peer.prove(home)
    acting = f"{peer.user['id']}@{peer.address}"
    me = good(peer.call(home, "GET", "/users/@me", acting=acting))
    assert (me["id"], me["server"], me["external"]) == (peer.user["id"], peer.address, True)
    failed(peer.call(home, "PUT", "/worlds", {"title": "Mine"}, acting=acting), 4)
    failed(peer.call(home, "POST", "/server", {"title": "Mine"}, acting=acting), 4)
    failed(peer.call(home, "GET", "/users/@me", acting=acting, token=None), 103)
    failed(peer.call(home, "GET", "/users/@me", acting=acting, token="x" * 86 + "=="), 103)


def test_a_person_acts_for_nobody(home, robin, peer):
    """"`X-AVR-As` from anybody but the server that the person belongs to is 4 (and 103 without a valid server token)"."""
    peer.prove(home)
    for acting in (robin.reference, f"{peer.user['id']}@{peer.address}"):
        failed_with(robin.get("/users/@me", headers={"X-AVR-As": acting}), 4, 103)
        failed_with(home.warden.get("/users/@me", headers={"X-AVR-As": acting}), 4, 103)
    failed_with(Reileta(home, peer.visit(home)).get("/users/@me", headers={"X-AVR-As": robin.reference}), 4, 103)
