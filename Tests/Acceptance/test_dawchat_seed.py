"""Every example of the seed document, replayed word for word: what it prints is what it gets (contracts/dawchat.md, all of section 2)."""

import re
import time
from email.utils import parsedate_to_datetime

import pytest

from support.dawchat import ALL_PERMISSIONS, administrator, has_shape, newcomer, problem_members, succeeded
from support.dawchat_seed import REQUESTS, SeedClient

SET_COOKIE = re.compile(r"t=([A-Za-z0-9_-]{43}=); Max-Age=604800; Expires=([^;]+ GMT); Path=/; HttpOnly; SameSite=Lax")
CLEARED_COOKIE = "t=; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:10 GMT; Path=/; HttpOnly; SameSite=Lax"

#: The tokens and ids that the examples print.
CREATE_TOKEN = "irQuMYz3OCQq8548CPDN2ONYA6TN-Cu3wDShEitDX5g="
REMOVED_TOKENS = ("Qt_Ge536JbZOvOU7lhFaH8H5JGoA54oKmo5AmH9aGNc=", "a5HHXo8yNtS3gjYR5NERMOTF47Z-T6wn0Rqgwwkll1M=")


@pytest.fixture(params=["origin", "absolute"])
def seed(request, new_server, engine):
    """A new server whose administrator is the seed's `startuser`, and a client that sends the target in one of its two forms."""
    server = new_server(engine)
    start = administrator(server, "startuser")
    with SeedClient(server, absolute=request.param == "absolute") as client:
        yield server, start, client


def test_the_examples_of_accounts(seed):
    """The seed's user/create, login, info, invites, invites/create, invites/remove and logout."""
    server, start, client = seed
    began = int(time.time())
    created = client.replay("user/create", changes={CREATE_TOKEN: start.registration_invite()})
    user = has_shape(created.json(201), "UserInfo")
    assert user["username"] == "John11" and began <= user["createdAt"] <= time.time() and "set-cookie" not in created.fields

    login = client.replay("user/login")
    assert has_shape(login.json(200), "UserInfo") == user
    matched = SET_COOKIE.fullmatch(login.fields["set-cookie"])
    assert matched, login.fields["set-cookie"]
    assert abs(parsedate_to_datetime(matched[2]).timestamp() - time.time() - 604800) < 60
    cookie = matched[1]

    assert client.replay("user/info", cookie).json(200) == user

    invites = [has_shape(client.replay("user/invites/create", cookie).json(201), "UserInvite") for _ in range(2)]
    for invite in invites:
        assert re.fullmatch(r"[A-Za-z0-9_-]{43}=", invite["token"]) and began <= invite["timestamp"] <= time.time()
        assert (invite["createdBy"], invite["acceptedBy"], invite["acceptedName"]) == (user["userId"], None, None)
    mike = newcomer(server, username="Mike67", token=invites[1]["token"])
    used = invites[1] | {"acceptedBy": mike.user_id, "acceptedName": "Mike67"}
    assert client.replay("user/invites", cookie).json(200) == {"invites": [invites[0], used]}

    tokens = [invite["token"] for invite in invites]
    client.replay("user/invites/remove", cookie, dict(zip(REMOVED_TOKENS, tokens))).is_empty()
    assert client.replay("user/invites", cookie).json(200) == {"invites": []}

    logout = client.replay("user/logout", cookie)
    logout.is_empty()
    assert logout.fields["set-cookie"] == CLEARED_COOKIE
    again = client.replay("user/info", cookie)
    assert again.status == 401 and again.fields["set-cookie"] == CLEARED_COOKIE
    problem_members(again.content, "Unauthorized")


