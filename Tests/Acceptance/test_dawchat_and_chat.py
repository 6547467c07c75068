"""One community in two APIs: people of Dawchat and people of Chat in the same channels (contracts/dawchat.md, contracts/chat.md, DESIGN.md 7)."""

import pytest

from support.api import assert_error, register, unique
from support.both import chat_side, home, is_same_message, message_place
from support.dawchat import (
    ALL_PERMISSIONS, JOINER_PERMISSIONS, administrator, channel_name, from_chat, newcomer, nothing, problem, succeeded,
)  # fmt: skip
from support.gateway import (
    CHANNEL_CREATE, CHANNEL_DELETE, CHANNEL_UPDATE, MESSAGE_CREATE, MESSAGE_DELETE, MESSAGE_UPDATE, SERVER_MEMBER_ADD, SERVER_MEMBER_REMOVE,
)  # fmt: skip
from support.shapes import is_channel, is_message, is_server_detail


@pytest.fixture(scope="module")
def house(mortal):
    """A server with an administrator, `root`, who owns the home space."""
    mortal.root = administrator(mortal)
    return mortal


@pytest.fixture
def ann(house):
    """Somebody who uses Dawchat."""
    return newcomer(house, "ann")


@pytest.fixture
def bob(house):
    """Somebody who uses Chat."""
    return register(house, "bob")


@pytest.fixture
def cleo(house):
    """Somebody who uses both at once; `cleo.chat` is her other side."""
    cleo = newcomer(house, "cleo")
    cleo.chat = chat_side(cleo)
    return cleo


@pytest.fixture
def channel(ann, bob, cleo):
    """The id of a channel of `ann` that `bob` and `cleo` have joined."""
    channel = ann.make_channel()["channelId"]
    from_chat(bob).log_in().join(channel)
    cleo.join(channel)
    return channel


@pytest.fixture
def root(house):
    """The administrator on the side of Chat."""
    return chat_side(house.root)


def operations(frames):
    return [frame["op"] for frame in frames]


# Accounts


def test_an_account_is_one_in_both(house, bob, ann):
    """"Accounts are those of Chat: who registered there logs in here (with any username, e.g. shorter than 4) and the other way round"."""
    short = register(house, username=unique("x")[-3:])
    for account in (bob, short):
        person = from_chat(account).log_in()
        assert str(person.user_id) == account.user_id
    assert chat_side(ann).user_id == str(ann.user_id)


def test_a_name_that_is_changed_shows_in_both(channel, ann, bob):
    """contracts/chat.md 3.5: "A changed username shows in later author objects (old messages too)"."""
    bob.say(channel, "who am I?")
    bob.change("/users/@me", username=unique("robert"))
    shown = bob.get("/users/@me").json()["username"]
    assert ann.history(channel, limit=1)[0]["username"] == shown
    assert shown in [member["username"] for member in ann.members(channel)]


# Messages


def test_what_is_said_in_one_is_heard_in_both(channel, ann, bob, cleo, listen, gateway):
    """DESIGN.md 7 (design 1.1): "A message sent through one API is seen through every other"; both histories are one."""
    streams, sockets = [listen(person) for person in (ann, cleo)], [gateway(account) for account in (bob, cleo.chat)]
    text = "  spaces, \U0001f99c, \"quotes\" and\nlines  "
    said = [ann.say(channel, text), cleo.say(channel, "from Dawchat")]
    shown = [bob.say(channel, text), cleo.chat.say(channel, "from Chat")]
    heard = [[stream.expect("channel-message").data for _ in range(4)] for stream in streams]
    seen = [socket.expect_messages(4) for socket in sockets]
    assert heard[0] == heard[1] and seen[0] == seen[1]
    for ours, theirs in zip(heard[0], seen[0]):
        is_message(theirs)
        is_same_message(ours, theirs)
    assert [message["messageId"] for message in heard[0][:2]] == [message["messageId"] for message in said]
    assert seen[0][2:] == shown
    here, there = ann.history(channel, filter=["text"]), bob.history(channel)
    assert len(here) == len(there) == 4
    for ours, theirs in zip(here, there):
        is_same_message(ours, theirs)
        assert bob.get(message_place(channel, ours["messageId"])).json() == theirs
    assert ann.info(channel)["lastMessage"] == here[0]["messageId"]
    assert bob.get(f"/channels/{channel}").json()["last_message_id"] == str(here[0]["messageId"])


