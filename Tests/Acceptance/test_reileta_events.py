"""What sockets of Reileta are told of (contracts/reileta.md 5.3 subscribe, 5.4)."""

import pytest

from support.reileta import Reileta, administrator, good, join, new_id
from support.reileta_shapes import is_instance, is_me, is_service, is_user, is_world


@pytest.fixture
def mark(warden):
    """Makes an event that every socket with `update-service` hears; `mark(socket)` gives what came before it."""

    def until_then(socket):
        service = warden.make_service(title="Mark")
        before = []
        while True:
            event = socket.next_event()
            if event["command"] == "update-service" and event["data"]["service"]["id"] == service["id"]:
                return before
            before.append((event["command"], event["data"]))

    return until_then


def told(socket, name, kind, check):
    """The next event of this name: what is told of, and what was done."""
    data = socket.expect(name)
    assert set(data) == {kind, "action"}, data
    if data["action"] != "deleted":
        check(data[kind], **({} if kind == "service" else {"is_short": True}))
    return short(data[kind]), data["action"]


def short(thing):
    """What is surely told: lists that may be long need not be."""
    return {name: value for name, value in thing.items() if name not in ("assets", "moderators", "users", "connected", "players")}


# Subscribing


def test_one_subscribes_to_events(person, connect):
    """5.3: "`data:{events: string[1..]}` -> answer `{success, subscribed:[...], denied?:[...], total}`"; "accept `{event:"x"}` or `{events:[...]}`"."""
    socket = connect(person)
    first = socket.ask("subscribe", events=["update-world", "instance"])
    assert set(first["subscribed"]) == {"update-world", "instance"} and "denied" not in first
    second = socket.ask("subscribe", event="update-service")
    assert second["subscribed"] == ["update-service"] and second["total"] == first["total"] + 1
    again = socket.ask("subscribe", events=["update-service", "update-service"])
    assert again["total"] == second["total"], "a topic is one topic"
    gone = socket.ask("unsubscribe", events=["update-world", "instance"])
    assert set(gone["unsubscribed"]) == {"update-world", "instance"} and gone["total"] == second["total"] - 2
    assert socket.ask("unsubscribe", event="update-world")["total"] == gone["total"]


def test_subscribing_is_told(person, connect):
    """5.4: "`subscribed` / `unsubscribed` | `{events:[...], total}`": events like others, for those who want them."""
    socket = connect(person)
    socket.ask("subscribe", events=["subscribed", "unsubscribed"])
    socket.drain("subscribed")
    answer = socket.ask("subscribe", events=["update-world"])
    assert socket.expect("subscribed") == {"events": ["update-world"], "total": answer["total"]}
    answer = socket.ask("unsubscribe", events=["update-world"])
    assert socket.expect("unsubscribed") == {"events": ["update-world"], "total": answer["total"]}


@pytest.mark.parametrize("topic", [
    "all", "authentication", "update", "instance", "ping", "authenticated", "unauthenticated", "subscribed", "unsubscribed", "update-user", "update-server",
    "update-world", "update-service", "update-instance", "instance-joined", "instance-data", "instance-left", "instance-candidate", "instance-queue",
])  # fmt: skip
def test_topics_are_those_of_the_contract(person, connect, topic):
    """5.3: "topic = event name of 5.4 or `<event>:<object id>`, groups `all`, `authentication`, `update`, `instance`"."""
    assert connect(person).ask("subscribe", events=[topic])["subscribed"] == [topic]


def test_what_cannot_be_subscribed_to_is_denied(person, connect):
    """5.3: "Unknown or forbidden -> `denied`; all denied -> error 152"."""
    socket = connect(person)
    answer = socket.ask("subscribe", events=["owls", "update-world", "update-world:nonsense", ""])
    assert answer["subscribed"] == ["update-world"] and set(answer["denied"]) - {""} == {"owls", "update-world:nonsense"}
    socket.refused(152, "subscribe", events=["owls"])
    socket.refused(152, "subscribe", event="owls")


def test_topics_may_be_of_one_object(warden, person, somebody, connect):
    """5.3: "`<event>:<object id>` (e.g. `update-world:w_...`, `instance:i_...`)"; what is not there, or not to be seen, is denied."""
    world = person.make_world(tags=["avr:public"])
    instance, service = person.make_instance(world, tags=["avr:public"]), warden.make_service()
    hidden = [f"update-world:{person.make_world()['id']}", f"update-instance:{person.make_instance(world)['id']}"]
    topics = [f"update-world:{world['id']}", f"update-instance:{instance['id']}", f"update-service:{service['id']}", f"update-user:{person.id}"]
    unknown = [f"update-world:{new_id('w')}", f"update-service:{new_id('p')}", f"update-user:{new_id('u')}", f"instance:{new_id('i')}"]
    answer = connect(somebody).ask("subscribe", events=topics + hidden + unknown)
    assert set(answer["subscribed"]) == set(topics) and set(answer["denied"]) == set(hidden + unknown)
    assert set(connect(person).ask("subscribe", events=topics + hidden)["subscribed"]) == set(topics + hidden)
    socket = connect(somebody)
    socket.ask("instance-join", instance=instance["id"])
    assert socket.ask("subscribe", event=f"instance:{instance['id']}")["subscribed"] == [f"instance:{instance['id']}"]


