"""What players send to each other (contracts/reileta.md 5.3, 5.4: instance-data, transform)."""

import itertools
import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from websockets.exceptions import ConnectionClosed

from support.reileta import failed, good, join, new_id

ZERO = {"x": 0, "y": 0, "z": 0}
TURN = {"x": 0, "y": 0, "z": 0, "w": 1}


@pytest.fixture
def instance(person):
    return person.make_instance(person.make_world(tags=["avr:public"]), tags=["avr:public"], capacity=64)


class Playing:
    """Somebody inside."""

    def __init__(self, connect, person, instance):
        self.socket = connect(person)
        self.id = instance["id"]
        self.player = self.socket.ask("instance-join", instance=self.id)["player"]

    def data(self, data, **more):
        return self.socket.ask("instance-data", instance=self.id, data=data, **more)

    def move(self, command="transform", **members):
        return self.socket.request(command, {"instance": self.id} | movement() | members)

    def moved(self, **members):
        answer = self.move(**members)
        assert "error" not in answer, answer
        return answer["data"]

    def hear(self, name):
        return self.socket.expect(name)

    def silent(self, *names):
        self.socket.sync()
        assert not [event for event in self.socket.events if event["command"] in (names or ("instance-data", "instance-transform"))]


def movement(**members):
    return {"path": "p:@me/body", "p": {"x": 1, "y": 2, "z": 3}, "r": TURN, "s": {"x": 1, "y": 1, "z": 1}, "at": time.time() * 1000} | members


@pytest.fixture
def three(registry, person, connect, instance):
    players = [Playing(connect, somebody, instance) for somebody in (person, join(registry), join(registry))]
    for number, player in enumerate(players):
        for _ in players[number + 1 :]:
            player.hear("instance-joined")
    return players


# Data


@pytest.mark.parametrize("command", ["instance-data", "data", "avr/data", "avr/instance-data"])
@pytest.mark.parametrize("data", [{"a": [1, -2.5, "é\n\"", None, True, {}]}, [], "text", 0, 18446744073709551615, False, None, {"a": {"b": [[]]}}])
def test_data_reaches_the_others(three, command, data):
    """5.4: `{instance, player, data}`; 5.3: "no answer unless `state` set (`{success, count}`)"; never to the sender."""
    first, second, third = three
    answer = first.socket.ask(command, instance=first.id, data=data)
    assert answer == {"success": True, "instance": first.id, "count": 2}
    for other in (second, third):
        assert other.hear("instance-data") == {"instance": first.id, "player": first.player, "data": data}
    first.silent()


def test_data_may_be_for_some(three):
    """5.3: `to?: [player ids]`."""
    first, second, third = three
    assert first.data(1, to=[second.player])["count"] == 1
    assert first.data(2, to=[first.player, "p_nobody"])["count"] == 0
    assert first.data(3, to=[])["count"] == 0
    assert first.data(4, to=[second.player, third.player, second.player])["count"] == 2
    assert [second.hear("instance-data")["data"] for _ in range(2)] == [1, 4]
    assert third.hear("instance-data")["data"] == 4
    for player in three:
        player.silent()


def test_data_without_a_state_is_not_answered(three):
    first, second, _ = three
    for data in ({"instance": first.id, "data": 1}, {"instance": first.id}, {"instance": "i_x", "data": 1}, {}):
        first.socket.send({"command": "instance-data", "data": data})
    assert second.hear("instance-data")["data"] == 1
    first.silent("instance-data", "error")
    assert first.socket.events == []


def test_the_order_is_kept(three):
    """5.4: "Order within one instance must be kept": with what is done at once and what has to be looked up."""
    first, second, _ = three
    for number in range(50):
        first.socket.send({"command": "instance-data", "data": {"instance": first.id, "data": number}})
        if number % 10 == 5:
            first.socket.send({"state": "s", "command": "subscribe", "data": {"events": [f"update-instance:{first.id}"]}})
    assert [second.hear("instance-data")["data"] for _ in range(50)] == list(range(50))


