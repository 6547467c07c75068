"""Moderating an instance, and when it ends with its owner (contracts/reileta.md 4.6, 5.3, 5.4)."""

import pytest

from support.cosmos_webhooks import wait_until
from support.reileta import NOBODY, Reileta, failed, good, join, new_id

KICK, BAN, MUTE, UNMUTE, WARN, UNBAN = range(6)


class Room:
    """An open instance with its owner, a moderator and two guests inside."""

    def __init__(self, registry, connect, **members):
        self.registry, self.connect = registry, connect
        self.owner, self.moderator, self.guest, self.other = (join(registry) for _ in range(4))
        world = self.owner.make_world(tags=["avr:public"])
        self.instance = self.owner.make_instance(world, **({"tags": ["avr:public"], "moderators": [self.moderator.username]} | members))
        self.id = self.instance["id"]
        self.sockets, self.players = {}, {}
        for number, person in enumerate((self.owner, self.moderator, self.guest, self.other)):
            before = list(self.sockets.values())
            self.come(person)
            for socket in before:
                socket.expect("instance-joined")
            assert len(before) == number

    def come(self, person):
        socket = self.connect(person)
        self.sockets[person.id] = socket
        self.players[person.id] = socket.ask("instance-join", instance=self.id)["player"]
        return socket

    def moderate(self, by, whom, type, **more):
        return self.sockets[by.id].ask("moderate", **({"instance": self.id, "to_player": self.players[whom.id], "type": type} | more))

    def refused(self, code, by, whom, type, **more):
        self.sockets[by.id].refused(code, "moderate", **({"instance": self.id, "to_player": self.players[whom.id], "type": type} | more))

    def event(self, by, whom, type):
        return {"instance": self.id, "to_player": self.players[whom.id], "user": whom.reference, "by_player": self.players[by.id], "type": type}

    def inside(self):
        return set(good(self.owner.get(f"/instances/{self.id}"))["users"])


@pytest.fixture
def room(registry, connect):
    return Room(registry, connect)


def shown(room, person):
    """The one player of somebody, as the instance lists it."""
    (player,) = [player for player in good(room.owner.get(f"/instances/{room.id}"))["players"] if player["user"] == person.reference]
    return player["role"], player["display"]


def test_a_player_is_shown_as_it_is_now(room):
    """4.6: the role of a player is that which it has, also when it is given or taken while the player is inside; so is the name."""
    assert [shown(room, person)[0] for person in (room.owner, room.moderator, room.guest)] == ["master", "moderator", "normal"]
    good(room.owner.post(f"/instances/{room.id}", {"moderators": [room.guest.username]}))
    wait_until(lambda: [shown(room, person)[0] for person in (room.moderator, room.guest)] == ["normal", "moderator"])
    good(room.guest.post("/users/@me", {"display": "Somebody else"}))
    wait_until(lambda: shown(room, room.guest) == ("moderator", "Somebody else"))
    late = join(room.registry)
    entered = room.connect(late).ask("instance-join", instance=room.id)
    assert {player["user"]: player["role"] for player in entered["players"]}[room.guest.reference] == "moderator"


@pytest.mark.parametrize("command", ["moderate", "instance-moderate", "avr/moderate", "avr/instance-moderate"])
def test_a_player_is_sent_out(room, command):
    """5.3: "answer `{to_player, type}`; room event `moderation {to_player, by_player, type}`"; 5.4: `instance-left` of type Kicked 0, also to the kicked."""
    player = room.players[room.guest.id]
    answer = room.sockets[room.moderator.id].ask(command, instance=room.id, to_player=player, type=KICK)
    assert answer == {"success": True, "instance": room.id, "to_player": player, "user": room.guest.reference, "type": KICK}
    for person in (room.owner, room.guest, room.other):
        socket = room.sockets[person.id]
        assert socket.expect("instance-moderation") == room.event(room.moderator, room.guest, KICK)
        assert socket.expect("instance-left") == {"instance": room.id, "player": player, "type": 0}
    own = room.sockets[room.moderator.id]
    assert own.expect("instance-left")["type"] == 0
    own.sync()
    assert own.events == [], "the sender gets the answer"
    room.sockets[room.guest.id].refused(39, "instance-leave", instance=room.id)
    assert room.guest.reference not in room.inside()
    # A kick is for now.
    room.come(room.guest)