def test_the_examples_of_channel_invites_to_oneself(seed):
    """The seed's user/channel/invites and user/channel/invites/remove, at the path it prints and at the path it documents."""
    server, start, client = seed
    john, reader = newcomer(server, username="John11"), newcomer(server, username="user1")
    channel = john.make_channel("News13", "private")["channelId"]
    invite = john.invite(channel, reader)
    [listed] = client.replay("user/channel/invites", reader.token).json(200)["invites"]
    assert listed == has_shape(listed, "ChannelInvite") | {
        "inviteId": invite, "senderId": john.user_id, "senderName": "John11", "channelId": channel, "channelName": "News13",
        "channelType": "private", "invitePerms": ["read", "write"], "recipientId": reader.user_id, "recipientName": "user1",
    }  # fmt: skip

    def two():
        """Ids of two pending invites, as the example's 2 and 7."""
        first, second = (start.invite(start.make_channel()["channelId"], reader) for _ in range(2))
        return {"    2,": f"    {first},", "    7\n": f"    {second}\n"}

    assert "/clear HTTP" in REQUESTS["user/channel/invites/remove"]
    client.replay("user/channel/invites/remove", reader.token, two()).is_empty()
    client.replay("user/channel/invites/remove", reader.token, two() | {"invites/clear": "invites/remove"}).is_empty()
    assert [invite["inviteId"] for invite in reader.received()] == [listed["inviteId"]]


def test_the_examples_of_channels(seed):
    """The seed's user/channels, channel/create, info, rename, search, invite, join and leave."""
    server, start, client = seed
    began = int(time.time())
    made = [start.make_channel(name, "private") for name in ("News20", "News30")]
    listed = client.replay("user/channels", start.token).json(200)
    assert listed == {"channels": made}
    for channel, name in zip(listed["channels"], ("News20", "News30")):
        assert has_shape(channel, "UserChannel")["channelName"] == name
        assert (channel["channelType"], channel["channelPerms"], channel["channelOwner"]) == ("private", ALL_PERMISSIONS, start.user_id)
        assert channel["lastMessage"] > 0 and began <= channel["joinedAt"] <= time.time()

    news = has_shape(client.replay("channel/create", start.token).json(201), "UserChannel")
    assert (news["channelName"], news["channelType"], news["channelOwner"]) == ("News100", "public", start.user_id)
    assert news["channelPerms"] == ALL_PERMISSIONS and news["lastMessage"] > made[1]["lastMessage"]
    number = news["channelId"]
    assert client.replay("channel/info", start.token, {"channelId=7": f"channelId={number}"}).json(200) == news

    its_id = {'"channelId": 7': f'"channelId": {number}'}
    client.replay("channel/rename", start.token, its_id).is_empty()
    start.make_channel("Other33")
    found = client.replay("channel/search", start.token).json(200)
    assert found == {"results": [{"channelId": number, "channelName": "News101", "channelType": "public"}]}

    reader = newcomer(server, username="user1")
    invite = has_shape(client.replay("channel/invite", start.token, its_id).json(201), "NewChannelInvite")
    assert (invite["senderId"], invite["recipientId"], invite["channelId"]) == (start.user_id, reader.user_id, number)
    assert invite["invitePerms"] == ["read", "write"] and began <= invite["timestamp"] <= time.time()
    joined = client.replay("channel/join", reader.token, its_id | {'"inviteId": 3': f'"inviteId": {invite["inviteId"]}'}).json(200)
    assert has_shape(joined, "UserChannel")["channelPerms"] == ["read", "write"] and joined["channelName"] == "News101"
    assert joined["channelOwner"] == start.user_id and joined == reader.info(number)

    own = reader.make_channel()["channelId"]
    start.join(own)
    changes = {'"channelId": 9': f'"channelId": {own}', '"newOwner": 33': f'"newOwner": {start.user_id}'}
    client.replay("channel/leave", reader.token, changes).is_empty()
    assert start.info(own)["channelOwner"] == start.user_id and own not in [c["channelId"] for c in reader.channels()]


