"""What goes wrong at another server while it is read (contracts/reileta.md 3.1 step 6, 3.3): each failure has its code, and none hangs."""

import concurrent.futures

import pytest

from support.peer_answers import BROKEN, broken, cut, data, error, hang, members, moved, redirect, text
from support.peers import in_time
from support.reileta import NOBODY, failed, failed_with, good, join, new_id
from support.reileta_shapes import is_list

ENGINES = ("sqlite",)
USERS = ("GET", "/api/users/.*")


def user_at(peer):
    return f"/users/{peer.user['id']}@{peer.address}"


def read(person, path):
    with in_time():
        return person.get(path)


@broken
def test_a_failure_has_its_code(robin, peer, behaviour, codes):
    """3.1 step 6: "no JSON -> 8; `redirect` ... (must be URLs, else 9); no `data` -> 7; malformed -> 11; network failure -> 6"."""
    peer.when(*USERS, behaviour)
    failed_with(read(robin, user_at(peer)), *codes)
    assert good(robin.get("/server"))


@pytest.mark.parametrize("kind", ["users", "worlds", "services", "instances"])
@pytest.mark.parametrize("name", ["hangs", "page", "nothing", "text", "items"])
def test_every_kind_has_it(robin, peer, kind, name):
    """3.1 step 6, for objects and for lists."""
    behaviour, codes = BROKEN[name]
    peer.when("GET", f"/api/{kind}.*", behaviour)
    thing = {"users": peer.user, "worlds": peer.world, "services": peer.service, "instances": peer.instance}[kind]
    failed_with(read(robin, f"/{kind}/{thing['id']}@{peer.address}"), *codes)
    if name != "items":
        failed_with(read(robin, f"/{kind}?server={peer.address}"), *codes)


@pytest.mark.parametrize("code", [2, 3, 4, 16, 17, 25, 36, 104, 140])
def test_an_error_of_the_other_is_told(robin, peer, code):
    """"Failures of the other side keep their own error code when it answers with a proper error envelope"."""
    peer.when(*USERS, error(code))
    answer = read(robin, user_at(peer))
    assert answer.json()["error"]["code"] == code and answer.json()["request"].startswith("/api/users/")
    assert "data" not in answer.json()


@pytest.mark.parametrize("failure", [
    {"code": 99_999, "message": "x", "status": 200}, {"code": 17, "message": "x" * 100_000, "status": 404}, {"code": 17, "message": "a\r\nSet-Cookie: x", "status": 404},
    {"code": 17, "message": "x", "status": 99}, {"code": 17, "message": "x", "status": 1_000_000}, {"code": "17", "message": "x", "status": 404},
    {"code": -1, "message": "x", "status": 404}, {"code": 17, "message": {"a": 1}, "status": 404}, {"code": 17}, {}, {"code": 2**70, "message": "x", "status": 500},
], ids=str)  # fmt: skip
def test_an_odd_error_breaks_nothing(robin, peer, failure):
    """1.1, 1.2: whatever the other says, what is told here is an error with a status of errors, of bounded length."""
    peer.when(*USERS, members(404, error=failure))
    answer = read(robin, user_at(peer))
    told = answer.json()["error"]
    assert set(answer.json()) == {"request", "time", "error"} and set(told) == {"code", "message", "status"}
    assert type(told["code"]) is int and isinstance(told["message"], str) and len(told["message"]) < 10_000
    assert 400 <= answer.status_code < 600 or answer.status_code == 307
    assert answer.status_code == told["status"] and "set-cookie" not in answer.headers


@pytest.mark.parametrize("wrong", [
    {"id": None}, {"id": 7}, {"id": "u_" + NOBODY}, {"username": None}, {"username": 7}, {"display": []}, {"server": 7}, {"tags": "avr:admin"}, {"tags": [7]},
    {"thumbnail": 7}, {"banner": {}},
], ids=str)  # fmt: skip
def test_a_person_has_a_shape(robin, peer, wrong):
    """4.2: "In R0 external user check: strings id, username, display, server; `tags` an array; thumbnail/banner string or absent": 11."""
    peer.when(*USERS, data({name: value for name, value in (peer.user | wrong).items() if value is not None}))
    failed(read(robin, user_at(peer)), 11)