def test_a_kick_is_of_one_player(room):
    """5.3: `to_player`."""
    first = room.sockets[room.guest.id]
    second = room.connect(room.guest)
    other = second.ask("instance-join", instance=room.id)["player"]
    room.moderate(room.owner, room.guest, KICK)
    assert first.expect("instance-left")["player"] == room.players[room.guest.id]
    assert second.expect("instance-left")["player"] == room.players[room.guest.id]
    assert second.ask("instance-leave", instance=room.id)["player"] == other


def test_a_ban_is_of_a_person(registry, room):
    """Ban: type 2 in `instance-left`; join and candidate are 49 then; all sockets of that account leave."""
    first, second = room.sockets[room.guest.id], room.connect(room.guest)
    second.ask("instance-join", instance=room.id)
    room.moderate(room.owner, room.guest, BAN)
    for socket in (first, second):
        assert socket.expect("instance-left")["type"] == 2
        assert socket.expect("instance-left")["type"] == 2 if socket is second else True
        socket.refused(49, "instance-join", instance=room.id)
    failed(room.guest.post(f"/instances/{room.id}/candidate", {}), 49)
    failed(room.owner.post(f"/instances/{room.id}/candidate", {"user": room.guest.reference, "state": "accepted"}), 49)
    watching = room.sockets[room.other.id]
    assert watching.expect("instance-moderation")["type"] == BAN
    assert {watching.expect("instance-left")["type"] for _ in range(2)} == {2}
    assert room.guest.reference not in room.inside()
    # Elsewhere the person is welcome.
    elsewhere = room.owner.make_instance(room.owner.make_world(), tags=["avr:public"])
    first.ask("instance-join", instance=elsewhere["id"])


@pytest.mark.parametrize("how", ["player", "username", "reference"])
def test_a_ban_is_taken_back(room, how):
    """Unban: by player id if known, or by `user`."""
    room.moderate(room.owner, room.guest, BAN)
    if how == "player":
        room.moderate(room.moderator, room.guest, UNBAN)
    else:
        name = room.guest.username if how == "username" else room.guest.reference
        answer = room.moderate(room.moderator, room.guest, UNBAN, to_player="", user=name)
        assert answer["user"] == room.guest.reference and "to_player" not in answer
    room.come(room.guest)
    # What is not there is as good as taken back.
    room.moderate(room.moderator, room.guest, UNBAN, to_player="", user=room.guest.id)


def test_a_ban_ends_a_request(room):
    closed = room.owner.make_instance(room.owner.make_world(), tags=["avr:private"])
    good(room.guest.post(f"/instances/{closed['id']}/candidate", {}))
    owner = room.sockets[room.owner.id]
    owner.ask("instance-join", instance=closed["id"])
    owner.ask("moderate", instance=closed["id"], user=room.guest.username, type=BAN)
    assert good(room.owner.get(f"/instances/{closed['id']}/queue"))["items"] == []
    failed(room.guest.post(f"/instances/{closed['id']}/candidate", {}), 49)
    failed(room.guest.delete(f"/instances/{closed['id']}/candidate"), 120)