def test_the_order_is_the_same_for_all(registry, connect, instance):
    """What several players send at once reaches any two others in one order."""
    players = [Playing(connect, join(registry), instance) for _ in range(6)]

    def talk(player):
        for number in range(150):
            player.socket.send({"command": "instance-data", "data": {"instance": player.id, "data": number}})

    with ThreadPoolExecutor(len(players)) as threads:
        list(threads.map(talk, players))
    heard = {}
    for player in players:
        events = [player.hear("instance-data") for _ in range(150 * (len(players) - 1))]
        heard[player.player] = [(event["player"], event["data"]) for event in events]
    for first, second in itertools.combinations(heard, 2):
        others = [[item for item in heard[one] if item[0] not in (first, second)] for one in (first, second)]
        assert others[0] == others[1]


def test_what_comes_after_joining_is_done_after_joining(registry, person, connect, instance, three):
    """Requests are carried out one after the other: what is done at once waits for what is not."""
    socket = connect(join(registry))
    socket.send({"state": "j", "command": "instance-join", "data": {"instance": instance["id"]}})
    socket.send({"state": "d", "command": "instance-data", "data": {"instance": instance["id"], "data": "first"}})
    socket.send({"state": "l", "command": "instance-leave", "data": {"instance": instance["id"]}})
    socket.send({"state": "e", "command": "instance-data", "data": {"instance": instance["id"], "data": "late"}})
    assert "error" not in socket.answer("j") and socket.answer("d")["data"]["count"] == 3
    assert "error" not in socket.answer("l") and socket.answer("e")["error"]["code"] == 39
    names = []
    while names[-1:] != ["instance-left"]:
        names.append(three[0].socket.next_event()["command"])
    assert names == ["instance-joined", "instance-data", "instance-left"]


def test_data_has_its_limits(three):
    """5.3: `data: any <= 16 kB`; `to` names players."""
    first, second, _ = three
    fits = "x" * 16_382
    assert first.data(fits, to=["p_nobody"])["count"] == 0
    answer = first.socket.request("instance-data", {"instance": first.id, "data": fits + "x"})
    assert answer["error"]["code"] == 33 and "16384" in answer["error"]["message"]
    for to in ("all", [7], ["p"] * 129, {}):
        first.socket.refused(33, "instance-data", instance=first.id, data=1, to=to)
    first.socket.refused(33, "instance-data", instance=first.id)
    second.silent()


def test_a_long_message_closes_the_socket(three):
    """5.1: "frame <= 64 kB inbound (close 1009)"; the others hear nothing of it but that the player has gone."""
    first, second, _ = three
    try:
        first.socket.send(json.dumps({"command": "instance-data", "data": {"instance": first.id, "data": "x" * 65_536}}))
    except ConnectionClosed:
        pass
    first.socket.expect_close(1009)
    assert second.hear("instance-left")["player"] == first.player
    second.silent()


def test_who_is_not_inside_sends_nothing(registry, connect, three, instance):
    """5.3: "must be inside (39)"."""
    outside, guest = connect(join(registry)), connect.guest(registry)
    other = instance | {"id": new_id("i")}
    for command, more in (("instance-data", {"data": 1}), ("transform", movement())):
        outside.refused(39, command, instance=instance["id"], **more)
        guest.refused(3, command, instance=instance["id"], **more)
        three[0].socket.refused(39, command, instance=other["id"], **more)
        three[0].socket.refused(33, command, instance="", **more)
        three[0].socket.refused(39, command, instance=f"{instance['id']}@elsewhere.example", **more)
        assert "error" not in three[0].socket.request(command, {"instance": instance["name"]} | more)
    for player in three[1:]:
        assert player.hear("instance-data")["player"] == three[0].player
        assert player.hear("instance-transform")["player"] == three[0].player
        player.silent()


def test_data_has_a_rate(engine, new_server, connect):
    """5.3: "rate <= 60/s": 140 only when `state` is set, otherwise dropped in silence."""
    server = new_server(engine, {"limits.rate": "true"})
    owner, other = join(server), join(server)
    instance = owner.make_instance(owner.make_world(), tags=["avr:public"])
    first, second = Playing(connect, owner, instance), Playing(connect, other, instance)
    first.hear("instance-joined")

    def run():
        for _ in range(400):
            first.socket.send({"state": "n", "command": "instance-data", "data": {"instance": first.id, "data": 1}})
        return [first.socket.answer("n") for _ in range(400)]

    for _ in range(20):
        errors = [answer["error"] for answer in run() if "error" in answer]
        if errors:
            break
    assert errors and {error["code"] for error in errors} == {140} and "60" in errors[0]["message"]
    for _ in range(400):
        first.socket.send({"command": "instance-data", "data": {"instance": first.id, "data": 1}})
    first.socket.sync()
    assert first.socket.events == []
    assert second.hear("instance-data")["data"] == 1


