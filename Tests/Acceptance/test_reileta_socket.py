"""The sockets of Reileta: frames, commands, logging in (contracts/reileta.md 5.1 to 5.3)."""

import itertools
import json

import pytest
from websockets.exceptions import ConnectionClosed

from support.cosmos_webhooks import wait_until
from support.reileta import good, is_error, prehash
from support.reileta_shapes import is_user, now
from support.reileta_socket import Socket


@pytest.fixture
def socket(registry, connect):
    """A socket of nobody."""
    return connect.guest(registry)


# Frames


@pytest.mark.parametrize("state", ["7", "", None, "ä" * 50, "x" * 200])
def test_the_state_comes_back(socket, state):
    """5.2: "echoed unchanged; string, `null`, absent or `""` (Unity)"."""
    socket.send({"state": state, "command": "ping", "subgroup": "avr", "data": {"time": 5}})
    frame = socket.receive()
    assert frame["state"] == state and "state" in frame and frame["command"] == "ping" and frame["data"]["client"] == 5


def test_a_request_without_a_state_has_an_answer_without_one(socket):
    """5.2: "absent"."""
    socket.send({"command": "ping", "subgroup": "avr", "data": {"time": 5}})
    frame = socket.receive()
    assert "state" not in frame and frame["command"] == "ping" and frame["data"]["client"] == 5


@pytest.mark.parametrize("subgroup", ["avr", "", None, ...])
def test_the_subgroup_is_avr(socket, subgroup):
    """5.2: "absent/`""`/null = `avr`"."""
    socket.send({"state": "1", "command": "ping", "data": {}} | ({} if subgroup is ... else {"subgroup": subgroup}))
    frame = socket.answer("1")
    assert frame["data"]["success"] is True and frame["subgroup"] == "avr"


def test_pings_are_answered(socket):
    """5.3: "`data:{time?|i?}` -> `{success:true, client, server, i, o}`; allowed unauthenticated"."""
    told = socket.ask("ping", time=4711)
    assert told["client"] == 4711 and abs(told["server"] - now()) < 10_000 and type(told["server"]) is int
    told = socket.ask("ping", i=12)
    assert told["i"] == 12 and abs(told["o"] - now()) < 10_000
    for data in (None, {}, {"time": 0}, {"time": 1.5}):
        assert socket.request("ping", data)["data"]["success"] is True


@pytest.mark.parametrize("name", ["ping", "avr/ping"])
def test_an_answer_has_the_name_that_was_used(socket, name):
    """5.2: "accept all as aliases on input; answer with the name that was used"; `request` compares."""
    assert socket.request(name, {"time": 1})["data"]["client"] == 1
    # "R1/R2 frames have no `subgroup`; the namespace is the part before `/`".
    socket.send({"state": "1", "command": name, "data": {"i": 1}})
    assert socket.answer("1")["command"] == name


def test_an_unknown_command_is_said_to_be_one(socket):
    """5.2: "error 151 when `state` is non-empty, else silent"."""
    for command, subgroup in (("sing", "avr"), ("avr/sing", "avr"), ("Ping", "avr"), ("update-user", "avr")):
        answer = socket.request(command, {}, subgroup=subgroup)
        assert answer["data"] == {"success": False}
        is_error(answer["error"], 151)
    for state in ("", None, ...):
        socket.send({"command": "sing", "subgroup": "avr", "data": {}} | ({} if state is ... else {"state": state}))
    # "R0 ignores other subgroups".
    socket.send({"state": "1", "command": "ping", "subgroup": "owls", "data": {}})
    socket.sync()
    assert socket.events == []


@pytest.mark.parametrize("frame", [
    "", "nonsense", "{", "[]", "7", "null", '"ping"', "{}", '{"state": "1"}', '{"command": 7}', '{"command": null, "state": "1"}', '{"a": 1} {"b": 2}',
    '{"command": "ping", "subgroup": 7}', '{"command": "ping", "data": }', "[" * 5000,
], ids=range(15))  # fmt: skip
def test_a_malformed_frame_is_an_error(socket, frame):
    """5.1: "unparsable JSON -> error 150, connection kept"."""
    socket.send(frame)
    answer = socket.receive()
    is_error(answer["error"], 150)
    socket.sync()


