"""The text channel of an instance (`reileta.instance_channels`, decision 0015)."""

import pytest

from support.cosmos_webhooks import wait_until
from support.reileta import good, join


@pytest.fixture
def chatty(engine, new_server):
    return new_server(engine, {"reileta.instance_channels": "true", "reileta.address": "nest.example"})


def channels(chat):
    """The names of the channels of the home space that somebody sees through Chat."""
    servers = [server for server in chat.get("/servers").json() if server["name"] == "Roost"]
    return {channel["name"]: channel["channel_id"] for server in servers for channel in chat.get(f"/servers/{server['server_id']}/channels").json()}


def test_whoever_is_inside_sees_its_channel(chatty, connect):
    owner, guest = join(chatty), join(chatty)
    instance = owner.make_instance(owner.make_world(), tags=["avr:public"], name="den-1")
    chats = {person.id: person.chat() for person in (owner, guest)}
    assert channels(chats[owner.id]) == {} and channels(chats[guest.id]) == {}
    first, second = connect(owner), connect(guest)
    for person, socket in ((owner, first), (guest, second)):
        socket.ask("instance-join", instance=instance["id"])
        assert set(channels(chats[person.id])) == {"den-1"}
    channel = channels(chats[guest.id])["den-1"]
    said = chats[guest.id].post(f"/channels/{channel}/messages", {"content": "Hello"})
    assert said.status_code in (200, 201), said.text
    assert chats[owner.id].get(f"/channels/{channel}/messages").json()[0]["content"] == "Hello"
    for change in (chats[owner.id].patch(f"/channels/{channel}", {"name": "mine"}), chats[owner.id].delete(f"/channels/{channel}")):
        assert change.status_code == 403, change.text
    # With two sockets a person is inside until the last has left.
    third = connect(guest)
    third.ask("instance-join", instance=instance["id"])
    second.ask("instance-leave", instance=instance["id"])
    second.sync()
    assert set(channels(chats[guest.id])) == {"den-1"}
    third.abort()
    wait_until(lambda: channels(chats[guest.id]) == {}, within=40)
    assert chats[guest.id].get(f"/channels/{channel}/messages").status_code in (403, 404)
    assert set(channels(chats[owner.id])) == {"den-1"}
    good(owner.delete(f"/instances/{instance['id']}"))
    wait_until(lambda: channels(chats[owner.id]) == {})


def test_who_is_sent_out_sees_it_no_more(chatty, connect):
    owner, guest = join(chatty), join(chatty)
    instance = owner.make_instance(owner.make_world(), tags=["avr:public"])
    first, second = connect(owner), connect(guest)
    first.ask("instance-join", instance=instance["id"])
    player = second.ask("instance-join", instance=instance["id"])["player"]
    chat = guest.chat()
    assert set(channels(chat)) == {instance["name"]}
    first.ask("moderate", instance=instance["id"], to_player=player, type=1)
    wait_until(lambda: channels(chat) == {})


def test_after_a_restart_nobody_is_in_it(chatty, connect):
    owner = join(chatty)
    instance = owner.make_instance(owner.make_world(), tags=["avr:public"])
    connect(owner).ask("instance-join", instance=instance["id"])
    chatty.kill()
    chatty.start()
    chat = owner.chat()
    assert channels(chat) == {}
    socket = connect(owner)
    for _ in range(10):
        socket.ask("instance-join", instance=instance["id"])
        assert set(channels(chat)) == {instance["name"]}
        socket.ask("instance-leave", instance=instance["id"])
    socket.ask("instance-join", instance=instance["id"])
    assert set(channels(chat)) == {instance["name"]}


def test_two_instances_have_two_channels(chatty, connect):
    """A name is in the home space once: one that is taken has the number of the instance behind it."""
    owner = join(chatty)
    world = owner.make_world()
    socket = connect(owner)
    for number in range(2):
        instance = owner.make_instance(world, tags=["avr:public"], name="den-2")
        socket.ask("instance-join", instance=instance["id"])
        good(owner.post(f"/instances/{instance['id']}", {"name": f"other-{number}"}))
    names = set(channels(owner.chat()))
    assert len(names) == 2 and "den-2" in names and all(name.startswith("den-2") for name in names)


def test_without_the_setting_there_is_none(registry, person, connect):
    instance = person.make_instance(person.make_world(), tags=["avr:public"])
    connect(person).ask("instance-join", instance=instance["id"])
    assert channels(person.chat()) == {}
