"""docs/api/reileta-socket.md can be relied on: its examples are frames of this server, and it has all topics and commands."""

import json
import re
from pathlib import Path

from support.reileta_socket import check

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "docs/api/reileta-socket.md").read_text()
SOCKETS = ROOT / "Sources/Dialects/Reileta/Socket"
FRAMES = [json.loads(block) for block in re.findall(r"^```json\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)]
ENGINES = ("sqlite",)


def example(command, *, is_answer=False):
    """The data of an event, or of the answer to a command."""
    [data] = [
        frame["data"] for frame in FRAMES
        if frame["command"] == command and ("success" in frame["data"]) == is_answer and "error" not in frame and ("state" in frame) == is_answer
    ]
    return data


def test_every_example_is_a_frame():
    for frame in FRAMES:
        check(frame)


def test_the_guide_names_every_topic_and_command():
    for file in ("SocketTopics.swift", "SocketRequest.swift"):
        source = (SOCKETS / file).read_text()
        for name in re.findall(r'"((?:update|instance)[-:][a-z]+|all|authentication|enter|quit)"', source):
            assert f"`{name}`" in GUIDE or name.startswith("update-"), name


def test_the_examples_have_the_members_of_what_the_server_sends(registry, person, somebody, connect):
    """Where the guide and the server could part unseen."""
    guest = connect.guest(registry)
    assert set(guest.ask("ping", time=5)) == set(example("ping", is_answer=True))
    assert set(guest.ask("authenticate", token=person.token, integrity="")) == set(example("authenticate", is_answer=True))
    # Their answers name what was asked for; only the second is denied something.
    assert set(guest.ask("subscribe", events=["update-world", "instance", "owls"])) == set(example("subscribe", is_answer=True))
    assert set(guest.ask("unsubscribe", events=["instance"])) == set(example("unsubscribe", is_answer=True))
    instance = person.make_instance(person.make_world(), tags=["avr:public"])
    assert set(guest.ask("instance-join", instance=instance["id"])) == set(example("instance-join", is_answer=True))
    other = connect(somebody)
    other.ask("instance-join", instance=instance["name"])
    assert set(guest.expect("instance-joined")) == set(example("instance-joined"))
    moved = {"path": "p:@me/body/head", "p": dict(x=1, y=2, z=3), "r": dict(x=0, y=0, z=0, w=1), "s": dict(x=1, y=1, z=1), "at": 1}
    assert set(guest.ask("instance-data", instance=instance["id"], data={"say": "hello"})) == set(example("instance-data", is_answer=True))
    assert set(guest.ask("transform", instance=instance["id"], **moved)) == set(example("transform", is_answer=True))
    warned = guest.ask("moderate", instance=instance["id"], user=somebody.username, type=4)
    assert set(warned) == set(example("moderate", is_answer=True))
    for event in ("instance-data", "instance-transform", "instance-moderation"):
        assert set(other.expect(event)) == set(example(event)), event
    assert set(other.ask("instance-leave", instance=instance["id"])) == set(example("instance-leave", is_answer=True))
    assert set(guest.expect("instance-left")) == set(example("instance-left"))
    full = person.make_instance(person.make_world(), tags=["avr:public"], capacity=1)
    guest.ask("instance-join", instance=full["id"])
    other.subscribe("instance-candidate", "instance-queue")
    somebody.post(f"/instances/{full['id']}/candidate", {"message": "Hello"})
    told, shown = other.expect("instance-candidate"), example("instance-candidate")
    assert set(told) == set(shown) and set(told["candidate"]) == set(shown["candidate"])
    assert set(other.expect("instance-queue")) == set(example("instance-queue"))
    person.get("/auth/logout")
    assert guest.expect("unauthenticated") == example("unauthenticated")