def test_the_examples_of_members_and_their_invites(seed):
    """The seed's channel/invites, channel/invites/remove, channel/users and channel/users/remove."""
    server, start, client = seed
    john, reader = newcomer(server, username="John34"), newcomer(server, username="test-user")
    channel = start.make_channel("News1000")["channelId"]
    query = {"channelId=11": f"channelId={channel}"}
    invite = start.invite(channel, john, ["read", "write", "invite"])
    [listed] = client.replay("channel/invites", start.token, query).json(200)["invites"]
    assert listed == has_shape(listed, "ChannelInvite") | {
        "inviteId": invite, "senderId": start.user_id, "senderName": "startuser", "recipientId": john.user_id, "recipientName": "John34",
        "channelId": channel, "channelName": "News1000", "channelType": "public", "invitePerms": ["read", "write", "invite"],
    }  # fmt: skip
    other = start.invite(channel, reader)
    client.replay("channel/invites/remove", start.token, {"    45,": f"    {invite},", "    223\n": f"    {other}\n"}).is_empty()
    assert client.replay("channel/invites", start.token, query).json(200) == {"invites": []}

    start.bring(channel, reader, ["read", "invite"])
    users = client.replay("channel/users", start.token, query).json(200)["users"]
    assert [has_shape(user, "ChannelUser")["username"] for user in users] == ["startuser", "test-user"]
    assert [user["userPerms"] for user in users] == [ALL_PERMISSIONS, ["read", "invite"]]

    # The example is printed with the path of the invites; 3.11: it means the users, and names no channel.
    john.join(channel)
    changes = {"invites/remove": "users/remove", "    100,": f"    {john.user_id},", "    200\n": f"    {reader.user_id}\n"}
    client.replay("channel/users/remove", start.token, changes).is_empty()
    assert [user["username"] for user in start.members(channel)] == ["startuser"]
    unknown = client.replay("channel/users/remove", start.token)
    assert unknown.status == 404
    problem_members(unknown.content, "ChannelInviteNotFound")


def test_the_examples_of_messages(seed):
    """The seed's channel/messages/create and channel/messages."""
    server, start, client = seed
    first, second = start.make_channel("News1000"), start.make_channel("News101")
    sent = client.replay("channel/messages/create", start.token, {'"channelId": 11': f'"channelId": {first["channelId"]}'}).json(201)
    assert sent == has_shape(sent, "Message") | {
        "channelId": first["channelId"], "userId": start.user_id, "username": "startuser", "type": "text", "content": "hello there!"
    }  # fmt: skip
    changes = {
        '"channelId": 11': f'"channelId": {first["channelId"]}',
        '"channelId": 7': f'"channelId": {second["channelId"]}',
        '"lastMessage": 10': f'"lastMessage": {first["lastMessage"]}',
    }
    results = client.replay("channel/messages", start.token, changes).json(200)["results"]
    assert list(results) == [str(first["channelId"]), str(second["channelId"])]
    for loaded, channel in zip(results.values(), (first, second)):
        assert has_shape(loaded, "Loaded")["channelId"] == channel["channelId"] and loaded["channelName"] == channel["channelName"]
    newest, oldest = (has_shape(message, "Message") for message in results[str(first["channelId"])]["channelMessages"])
    assert newest == sent
    assert (oldest["messageId"], oldest["type"], oldest["content"]) == (first["lastMessage"], "channel-create", None)
    assert results[str(second["channelId"])]["channelMessages"] == []


def test_the_first_examples_work_without_a_session(seed):
    """Public endpoints are these two; every other example without a good cookie is 401 before anything else."""
    server, _, client = seed
    for name, text in REQUESTS.items():
        if name in ("user/create", "user/login"):
            continue
        answer = client.replay(name)
        assert answer.status == 401 and answer.fields["set-cookie"] == CLEARED_COOKIE, name
        problem_members(answer.content, "Unauthorized")
        assert "cookie: t=" in text
    assert succeeded(server.dawchat_host.user_channels()) == {"channels": []}