def test_a_muted_player_sends_no_data(room):
    """Mute: kept; instance-data is refused with 49 then."""
    guest, other = room.sockets[room.guest.id], room.sockets[room.other.id]
    room.moderate(room.moderator, room.guest, MUTE)
    guest.refused(49, "instance-data", instance=room.id, data={"say": "hi"})
    guest.send({"command": "instance-data", "data": {"instance": room.id, "data": 1}})
    assert other.expect("instance-moderation") == room.event(room.moderator, room.guest, MUTE)
    # It lasts, on every socket of that person.
    guest.ask("instance-leave", instance=room.id)
    again = room.come(room.guest)
    again.refused(49, "instance-data", instance=room.id, data=1)
    room.moderate(room.moderator, room.guest, UNMUTE)
    assert again.ask("instance-data", instance=room.id, data=2)["count"] == 3
    assert other.expect("instance-data")["data"] == 2


def test_a_warning_changes_nothing(room):
    room.moderate(room.moderator, room.guest, WARN)
    assert room.sockets[room.guest.id].expect("instance-moderation") == room.event(room.moderator, room.guest, WARN)
    assert room.sockets[room.guest.id].ask("instance-data", instance=room.id, data=1)["count"] == 3


def test_who_may_moderate_whom(registry, warden, room):
    """4.6: "admin -> admin, moderator, normal; master -> moderator, normal; moderator -> normal; normal -> none"."""
    second = join(registry)
    good(room.owner.post(f"/instances/{room.id}", {"moderators": [room.moderator.username, second.username]}))
    room.come(second)
    room.come(warden)
    may = {
        warden.id: {room.moderator.id, second.id, room.guest.id, room.other.id},
        room.owner.id: {room.moderator.id, second.id, room.guest.id, room.other.id},
        room.moderator.id: {room.guest.id, room.other.id},
        room.guest.id: set(),
    }
    people = [warden, room.owner, room.moderator, second, room.guest, room.other]
    for by in (warden, room.owner, room.moderator, room.guest):
        for whom in people:
            if whom.id in may[by.id] or by is whom is warden:
                room.moderate(by, whom, WARN)
            else:
                for type in range(6):
                    room.refused(4, by, whom, type)
    assert len(room.inside()) == 6, "what is refused changes nothing"
    for socket in room.sockets.values():
        socket.drain("instance-moderation", "instance-joined")
        assert socket.events == []


def test_who_is_not_inside_moderates_nothing(registry, room):
    """5.3: errors 39, 40, 50, 4; guests of the server 3."""
    outside = room.connect(join(registry))
    player = room.players[room.guest.id]
    outside.refused(39, "moderate", instance=room.id, to_player=player, type=KICK)
    room.connect(room.owner).refused(39, "moderate", instance=room.id, to_player=player, type=KICK)
    room.connect.guest(registry).refused(3, "moderate", instance=room.id, to_player=player, type=KICK)
    outside.refused(36, "moderate", instance=new_id("i"), to_player=player, type=KICK)
    assert room.guest.reference in room.inside()


@pytest.mark.parametrize("data,code", [
    ({"type": 6}, 40), ({"type": -1}, 40), ({"type": "0"}, 40), ({"type": None}, 40), ({"type": 1.5}, 40), ({"to_player": "p_" + NOBODY}, 50),
    ({"to_player": "p_" + NOBODY, "type": UNBAN}, 50), ({"to_player": "x\u0000", "type": UNBAN}, 50), ({"to_player": ""}, 33), ({"to_player": 7}, 33),
    ({"instance": ""}, 33), ({"to_player": "", "user": "nobody_here"}, 17), ({"to_player": "", "user": 7}, 33),
])  # fmt: skip
def test_what_is_wrong_is_refused(room, data, code):
    whole = {"instance": room.id, "to_player": room.players[room.guest.id], "type": KICK} | data
    room.sockets[room.owner.id].refused(code, "moderate", **whole)
    assert len(room.inside()) == 4


def test_who_is_not_inside_cannot_be_kicked(registry, room):
    other = join(registry)
    for type in (KICK, WARN):
        room.refused(50, room.owner, room.guest, type, to_player="", user=other.username)
    room.moderate(room.owner, room.guest, BAN, to_player="", user=other.username)
    room.connect(other).refused(49, "instance-join", instance=room.id)