def test_a_long_message_of_dawchat_is_read_whole_in_chat(channel, ann, bob, gateway):
    """2, no 22: "max 8192 characters", more than Chat lets one write."""
    socket = gateway(bob)
    text = "\U0001f99c" * 8_192
    said = ann.say(channel, text)
    [heard] = socket.expect_messages(1)
    assert heard["content"] == bob.history(channel)[0]["content"] == text
    is_same_message(said, heard)
    assert_error(bob.post(f"/channels/{channel}/messages", {"content": text}), 400, 50035, "invalid_form", fields=["content"])


def test_a_message_sent_twice_through_chat_is_heard_once(channel, ann, bob, listen):
    """contracts/chat.md 3.4: the same nonce is "the first message again, 200, no event"."""
    stream = listen(ann)
    first = bob.say(channel, "once", nonce="n")
    assert bob.post(f"/channels/{channel}/messages", {"content": "once", "nonce": "n"}).json()["message_id"] == first["message_id"]
    assert stream.expect("channel-message").id == int(first["message_id"])
    stream.expect_message(ann.say(channel, "marker"))


def test_what_is_edited_and_deleted_through_chat_shows_in_the_history(channel, ann, bob, cleo, listen, gateway):
    """Dawchat has no event for it: what it reads later is the present state."""
    stream, socket = listen(ann), gateway(bob)
    typo, regretted, kept = (cleo.say(channel, text) for text in ("typo", "regretted", "kept"))
    cleo.chat.change(message_place(channel, typo["messageId"]), content="corrected")
    cleo.chat.remove(message_place(channel, regretted["messageId"]))
    marker = ann.say(channel, "marker")
    assert [event.id for event in stream.events_until(marker)] == [message["messageId"] for message in (typo, regretted, kept)]
    frames = socket.events_until({"message_id": str(marker["messageId"])})
    assert operations(frames) == [MESSAGE_CREATE] * 3 + [MESSAGE_UPDATE, MESSAGE_DELETE]
    assert [message["content"] for message in ann.history(channel, filter=["text"])] == ["marker", "kept", "corrected"]


def test_what_chat_says_moves_the_authors_read_marker(channel, ann, bob):
    """2, no 22: "Author's lastRead becomes the new id, channel lastMessage too", also of what is sent through Chat."""
    before = ann.info(channel)["lastRead"]
    said = int(bob.say(channel, "hello")["message_id"])
    own = from_chat(bob).log_in().info(channel)
    assert (own["lastRead"], own["lastMessage"]) == (said, said)
    assert (ann.info(channel)["lastRead"], ann.info(channel)["lastMessage"]) == (before, said)


# Notes


def test_notes_of_making_and_renaming_are_never_shown_in_chat(channel, ann, bob, gateway):
    """"Chat never shows those two kinds (history, gateway, single message 404, last_message_id is the last text message)"."""
    socket = gateway(bob)
    texts = []
    for number in range(4):
        texts.append(str(ann.say(channel, f"text {number}")["messageId"]))
        for _ in range(number):
            ann.rename(channel, channel_name())
    notes = [message["messageId"] for message in ann.history(channel) if message["type"] != "text"]
    assert len(notes) == 7
    newest = texts[::-1]

    def page(**query):
        response = bob.get(f"/channels/{channel}/messages", params=query)
        assert response.status_code == 200, response.text
        return [message["message_id"] for message in response.json()], response.headers["x-has-more"]

    assert page() == page(limit=4) == (newest, "false"), "below the first text there is only a note"
    assert page(limit=2) == (newest[:2], "true")
    assert page(limit=2, before=newest[1]) == (newest[2:], "false")
    assert page(limit=1, after=texts[0])[0] == [texts[1]], "nothing but notes would have room in between"
    assert page(limit=3, around=texts[2])[0] == newest[:3]
    for note in notes:
        older, younger = [text for text in newest if int(text) < note], [text for text in newest if int(text) > note]
        assert page(before=note)[0] == older and page(after=note)[0] == younger
        assert page(around=note, limit=100)[0] == newest
        place = message_place(channel, note)
        for response in (bob.get(place), bob.patch(place, {"content": "mine"}), bob.delete(place)):
            assert_error(response, 404, 10008, "unknown_message")
    assert bob.get(f"/channels/{channel}").json()["last_message_id"] == texts[-1]
    frames = socket.events_until({"message_id": str(ann.say(channel)["messageId"])})
    expected = [operation for number in range(4) for operation in [MESSAGE_CREATE] + [CHANNEL_UPDATE] * number]
    assert operations(frames) == expected
    assert [frame["d"]["message_id"] for frame in frames if frame["op"] == MESSAGE_CREATE] == texts