# Movements


@pytest.mark.parametrize("command", ["transform", "instance-transform", "avr/transform", "avr/instance-transform"])
def test_the_others_see_somebody_move(three, command):
    """5.3: "rebroadcast to the others as `{player, path:"p:<id>/<node>", p, r, s, v, a}`; missing v/a = zero"; "truncated to 4 decimals"."""
    first, second, third = three
    answer = first.move(command, path="p:@me/body/head", p={"x": 1.23456, "y": -1.23456, "z": 1e-9}, s={"x": 1, "y": 2.5, "z": 100000.00009})
    assert answer["data"] == {"success": True, "instance": first.id, "player": first.player}
    for other in (second, third):
        assert other.hear("instance-transform") == {
            "instance": first.id, "player": first.player, "path": f"p:{first.player}/body/head", "p": {"x": 1.2345, "y": -1.2345, "z": 0},
            "r": TURN, "s": {"x": 1, "y": 2.5, "z": 100000.0}, "v": ZERO, "a": ZERO,
        }  # fmt: skip
    first.moved(path=f"p:{first.player}/body/left_hand", v={"x": 0.5, "y": 0, "z": 0}, a={"x": 0, "y": -9.81, "z": 0})
    seen = second.hear("instance-transform")
    assert (seen["path"], seen["v"]["x"], seen["a"]["y"]) == (f"p:{first.player}/body/left_hand", 0.5, -9.81)
    first.silent()


def test_what_is_old_or_the_same_is_not_told(three):
    """5.3: "ignored if `at` is older than the last one or nothing changed"."""
    first, second, _ = three
    first.moved(at=100, p={"x": 1, "y": 0, "z": 0})
    for at, x in ((99, 2), (100, 3), (101, 1), (102, 1.00001), (100.5, 4)):
        first.moved(at=at, p={"x": x, "y": 0, "z": 0})
    first.moved(at=103, p={"x": 5, "y": 0, "z": 0})
    # Each part has a clock of its own.
    first.moved(at=1, path="p:@me/body/head")
    assert [second.hear("instance-transform")["p"]["x"] for _ in range(3)] == [1, 5, 1]
    second.silent()


@pytest.mark.parametrize("members", [
    {"p": None}, {"p": []}, {"p": {"x": 1, "y": 2}}, {"p": {"x": "1", "y": 2, "z": 3}}, {"p": {"x": 1e10, "y": 2, "z": 3}}, {"r": ZERO}, {"s": None},
    {"p": {"x": -1.7e308, "y": 2, "z": 3}}, {"p": {"x": 18446744073709551615, "y": 2, "z": 3}}, {"v": {"x": 1}}, {"a": 7}, {"at": None}, {"at": "1"},
    {"path": None}, {"path": ""}, {"path": "body"}, {"path": "p:@me"}, {"path": "p:@me/"}, {"path": "p:@me/" + "x" * 65}, {"path": "p:@me/\n"}, {"path": 7},
])  # fmt: skip
def test_what_is_no_movement_is_refused(three, members):
    """33; nothing is told, and the next is as if it had not been."""
    first, second, _ = three
    answer = first.move(**members)
    assert answer["error"]["code"] == 33, answer
    first.socket.send({"command": "transform", "data": {"instance": first.id} | movement() | members})
    first.silent()
    second.silent()
    assert first.socket.events == []


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999", "0x10", "1" * 400])
def test_numbers_are_finite(three, number):
    """What is no number is no frame (5.1), or no movement."""
    first, second, _ = three
    frame = json.dumps({"state": "n", "command": "transform", "data": {"instance": first.id} | movement(p={"x": 777, "y": 0, "z": 0})})
    first.socket.send(frame.replace("777", number))
    heard = first.socket.receive()
    assert heard["error"]["code"] in (150, 33), heard
    second.silent()


def test_nobody_moves_others(three):
    """5.3: own player's nodes only."""
    first, second, third = three
    for path in (f"p:{second.player}/body", "p:/body", "p:@you/body"):
        assert first.move(path=path)["error"]["code"] == 4
    third.silent()


def test_a_player_has_32_parts(three):
    first, second, _ = three
    for number in range(32):
        first.moved(path=f"p:@me/n{number}")
    answer = first.move(path="p:@me/n32")
    assert answer["error"]["code"] == 33 and "32" in answer["error"]["message"]
    first.moved(path="p:@me/n31", p=ZERO, at=time.time() * 1000 + 1000)
    assert len({second.hear("instance-transform")["path"] for _ in range(33)}) == 32