@pytest.mark.parametrize("kind,wrong", [
    ("world", {"id": "w_" + NOBODY}), ("world", {"title": 7}), ("world", {"capacity": "many"}), ("world", {"tags": 7}), ("world", {"assets": "none"}),
    ("world", {"assets": [7]}), ("instance", {"id": "i_" + NOBODY}), ("instance", {"capacity": "many"}), ("instance", {"world": 7}), ("instance", {"users": 7}),
    ("service", {"id": "p_" + NOBODY}), ("service", {"title": 7}),
], ids=str)  # fmt: skip
def test_an_object_has_a_shape(robin, peer, kind, wrong):
    """4.3, 4.5, 4.6: "malformed -> 11"; another id is another object."""
    thing = getattr(peer, kind)
    peer.when("GET", f"/api/{kind}s/.*", data(thing | wrong))
    failed(read(robin, f"/{kind}s/{thing['id']}@{peer.address}"), 11)


@pytest.mark.parametrize("listed", [
    {"users": "all"}, {"users": [7]}, {"users": [{"id": "u_" + NOBODY}]}, {}, {"total": "many", "items": [], "users": []}, [], [[]],
], ids=str)  # fmt: skip
def test_a_list_has_a_shape(robin, peer, listed):
    """1.4: what is no list is 11."""
    peer.when("GET", "/api/users", data(listed))
    answer = read(robin, f"/users?server={peer.address}")
    if answer.status_code == 200:
        # R1 lists without a frame (2.8), others count otherwise: what is taken for a list is told as one of ours.
        is_list(good(answer), "users")
        assert good(answer)["items"] == []
    else:
        failed(answer, 11)


def test_a_server_cannot_speak_for_another(robin, peer, new_peer):
    """3.3 step 5: "object gets `server` = other address": whatever it says of itself."""
    victim = new_peer()
    peer.when(*USERS, data(peer.user | {"server": victim.address, "external": False, "tags": ["avr:admin"]}))
    answer = read(robin, user_at(peer))
    if answer.status_code == 200:
        assert (good(answer)["server"], good(answer)["external"]) == (peer.address, True)
    else:
        failed(answer, 11)
    assert good(robin.get(f"/users/{victim.user['id']}@{victim.address}"))["tags"] == []


# Redirections


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_of_http_is_not_followed(robin, peer, new_peer, status):
    """3.1 step 6, 8: where to go is said in `redirect`, and nowhere else."""
    other = new_peer()
    peer.when(*USERS, redirect(other.origin + "/api/users/x", status))
    failed_with(read(robin, user_at(peer)), 8, 9)
    assert other.greetings == []


def test_a_server_may_move(robin, peer, new_peer):
    """3.1 step 6: "`redirect` present -> replace B's gateways; `error.code` 10 -> repeat once with the new gateway"; it is remembered (3.6)."""
    other = new_peer()
    other.users.append(peer.user)
    other.worlds.append(peer.world)
    peer.when(*USERS, moved(other.origin))
    got = good(read(robin, user_at(peer)))
    assert (got["id"], got["server"]) == (peer.user["id"], peer.address)
    assert good(read(robin, f"/worlds/{peer.world['id']}@{peer.address}"))["id"] == peer.world["id"]
    assert len(peer.calls_of(*USERS)) == 1 and not peer.calls_of("GET", "/api/worlds/.*")


def test_a_server_that_moves_for_ever_is_left(robin, peer, new_peer):
    """3.6: "peer updates and retries **once**"."""
    other = new_peer()
    peer.when(*USERS, moved(other.origin))
    other.when(*USERS, moved(peer.origin))
    failed_with(read(robin, user_at(peer)), 9, 10)
    assert len(peer.calls_of(*USERS)) + len(other.calls_of(*USERS)) == 2


@pytest.mark.parametrize("place", [
    {"http": 7, "ws": 7}, {"http": "nowhere"}, {"http": "file:///etc/passwd"}, {"http": "http://user:pass@127.0.0.1:1"}, {"http": "javascript:x"}, {}, [], "x",
    {"secure": False, "address": "a b"}, {"secure": False, "address": 7}, {"secure": False, "address": "user@127.0.0.1:1"}, {"http": ""},
], ids=str)  # fmt: skip
def test_a_place_must_be_one(robin, peer, place):
    """3.1 step 6: "(must be URLs, else 9)"."""
    peer.when(*USERS, members(307, error={"code": 10, "message": "Retry", "status": 307}, redirect=place))
    failed(read(robin, user_at(peer)), 9)