def test_an_owner_cannot_touch_the_notes_through_chat(ann):
    """Single messages of those kinds are 404, for whoever may delete messages too."""
    made = ann.make_channel()
    chat = chat_side(ann)
    for response in (
        chat.get(message_place(made["channelId"], made["lastMessage"])), chat.delete(message_place(made["channelId"], made["lastMessage"])),
        chat.patch(message_place(made["channelId"], made["lastMessage"]), {"content": "x"}),
    ):  # fmt: skip
        assert_error(response, 404, 10008, "unknown_message")
    assert [message["type"] for message in ann.history(made["channelId"])] == ["channel-create"]


def test_a_channel_in_which_nothing_was_said_is_empty_in_chat(ann, gateway):
    """contracts/chat.md 2: "last_message_id|null"."""
    made = ann.make_channel()
    chat = chat_side(ann)
    place = f"/channels/{made['channelId']}"
    [listed] = home(chat) and chat.get(f"/servers/{home(chat)['server_id']}/channels").json()
    [connected] = gateway(chat).connected["d"]["servers"][0]["channels"]
    for shown in (chat.get(place).json(), listed, connected):
        is_channel(shown)
        assert (shown["channel_id"], shown["last_message_id"]) == (str(made["channelId"]), None)
    assert chat.history(made["channelId"]) == [] and made["lastMessage"] > 0


# Names


def test_a_new_name_through_either_is_told_in_both(channel, ann, bob, cleo, listen, gateway):
    """2, detail 13; contracts/chat.md 3.3: 21. Both write the note."""
    stream, socket = listen(cleo), gateway(bob)
    own = chat_side(ann)
    for rename in (lambda name: ann.rename(channel, name), lambda name: own.change(f"/channels/{channel}", name=name)):
        name = channel_name("renamed")
        rename(name)
        assert stream.expect("channel-rename").data == {"channelId": channel, "channelName": name}
        told = stream.expect("channel-message").data
        assert (told["type"], told["content"], told["userId"], told["channelName"]) == ("channel-rename", name, ann.user_id, name)
        assert socket.expect(CHANNEL_UPDATE)["d"]["name"] == bob.get(f"/channels/{channel}").json()["name"] == name
        assert ann.history(channel, limit=1) == [{member: told[member] for member in told if member != "channelName"}]
        info = ann.info(channel)
        assert (info["channelName"], info["lastMessage"], info["lastRead"]) == (name, told["messageId"], told["messageId"])


def test_a_change_through_chat_that_is_no_new_name_is_not_told_in_dawchat(channel, ann, cleo, listen):
    """A topic and a place in the list are Chat's own; the same name is no change (contracts/chat.md: "Nothing changed -> 200, no event 21")."""
    stream, own = listen(cleo), chat_side(ann)
    before = ann.history(channel)
    own.change(f"/channels/{channel}", topic="birds", position=3, name=ann.info(channel)["channelName"])
    assert ann.history(channel) == before
    stream.expect_message(ann.say(channel))