def test_who_comes_sees_where_the_others_are(registry, connect, instance, three):
    """Who stands still is told to nobody again: whoever comes is shown it."""
    first, second, third = three
    first.moved(path="p:@me/body", p={"x": 8, "y": 0, "z": 0})
    first.moved(path="p:@me/body/head", p={"x": 9, "y": 0, "z": 0})
    second.moved(path="p:@me/body", p={"x": 7, "y": 0, "z": 0})
    for _ in range(3):
        third.hear("instance-transform")
    newcomer = Playing(connect, join(registry), instance)
    seen = [newcomer.hear("instance-transform") for _ in range(3)]
    assert {(event["player"], event["p"]["x"]) for event in seen} == {(first.player, 8), (first.player, 9), (second.player, 7)}
    third.silent()


def test_who_does_not_want_to_see_does_not(three):
    """5.3: subscriptions: `instance-transform`, `instance-data` one by one, `instance:<id>` for all of an instance."""
    first, second, third = three
    second.socket.ask("unsubscribe", events=[f"instance:{first.id}"])
    second.socket.subscribe("instance-transform")
    first.data(1)
    first.moved()
    assert second.hear("instance-transform")["player"] == first.player
    second.silent()
    assert third.hear("instance-data")["data"] == 1


def test_moving_is_much(engine, new_server, connect):
    """Movements are counted for each player: 200 at once of each of several behind one address are nothing that is refused."""
    server = new_server(engine, {"limits.rate": "true"})
    people = [join(server) for _ in range(4)]
    instance = people[0].make_instance(people[0].make_world(), tags=["avr:public"])
    players = [Playing(connect, somebody, instance) for somebody in people]
    for number in range(200):
        for player in players:
            player.socket.send({"command": "transform", "data": {"instance": player.id} | movement(at=number, p={"x": number, "y": 0, "z": 0})})
    for player in players:
        last = {}
        while len(last) < 3 or any(x != 199 for x in last.values()):
            event = player.hear("instance-transform")
            assert event["p"]["x"] > last.get(event["player"], -1), "in their order"
            last[event["player"]] = event["p"]["x"]


def test_who_comes_in_while_others_move_hears_each_movement_once(registry, person, connect, instance):
    """5.4: in order; where the others were before, and then what they do, without a gap and nothing twice."""
    movers = [Playing(connect, somebody, instance) for somebody in (person, join(registry), join(registry))]
    newcomer, turn = join(registry), 0
    for _ in range(12):
        socket = connect(newcomer)
        socket.send({"state": "j", "command": "instance-join", "data": {"instance": instance["id"]}})
        # Some before it is in, some meanwhile, some after it has its answer.
        for _ in range(15):
            turn += 1
            for mover in movers:
                mover.socket.send({"command": "transform", "data": {"instance": mover.id} | movement(at=turn, p={"x": turn, "y": 0, "z": 0})})
        assert "error" not in socket.answer("j")
        assert not [event for event in socket.events if event["command"] == "instance-transform"], "nobody is shown before the answer"
        last = {}
        while len(last) < len(movers) or any(x != turn for x in last.values()):
            event = socket.expect("instance-transform")
            known = last.get(event["player"])
            assert known is None or event["p"]["x"] == known + 1, "each once"
            last[event["player"]] = event["p"]["x"]
        socket.sync()
        assert not [event for event in socket.events if event["command"] == "instance-transform"]
        socket.close()


def test_who_was_sent_out_sends_nothing_more(three):
    """39 at once, whatever is on its way."""
    first, second, third = three
    assert first.socket.ask("moderate", instance=first.id, to_player=second.player, type=0)["type"] == 0
    second.socket.refused(39, "instance-data", instance=first.id, data=1)
    second.socket.refused(39, "transform", instance=first.id, **movement())
    third.silent()


def test_an_instance_that_is_gone_passes_nothing_on(person, three):
    first, second, _ = three
    good(person.delete(f"/instances/{first.id}"))
    assert second.hear("instance-left")["type"] == 3
    first.socket.expect("instance-left")
    first.socket.refused(39, "instance-data", instance=first.id, data=1)
    failed(person.get(f"/instances/{first.id}"), 36)