@pytest.mark.parametrize("data", [{}, {"events": "update-world"}, {"events": [7]}, {"events": []}, {"event": ""}, {"event": 7}, {"events": None}])
def test_events_are_a_list(person, connect, data):
    """5.3: "`events` not an array -> error"."""
    for command in ("subscribe", "unsubscribe"):
        answer = connect(person).request(command, data)
        assert answer["data"] == {"success": False} and answer["error"]["code"] in (150, 152), answer


def test_a_socket_has_200_topics(person, connect):
    """5.3: "<= 200 topics per socket"; one that goes makes room."""
    socket = connect(person)
    topics = [f"update-world:{person.make_world()['id']}" for _ in range(200)]
    for start in range(0, 200, 40):
        answer = socket.request("subscribe", {"events": topics[start:start + 40]})
        total = answer["data"].get("total", 200)
        assert total <= 200
    assert answer["data"]["total"] == 200 and answer["data"]["denied"]
    socket.refused(152, "subscribe", event="update-service")
    socket.ask("unsubscribe", events=[topics[0]])
    assert socket.ask("subscribe", events=["update-world"])["total"] == 200


# Worlds, services, instances, the server


def test_a_world_is_told_of(person, somebody, connect):
    """5.4: "`{world: World, action:"created"|"updated"|"deleted"}`"; to whoever made it, too."""
    sockets = [connect(person, "update-world"), connect(somebody, "update")]
    world = person.make_world(title="Den", tags=["avr:public"])
    changed = good(person.post(f"/worlds/{world['id']}", {"title": "Nest"}))
    person.make_asset(changed, b"files of a nest")
    shown = good(person.get(f"/worlds/{world['id']}"))
    good(person.delete(f"/worlds/{world['id']}"))
    for socket in sockets:
        assert told(socket, "update-world", "world", is_world) == (short(world), "created")
        assert told(socket, "update-world", "world", is_world) == (short(changed), "updated")
        thing, action = told(socket, "update-world", "world", is_world)
        while action == "updated":
            last = thing
            thing, action = told(socket, "update-world", "world", is_world)
        assert last == short(shown), "an asset that comes is a change of its world"
        assert thing["id"] == world["id"] and action == "deleted"


def test_a_world_is_told_of_by_its_id(person, somebody, connect, mark):
    """5.3: "`<event>:<object id>` (e.g. `update-world:w_...`)"."""
    one, other = (person.make_world(tags=["avr:public"]) for _ in range(2))
    socket = connect(somebody, f"update-world:{one['id']}", "update-service")
    for world in (other, one, other):
        good(person.post(f"/worlds/{world['id']}", {"title": "Nest"}))
    [(name, data)] = mark(socket)
    assert name == "update-world" and data["world"]["id"] == one["id"]


def test_what_is_private_is_told_to_its_owner_and_to_administrators(warden, person, somebody, connect, mark):
    """Decision 0014: "its changes are told to its owner and to administrators only"."""
    sockets = {caller: connect(caller, "all") for caller in (person, warden, somebody)}
    guest = connect.guest(person.server)
    guest.ask("subscribe", events=["all"])
    guest.drain("subscribed")
    world = person.make_world(title="Den")
    instance = person.make_instance(world)
    good(person.post(f"/worlds/{world['id']}", {"title": "Lair"}))
    good(person.delete(f"/instances/{instance['id']}"))
    good(person.delete(f"/worlds/{world['id']}"))
    for socket in (sockets[somebody], guest):
        assert [name for name, _ in mark(socket) if name != "update-service"] == []
    for caller in (person, warden):
        heard = [(name, data["action"]) for name, data in mark(sockets[caller]) if name in ("update-world", "update-instance")]
        assert heard == [("update-world", "created"), ("update-instance", "created"), ("update-world", "updated"), ("update-instance", "deleted"),
                         ("update-world", "deleted")]  # fmt: skip


def test_what_becomes_private_is_told_no_more(person, somebody, connect, mark):
    """Decision 0014: a socket "decides whether it asked for it and may see it", at each event."""
    world = person.make_world(title="Den", tags=["avr:public"])
    socket = connect(somebody, "update-world", "update-service")
    good(person.post(f"/worlds/{world['id']}", {"tags": ["avr:private"]}))
    good(person.post(f"/worlds/{world['id']}", {"title": "Secret lair"}))
    assert "Secret lair" not in str(mark(socket))


def test_a_service_is_told_of(warden, person, connect):
    """5.4: "`{service, action}`"."""
    socket = connect(person, "update-service")
    one = warden.make_service()
    good(warden.post(f"/services/{one['id']}", {"title": "Climate"}))
    good(warden.delete(f"/services/{one['id']}"))
    heard = [told(socket, "update-service", "service", is_service) for _ in range(3)]
    assert [action for _, action in heard] == ["created", "updated", "deleted"]
    assert heard[0][0] == one and heard[1][0]["title"] == "Climate" and heard[2][0]["id"] == one["id"]