def test_a_name_is_taken_through_either(channel, ann, bob, root):
    """"Unique (case-sensitive) in the home space; through Chat a taken name in the home space answers 409 `channel_name_taken` code 50035"."""
    taken, server = ann.info(channel)["channelName"], home(bob)["server_id"]
    for name in (taken, f"  {taken} "):
        assert_error(bob.post(f"/servers/{server}/channels", {"name": name}), 409, 50035, "channel_name_taken")
    other = channel_name("Other")
    made = bob.create_channel(server, other)["channel_id"]
    assert_error(bob.patch(f"/channels/{made}", {"name": taken}), 409, 50035, "channel_name_taken")
    problem(ann.channel_create(channelName=other, channelType="private"), "ChannelNameTaken")
    problem(ann.channel_rename(channel, other), "ChannelNameTaken")
    assert bob.create_channel(server, other.upper())["name"] == other.upper()
    # Other servers have names of their own.
    nest = bob.create_server()["server_id"]
    for _ in range(2):
        assert bob.create_channel(nest, taken)["name"] == taken
    bob.remove(f"/channels/{made}")
    assert ann.make_channel(other)["channelName"] == other


@pytest.mark.parametrize("name", ["ab", "x" * 100], ids=["short", "long"])
def test_a_name_only_chat_allows_is_shown_in_dawchat(house, ann, name):
    """Lengths belong to the API that takes the name: 1..100 in Chat, 4..32 in Dawchat."""
    name = unique("")[-2:] if len(name) == 2 else unique("y") + name[12:]
    ann.make_channel()
    chat = chat_side(ann)
    made = chat.create_channel(home(chat)["server_id"], name)["channel_id"]
    assert ann.info(made)["channelName"] == name
    assert name in [found["channelName"] for found in succeeded(ann.channel_search(name))["results"]]
    problem(ann.channel_create(channelName=name, channelType="public"), "InvalidChannelName")


# Making and ending channels


def test_a_channel_made_through_chat_is_a_public_one_in_dawchat(channel, bob, ann, listen, gateway):
    """"Created through Chat (POST /servers/{home}/channels): public", with the note, and its maker as the owner."""
    person = from_chat(bob).log_in()
    stream, socket, others = listen(person), gateway(bob), listen(ann)
    made = bob.create_channel(home(bob)["server_id"], channel_name("perch"))
    identifier = int(made["channel_id"])
    event = stream.expect("channel-join")
    info = person.info(identifier)
    assert event.id == identifier and event.data == info
    assert socket.expect(CHANNEL_CREATE)["d"]["channel_id"] == made["channel_id"]
    assert (info["channelType"], info["channelPerms"], info["channelOwner"]) == ("public", ALL_PERMISSIONS, person.user_id)
    [note] = person.history(identifier)
    assert (note["type"], note["content"], note["userId"]) == ("channel-create", None, person.user_id)
    assert info["lastMessage"] == info["lastRead"] == note["messageId"] and made["last_message_id"] is None
    assert identifier in [found["channelId"] for found in succeeded(ann.channel_search(made["name"]))["results"]]
    others.expect_nothing(0.2)
    assert ann.join(identifier)["channelPerms"] == JOINER_PERMISSIONS
    is_same_message(ann.say(identifier), socket.expect(MESSAGE_CREATE)["d"])


def test_a_channel_of_another_server_is_none_in_dawchat(bob):
    """"every other channel is ChannelNotFound here"."""
    person = from_chat(bob).log_in()
    room = bob.create_server()["channels"][0]["channel_id"]
    direct = bob.direct_channel(register(bob.server))["channel_id"]
    assert person.channels() == []
    for other in (room, direct):
        for response in (
            person.channel_info(other), person.channel_join(other), person.channel_leave(other), person.channel_rename(other, "renamed"),
            person.channel_users(other), person.channel_invites(other), person.channel_messages(other),
            person.channel_messages_create(other, "x"), person.channel_messages_read(other, 1),
            person.channel_users_remove(1, channelId=other), person.channel_invite(other, person.username, ["read"]),
        ):  # fmt: skip
            problem(response, "ChannelNotFound")