def test_ten_malformed_frames_in_a_row_are_the_end(socket):
    """5.1: "close 1008 after 10 in a row"."""
    for round in range(2):
        for _ in range(9):
            socket.send("nonsense")
            is_error(socket.receive()["error"], 150)
        if round == 0:
            socket.sync()
    socket.send("nonsense")
    socket.expect_close(1008)


def test_a_frame_has_at_most_64_kilobytes(socket):
    """5.1: "frame <= 64 kB inbound (close 1009)"."""
    frame = json.dumps({"state": "1", "command": "ping", "data": {"time": 1, "x": ""}})
    socket.send(frame.replace('"x": ""', '"x": "' + "y" * (64_000 - len(frame)) + '"'))
    assert socket.answer("1")["data"]["client"] == 1
    socket.send(frame.ljust(66_000))
    socket.expect_close(1009)


def test_frames_are_text(socket):
    """5.1: "text only": it is an error 150, or the end (1003: unsupported data)."""
    socket.send(b'{"state": "1", "command": "ping"}')
    try:
        frame = socket.receive()
        is_error(frame["error"], 150)
        assert "state" not in frame
        socket.sync()
    except ConnectionClosed as closed:
        assert closed.rcvd.code == 1003


def test_answers_come_in_order(socket):
    """5.2: many requests at once."""
    for number in range(200):
        socket.send({"state": str(number), "command": "ping", "subgroup": "avr", "data": {"time": number}})
    assert [socket.receive()["state"] for _ in range(200)] == [str(number) for number in range(200)]


# Logging in


@pytest.mark.parametrize("how", ["raw", "bearer", "query", "cookie"])
def test_a_socket_may_come_with_credentials(registry, person, connect, how):
    """5.1: "with `?authuser`, ..., `Authorization` or cookie -> authenticated at once"; 5.4: `{internal, user: User}`."""
    ways = {
        "raw": {"token": person.token}, "bearer": {"token": "Bearer " + person.token}, "query": {"query": {"authuser": person.token}},
        "cookie": {"headers": {"Cookie": f"_suid={person.token}"}},
    }  # fmt: skip
    socket = connect.open(registry, **ways[how])
    event = socket.next_event()
    assert event["command"] == "authenticated" and event["subgroup"] == "avr" and event["data"]["internal"] is True
    assert event["data"]["user"]["id"] == person.id
    socket.sync()
    assert socket.events == []


@pytest.mark.parametrize("how", [{"token": "unknown"}, {"query": {"authuser": "unknown"}}, {"headers": {"Cookie": "_suid=unknown"}}], ids=range(3))
def test_bad_credentials_are_a_guests(registry, person, connect, how):
    """5.1: "stay as guest and send event `unauthenticated` with an error"; 5.4: `{reason}` + optional `error`."""
    socket = connect.open(registry, **how)
    event = socket.next_event()
    assert event["command"] == "unauthenticated" and isinstance(event["data"]["reason"], str)
    is_error(event.get("error") or event["data"]["error"], 20)
    assert socket.ask("authenticate", token=person.token)["user"]["id"] == person.id


@pytest.mark.parametrize("how", [{}, {"token": ""}, {"query": {"authuser": ""}}, {"headers": {"Cookie": "_suid="}}], ids=range(4))
def test_a_guest_hears_nothing_of_it(registry, connect, how):
    """5.1: "Upgrade without credentials is allowed (guest)"; 1.3: an empty string is no credential."""
    socket = connect.open(registry, **how)
    socket.sync()
    assert socket.events == []