def test_an_instance_is_told_of(person, somebody, connect):
    """5.4: "`{instance: Instance, action}`"."""
    world = person.make_world(tags=["avr:public"])
    socket = connect(somebody, "update-instance")
    instance = person.make_instance(world, tags=["avr:public"])
    good(person.post(f"/instances/{instance['id']}", {"title": "Nest"}))
    good(person.delete(f"/instances/{instance['id']}"))
    heard = [told(socket, "update-instance", "instance", is_instance) for _ in range(3)]
    assert [action for _, action in heard] == ["created", "updated", "deleted"]
    assert heard[0][0] == short(instance) and heard[1][0]["title"] == "Nest" and heard[2][0]["id"] == instance["id"]


def test_the_server_is_told_of(engine, new_server, connect):
    """2.1: "Broadcast WS `update-server`"; 5.4: `{server: Server}`."""
    server = new_server(engine)
    warden = administrator(server)
    guest, other = connect.guest(server), connect(warden, "all")
    guest.ask("subscribe", events=["update-server"])
    good(warden.post("/server", {"title": "Nest"}))
    for socket in (guest, other):
        data = socket.expect("update-server")
        assert set(data) == {"server"} and data["server"]["title"] == "Nest"
        shown = good(Reileta(server).get("/server"))
        assert {**data["server"], "gateways": 0} == {**shown, "gateways": 0}


def test_nobody_is_told_what_was_not_asked_for(person, somebody, connect, mark):
    """5.3: "Default subscriptions of an authenticated socket: `ping`, `authentication`, `update-user` of self"."""
    socket, only = connect(somebody), connect(somebody, "update-service")
    world = person.make_world(tags=["avr:public"])
    person.make_instance(world, tags=["avr:public"])
    good(person.post("/users/@me", {"display": "Kestrel"}))
    assert [name for name, _ in mark(only) if name != "update-service"] == []
    socket.sync()
    assert socket.events == []


def test_who_unsubscribes_hears_no_more(person, somebody, connect, mark):
    """5.3: unsubscribe; a group goes with its name."""
    socket = connect(somebody, "update-world", "update", "update-service")
    socket.ask("unsubscribe", events=["update-world", "update"])
    socket.drain("unsubscribed")
    person.make_world(tags=["avr:public"])
    assert [name for name, _ in mark(socket) if name != "update-service"] == []


# People


def test_oneself_is_told_with_more(person, connect):
    """5.4: "`{user: User}` - own socket gets UserMe"; subscribed by default."""
    sockets = [connect(person), connect(person.again(), "update-user", "all")]
    good(person.post("/users/@me", {"display": "Kestrel", "description": "Hovers."}))
    for socket in sockets:
        user = socket.expect("update-user")["user"]
        is_me(user)
        assert (user["display"], user["description"]) == ("Kestrel", "Hovers.")
    # "once": two topics that fit do not make two events.
    sockets[1].sync()
    assert not [event for event in sockets[1].events if event["command"] == "update-user" and event["data"]["user"]["display"] == "Kestrel"]


def test_others_are_told_of_when_asked_for(person, somebody, connect):
    """5.3: `update-user:u_...`; others get a User."""
    socket = connect(somebody, f"update-user:{person.id}")
    good(person.post("/users/@me", {"display": "Kestrel"}))
    user = socket.expect("update-user")["user"]
    is_user(user)
    assert (user["id"], user["display"]) == (person.id, "Kestrel")


def test_a_change_in_chat_is_told(person, connect):
    """One account: what another API changes is told here."""
    socket = connect(person)
    assert person.chat().patch("/users/@me", {"display_name": "Merlin"}).status_code == 200
    while socket.expect("update-user")["user"]["display"] != "Merlin":
        pass


# Size


def test_a_large_world_is_told_of_in_a_short_frame(person, somebody, connect):
    """5.1: "Outbound frames should stay < 4096 bytes": the socket of the tests fails at a longer one."""
    socket = connect(somebody, "update-world")
    world = person.make_world(title="x" * 64, description="\u2028" * 256, tags=["avr:public"])
    for number in range(30):
        person.make_asset(world, url=f"https://files.example/{number}", hash=f"{number:064x}", size=number + 1, version=f"{number}".rjust(32, "v"))
    good(person.post(f"/worlds/{world['id']}", {"title": "Nest"}))
    while True:
        data = socket.expect("update-world")
        assert data["world"]["id"] == world["id"]
        if data["world"]["title"] == "Nest":
            break
    assert len(good(person.get(f"/worlds/{world['id']}"))["assets"]) == 30


def test_somebody_with_many_friends_is_told_in_a_short_frame(registry, person, connect):
    """5.1, for UserMe with its lists."""
    for _ in range(60):
        person.follow(join(registry))
    socket = connect(person)
    good(person.post("/users/@me", {"display": "Kestrel", "description": "\u2028" * 256}))
    while socket.expect("update-user")["user"]["display"] != "Kestrel":
        pass
    socket.ask("authenticate", token=person.token)
    socket.expect("authenticated")