def test_a_channel_deleted_through_chat_is_gone_for_everybody(channel, ann, bob, cleo, house, listen, gateway):
    """channel-remove when "the channel was deleted through Chat", for all its members; its name is free, its invites have ended."""
    name, invited = ann.info(channel)["channelName"], newcomer(house)
    invite = ann.invite(channel, invited)
    streams = [(person, listen(person)) for person in (ann, cleo)]
    sockets, outside = [gateway(account) for account in (bob, cleo.chat)], listen(invited)
    chat_side(ann).remove(f"/channels/{channel}")
    for person, stream in streams:
        event = stream.expect("channel-remove")
        assert event.id == channel and event.data == {"channelId": channel}
        assert person.channels() == []
        problem(person.channel_messages(channel), "ChannelNotFound")
        problem(person.channel_messages_create(channel, "x"), "ChannelNotFound")
    for socket in sockets:
        assert socket.expect(CHANNEL_DELETE)["d"]["channel_id"] == str(channel)
    assert invited.received() == []
    problem(invited.channel_join(channel, inviteId=invite), "ChannelNotFound")
    outside.expect_nothing(0.2)
    assert succeeded(ann.channel_search(name))["results"] == []
    assert ann.make_channel(name)["channelName"] == name


def test_the_last_one_who_leaves_ends_the_channel_in_both(ann, gateway):
    """2, detail 16: "Last member leaves: ... delete it"."""
    channel = ann.make_channel()["channelId"]
    chat = chat_side(ann)
    socket = gateway(chat)
    ann.leave(channel)
    assert socket.expect(CHANNEL_DELETE)["d"]["channel_id"] == str(channel)
    for response in (chat.get(f"/channels/{channel}"), chat.get(f"/channels/{channel}/messages"), chat.post(f"/channels/{channel}/messages", {"content": "x"})):
        assert_error(response, 404, 10003, "unknown_channel")


# Rights


def test_an_invite_to_read_does_not_let_write_through_chat(ann, house, gateway):
    """1.4: "write: may create messages"; contracts/chat.md 1.1: 50013 "member without the right"."""
    reader = newcomer(house)
    channel = ann.make_channel(kind="private")["channelId"]
    ann.bring(channel, reader, ["read"])
    chat = chat_side(reader)
    socket = gateway(chat)
    for response in (
        chat.post(f"/channels/{channel}/messages", {"content": "x"}), chat.post(f"/channels/{channel}/typing"),
        chat.patch(f"/channels/{channel}", {"name": "mine"}), chat.patch(f"/channels/{channel}", {"topic": "mine"}), chat.delete(f"/channels/{channel}"),
    ):  # fmt: skip
        assert_error(response, 403, 50013, "missing_permissions")
    said = ann.say(channel)
    is_same_message(said, socket.expect(MESSAGE_CREATE)["d"])
    is_same_message(said, chat.history(channel)[0])
    assert_error(chat.delete(message_place(channel, said["messageId"])), 403, 50013, "missing_permissions")
    assert_error(chat.patch(message_place(channel, said["messageId"]), {"content": "x"}), 403, 50005, "not_author")


def test_the_right_to_rename_is_the_same_in_both(ann, house):
    """"A rename through Chat needs the same right"; with it one may not end the channel, which stays with the owner."""
    renamer, joiner = newcomer(house), newcomer(house)
    channel = ann.make_channel()["channelId"]
    ann.bring(channel, renamer, ["rename"])
    joiner.join(channel)
    name = channel_name("renamed")
    assert_error(chat_side(joiner).patch(f"/channels/{channel}", {"name": name}), 403, 50013, "missing_permissions")
    assert chat_side(renamer).change(f"/channels/{channel}", name=name)["name"] == ann.info(channel)["channelName"] == name
    assert ann.history(channel, limit=1)[0]["userId"] == renamer.user_id
    assert_error(chat_side(renamer).delete(f"/channels/{channel}"), 403, 50013, "missing_permissions")