@pytest.mark.parametrize("name", ["authenticate", "avr/authenticate"])
def test_a_guest_logs_in(person, socket, name):
    """5.3: "answer `{success:true, internal, user:<User>, expires_at?}`; then event `authenticated`"."""
    answer = socket.request(name, {"token": person.token, "integrity": ""})
    data = answer["data"]
    assert data["success"] is True and data["internal"] is True and data["user"]["id"] == person.id
    assert {"id", "username", "display", "displayname", "server"} <= set(data["user"])
    assert socket.events == [], "the event comes after the answer"
    assert socket.expect("authenticated")["user"]["id"] == person.id
    assert person.me()["status"] == "online"


@pytest.mark.parametrize("data,code", [
    ({"token": "unknown"}, 20), ({"token": "unknown", "integrity": ""}, 20), ({}, 22), ({"token": ""}, 22), ({"token": "", "integrity": ""}, 22), (None, 22),
    ({"token": "x", "integrity": "y"}, 22), ({"integrity": "unknown"}, 35), ({"token": 7}, 22), ({"token": None}, 22), ([], 22), ("x", 22),
])  # fmt: skip
def test_a_login_that_fails(socket, data, code):
    """5.3: "exactly one non-empty, else error 22 ... (20 unknown) ... integrity (35 unknown/expired)"; 5.2: "on failure `data:{success:false}`"."""
    answer = socket.request("authenticate", data)
    assert answer["data"] == {"success": False}
    is_error(answer["error"], code)
    socket.sync()


def test_one_logs_in_as_somebody_else(person, somebody, connect):
    """5.3: "re-authenticating replaces the identity"."""
    socket = connect(person)
    assert socket.ask("authenticate", token=somebody.token)["user"]["id"] == somebody.id
    wait_until(lambda: (person.me()["status"], somebody.me()["status"]) == ("offline", "online"), within=25)
    good(somebody.post("/users/@me", {"display": "Kestrel"}))
    assert socket.expect("update-user")["user"]["display"] == "Kestrel"
    # What fails leaves it as it was.
    socket.refused(20, "authenticate", token="unknown")
    good(somebody.post("/users/@me", {"display": "Falcon"}))
    assert socket.expect("update-user")["user"]["display"] == "Falcon"


ENDINGS = {
    "logout": lambda person, warden: person.get("/auth/logout"),
    "delete": lambda person, warden: person.delete("/auth/logout"),
    "password": lambda person, warden: person.again().post("/users/@me", {"password": prehash("another password")}),
    "account": lambda person, warden: person.delete("/users/@me"),
    "disabled": lambda person, warden: warden.post(f"/users/{person.id}", {"tags": ["avr:disabled"]}),
}


@pytest.mark.parametrize("how", ENDINGS)
def test_a_session_that_ends_is_told(registry, warden, person, somebody, connect, how):
    """5.4: "`unauthenticated`: session closed/expired/account deleted"; the socket goes on as a guest's."""
    socket, other = connect(person), connect(somebody)
    good(ENDINGS[how](person, warden))
    assert isinstance(socket.expect("unauthenticated")["reason"], str)
    socket.refused(3, "instance-join", instance="zzz.zzz")
    assert socket.ask("authenticate", token=somebody.token)["user"]["id"] == somebody.id
    other.sync()
    assert other.events == []


def test_only_the_session_that_ends_is_concerned(person, connect):
    """5.4."""
    second = person.again()
    first, other = connect(person), connect(second)
    good(second.get("/auth/logout"))
    other.expect("unauthenticated")
    first.sync()
    assert [event["command"] for event in first.events] == []


# The end


def test_a_server_that_stops_says_so(engine, new_server):
    """DESIGN: a stop drains; sockets are closed with 1001 (RFC 6455: "going away") or 1012."""
    server = new_server(engine)
    socket = Socket(server)
    socket.sync()
    assert server.stop() == 0
    with pytest.raises(ConnectionClosed) as closed:
        for _ in itertools.count():
            socket.receive()
    assert closed.value.rcvd is not None and closed.value.rcvd.code in (1001, 1012)


def test_the_user_of_the_answer_has_no_secret(person, socket):
    """4.2: a User or a UserMe, and nothing else."""
    user = socket.ask("authenticate", token=person.token)["user"]
    if "status" not in user:
        is_user(user)
    assert not {"password", "token"} & set(user)