def test_where_to_is_said_in_two_ways(robin, peer, new_peer):
    """1.1: "accept either form": `{secure, address}` or `{http, ws}`."""
    for place in ("http", "address"):
        one, other = new_peer(), new_peer()
        other.users.append(one.user)
        where = {"http": other.origin, "ws": "ws" + other.origin[4:]} if place == "http" else {"secure": False, "address": other.origin[7:]}
        one.when(*USERS, members(307, error={"code": 10, "message": "Retry", "status": 307}, redirect=where))
        assert good(read(robin, user_at(one)))["id"] == one.user["id"], place


def test_a_move_of_one_server_moves_no_other(robin, peer, new_peer):
    """8: "cache poisoning": a redirect changes where that server is, not another."""
    victim = new_peer()
    good(robin.get(user_at(victim)))
    peer.when(*USERS, moved(peer.origin, address=victim.address))
    with in_time():
        robin.get(user_at(peer))
    assert good(robin.get(f"/worlds/{victim.world['id']}@{victim.address}"))["id"] == victim.world["id"]
    assert victim.calls_of("GET", "/api/worlds/.*")


# Being slow


def test_a_slow_server_delays_nobody(home, robin, peer):
    """DESIGN 3: "Never block a loop": while many wait for a server that says nothing, others are served."""
    people = [join(home) for _ in range(8)]
    peer.when(*USERS, hang)
    with concurrent.futures.ThreadPoolExecutor(8) as pool, in_time(30):
        waiting = [pool.submit(person.get, user_at(peer)) for person in people]
        peer.wait_for(*USERS)
        for _ in range(3):
            good(robin.get("/server"))
        assert not all(answer.done() for answer in waiting), "whoever was served had to wait for them"
        for answer in waiting:
            failed(answer.result(), 6)


def test_an_answer_that_fails_is_not_remembered(robin, peer):
    """3.3: "Cache external reads 60 s": of what was read."""
    peer.when(*USERS, cut)
    failed(read(robin, user_at(peer)), 6)
    peer.instead.clear()
    assert good(read(robin, user_at(peer)))["id"] == peer.user["id"]


def test_a_long_answer_is_not_read(robin, peer):
    """DESIGN 5: bounded: 2 MiB of a list are 8, and a list of a usual length is read."""
    peer.when("GET", "/api/users", data({"total": 1, "limit": 10, "offset": 0, "items": [peer.user | {"description": "x" * 2_000_000}], "users": []}))
    failed_with(read(robin, f"/users?server={peer.address}"), 8, 6, 11)
    assert good(read(robin, f"/worlds?server={peer.address}"))["items"]


def test_numbers_and_texts_of_all_kinds_come_through_or_do_not(robin, peer):
    """DESIGN 4: the parser is strict; what cannot be said again is not said."""
    for body in (b'{"data": {"id": "\\ud800"}}', b'{"data": {"id": 1e999}}', b'{"data": {"id": NaN}}', b'{"data": {"id": "a\\u0000"}}', b"\xef\xbb\xbf{}"):
        peer.when(*USERS, text(body))
        failed_with(read(robin, user_at(peer)), 7, 8, 11)


def test_nobody_waits_for_what_others_ask_of_a_slow_server(home, robin, peer, new_peer):
    """A person has eight requests to other servers at a time: 140 for more. Others, and other servers, are not kept waiting."""
    peer.when("GET", "/api/users/.*", hang)
    wren = join(home, "wren")
    with concurrent.futures.ThreadPoolExecutor(12) as pool:
        slow = [pool.submit(robin.get, f"/users/{new_id('u')}@{peer.address}") for _ in range(12)]
        peer.wait_for("GET", "/api/users/.*", count=8)
        other = new_peer()
        with in_time(4):
            good(wren.get(f"/users/{other.user['id']}@{other.address}"))
        codes = sorted(failed_with(answer.result(), 6, 140) for answer in slow)
    assert codes == [6] * 8 + [140] * 4
    good(robin.get(f"/users/{other.user['id']}@{other.address}"))