def test_who_is_not_in_a_channel_has_no_access_to_it_through_chat(channel, ann, house, root):
    """contracts/chat.md 1.1: 50001 "not a member of that server/channel"; also the administrator, and also of a public channel."""
    member = newcomer(house)
    member.make_channel()
    said = ann.say(channel)
    for account in (root, chat_side(member), register(house)):
        for response in (
            account.get(f"/channels/{channel}"), account.get(f"/channels/{channel}/messages"), account.post(f"/channels/{channel}/typing"),
            account.post(f"/channels/{channel}/messages", {"content": "x"}), account.patch(f"/channels/{channel}", {"name": "mine"}),
            account.delete(f"/channels/{channel}"), account.get(message_place(channel, said["messageId"])),
            account.delete(message_place(channel, said["messageId"])),
        ):  # fmt: skip
            assert_error(response, 403, 50001, "missing_access")


def test_an_owner_deletes_messages_of_others_through_chat_and_a_member_does_not(channel, ann, bob, cleo):
    """"who has the right to manage messages (owner/admin; in the home space the channel's owner)"."""
    said = bob.say(channel, "rude")
    assert_error(cleo.chat.delete(message_place(channel, said["message_id"])), 403, 50013, "missing_permissions")
    chat_side(ann).remove(message_place(channel, said["message_id"]))
    assert ann.history(channel, filter=["text"]) == []
    # The right goes with the channel.
    said = bob.say(channel, "rude again")
    ann.leave(channel, newOwner=cleo.user_id)
    cleo.chat.remove(message_place(channel, said["message_id"]))


# Coming and going


def test_the_first_channel_brings_one_into_the_home_server_and_the_second_only_into_itself(channel, ann, bob, house, gateway):
    """"Chat: op 30 with the server, then op 20 for the channel"; whoever is there already is told of the newcomer."""
    person = newcomer(house, "newcomer")
    chat = chat_side(person)
    own, witness = gateway(chat), gateway(bob)
    assert own.connected["d"]["servers"] == [] and chat.get("/servers").json() == []
    person.join(channel)
    added, shown = own.expect(SERVER_MEMBER_ADD)["d"], own.expect(CHANNEL_CREATE)["d"]
    is_server_detail(added["server"])
    is_channel(shown)
    assert (added["user_id"], added["role"], shown["channel_id"]) == (chat.user_id, "member", str(channel))
    told = witness.expect(SERVER_MEMBER_ADD)["d"]
    assert told["user_id"] == chat.user_id and "server" not in told
    second = person.make_channel(kind="private")["channelId"]
    assert own.expect(CHANNEL_CREATE)["d"]["channel_id"] == str(second)
    third = ann.make_channel()["channelId"]
    person.join(third)
    assert own.expect(CHANNEL_CREATE)["d"]["channel_id"] == str(third)
    witness.expect_nothing(0.2)
    joined = {str(identifier) for identifier in (channel, second, third)}
    [connected] = gateway(chat).connected["d"]["servers"]
    assert {entry["channel_id"] for entry in connected["channels"]} == joined
    assert {entry["channel_id"] for entry in chat.get(f"/servers/{connected['server_id']}").json()["channels"]} == joined
    assert {entry["channelId"] for entry in person.channels()} == {channel, second, third}


def test_who_is_brought_into_the_home_server_is_in_no_channel(house, root, bob, listen):
    """Channels of the home space have members of their own."""
    person = from_chat(bob).log_in()
    stream = listen(person)
    root.add(home_id(root), bob)
    assert home(bob)["server_id"] == home_id(root)
    assert person.channels() == []
    stream.expect_nothing(0.3)


def home_id(root):
    """The administrator may be in other servers as well."""
    return root.get("/servers").json()[0]["server_id"]


@pytest.mark.parametrize("way", ["leaves", "is removed"])
def test_who_leaves_or_is_removed_loses_the_channel_in_chat_and_not_the_server(channel, ann, bob, cleo, listen, gateway, way):
    """"Chat clients of that person get op 20 / op 22"; "Leaving the last channel leaves the person in the home space"."""
    person = from_chat(bob).log_in()
    own, witness, stream = gateway(bob), gateway(cleo.chat), listen(ann)
    server = home(bob)["server_id"]
    if way == "leaves":
        person.leave(channel)
    else:
        nothing(ann.channel_users_remove(person.user_id, channelId=channel))
    assert own.expect(CHANNEL_DELETE)["d"]["channel_id"] == str(channel)
    said = ann.say(channel)
    is_same_message(said, witness.expect(MESSAGE_CREATE)["d"])
    stream.expect_message(said)
    own.expect_nothing(0.3)
    for response in (bob.get(f"/channels/{channel}"), bob.get(f"/channels/{channel}/messages"), bob.post(f"/channels/{channel}/messages", {"content": "x"})):
        assert_error(response, 403, 50001, "missing_access")
    assert home(bob)["server_id"] == server and bob.get(f"/servers/{server}/channels").json() == []
    person.join(channel)
    assert own.expect(CHANNEL_CREATE)["d"]["channel_id"] == str(channel)
    assert bob.history(channel)[0]["message_id"] == str(said["messageId"])