def test_bans_are_kept(engine, new_server, connect):
    server = new_server(engine, {"reileta.address": "nest.example"})
    room = Room(server, connect)
    room.moderate(room.owner, room.guest, BAN)
    room.moderate(room.owner, room.other, MUTE)
    server.restart()
    connect(room.guest).refused(49, "instance-join", instance=room.id)
    room.come(room.other).refused(49, "instance-data", instance=room.id, data=1)
    room.come(room.owner)
    # The player is known still by the id that it had.
    room.moderate(room.owner, room.guest, UNBAN)
    room.come(room.guest)


def test_a_place_that_becomes_free_by_a_kick_is_given_on(registry, connect):
    room = Room(registry, connect, capacity=4)
    waiting = join(registry)
    assert good(waiting.post(f"/instances/{room.id}/candidate", {}))["state"] == "queued"
    room.moderate(room.owner, room.guest, KICK)
    wait_until(lambda: good(waiting.get(f"/instances/{room.id}/queue"))["candidate"]["state"] == "accepted")
    room.sockets[room.guest.id].refused(48, "instance-join", instance=room.id)
    room.come(waiting)


# When the owner leaves


@pytest.mark.parametrize("how", ["leave", "close", "kick"])
def test_an_instance_may_end_with_its_owner(warden, registry, connect, how):
    """4.6: `avr:kill_on_owner_leave`."""
    room = Room(registry, connect, tags=["avr:public", "avr:kill_on_owner_leave"])
    second = connect(room.owner)
    second.ask("instance-join", instance=room.id)
    room.sockets[room.owner.id].close()
    room.sockets[room.guest.id].expect("instance-left", timeout=40)
    second.sync()
    assert good(room.owner.get(f"/instances/{room.id}"))["connected"] == 4, "the last socket of the owner counts"
    if how == "leave":
        second.ask("instance-leave", instance=room.id)
    elif how == "close":
        second.abort()
    else:
        good(room.owner.get("/auth/logout"))
    wait_until(lambda: Reileta(registry).get(f"/instances/{room.id}").status_code == 404, within=40)
    guest = room.sockets[room.guest.id]
    assert room.players[room.guest.id] in [guest.expect("instance-left")["player"] for _ in range(2)] or guest.expect("instance-left")
    guest.refused(36, "instance-join", instance=room.id)


def test_other_instances_stay(warden, registry, connect):
    """4.6: `avr:permanent` "overrides `avr:kill_on_owner_leave`"; others leaving ends nothing."""
    lasting = Room(registry, connect)
    fleeting = Room(registry, connect, tags=["avr:public", "avr:kill_on_owner_leave"])
    world = warden.make_world()
    permanent = warden.make_instance(world, tags=["avr:public", "avr:permanent", "avr:kill_on_owner_leave"])
    socket = connect(warden)
    socket.ask("instance-join", instance=permanent["id"])
    socket.ask("instance-leave", instance=permanent["id"])
    lasting.sockets[lasting.owner.id].ask("instance-leave", instance=lasting.id)
    fleeting.sockets[fleeting.guest.id].ask("instance-leave", instance=fleeting.id)
    fleeting.sockets[fleeting.owner.id].sync()
    for id in (permanent["id"], lasting.id, fleeting.id):
        good(Reileta(registry).get(f"/instances/{id}"))


def test_a_restart_is_no_leaving(engine, new_server, connect):
    server = new_server(engine, {"reileta.address": "nest.example"})
    owner = join(server)
    instance = owner.make_instance(owner.make_world(), tags=["avr:public", "avr:kill_on_owner_leave"])
    connect(owner).ask("instance-join", instance=instance["id"])
    server.restart()
    connect(owner).ask("instance-join", instance=instance["id"])