def test_who_is_kicked_from_the_home_server_has_lost_all_channels(channel, ann, cleo, root, listen, gateway):
    """channel-remove when "kicked from the home server", for each channel; Chat: op 31 and nothing more of that server."""
    second = ann.make_channel()["channelId"]
    cleo.join(second)
    stream, own, others = listen(cleo), gateway(cleo.chat), listen(ann)
    root.remove(f"/servers/{home_id(root)}/members/{cleo.user_id}")
    assert {stream.expect("channel-remove").id for _ in range(2)} == {channel, second}
    removed = own.expect(SERVER_MEMBER_REMOVE)["d"]
    assert (removed["user_id"], removed["reason"]) == (str(cleo.user_id), "kicked")
    ann.say(channel)
    own.expect_nothing(0.3)
    stream.expect_nothing(0.2)
    assert others.expect("channel-message").data["userId"] == ann.user_id
    assert cleo.channels() == [] and cleo.chat.get("/servers").json() == []
    problem(cleo.channel_messages_create(channel, "x"), "NoPermission")
    problem(cleo.channel_info(channel), "NoPermission")
    assert cleo.user_id not in [member["userId"] for member in ann.members(channel)]
    # It is no ban.
    cleo.join(channel)
    assert [own.expect(operation)["op"] for operation in (SERVER_MEMBER_ADD, CHANNEL_CREATE)] == [SERVER_MEMBER_ADD, CHANNEL_CREATE]


def test_who_leaves_the_home_server_through_chat_leaves_all_channels(channel, ann, cleo, listen, gateway):
    """channel-leave when "one left oneself (also by leaving the home server through Chat)"."""
    second = ann.make_channel()["channelId"]
    cleo.join(second)
    stream, own = listen(cleo), gateway(cleo.chat)
    cleo.chat.remove(f"/servers/{home(cleo.chat)['server_id']}/members/@me")
    assert {stream.expect("channel-leave").id for _ in range(2)} == {channel, second}
    assert own.expect(SERVER_MEMBER_REMOVE)["d"]["reason"] == "left"
    assert cleo.channels() == []
    problem(cleo.channel_users(channel), "NoPermission")


@pytest.mark.parametrize("way", ["is kicked", "leaves"])
@pytest.mark.parametrize("alone", [True, False], ids=["alone", "with others"])
def test_no_channel_is_left_without_an_owner(house, ann, bob, root, listen, way, alone):
    """1.4: whoever owns a channel is in it and may do everything there; a channel without members does not exist."""
    made = ann.make_channel()
    channel, name, guest = made["channelId"], made["channelName"], from_chat(bob).log_in()
    if not alone:
        guest.join(channel)
    account = root if way == "is kicked" else chat_side(ann)
    answer = account.delete(f"/servers/{home_id(root)}/members/{ann.user_id}")
    if answer.status_code == 204:
        assert ann.channels() == []
    else:
        assert answer.status_code == 403 and [entry["channelId"] for entry in ann.channels()] == [channel]
    there = ann if answer.status_code != 204 else guest
    if alone and there is guest:
        problem(guest.channel_join(channel), "ChannelNotFound")
        guest.make_channel(name)
        return
    info, members = there.info(channel), there.members(channel)
    [owner] = [member for member in members if member["userId"] == info["channelOwner"]]
    assert owner["userPerms"] == ALL_PERMISSIONS
    there.say(channel, "still here")
