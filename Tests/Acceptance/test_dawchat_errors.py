"""Every error of the table (contracts/dawchat.md 1.1), each made by one request."""

import pytest

from support.dawchat import BARE_PROBLEMS, PROBLEMS, DawchatPerson, host, newcomer, nothing, problem

UNKNOWN = 2**53 - 1

#: What needs a server of its own is in test_dawchat_service.py; 503 is for the moment in which a server stops.
ELSEWHERE = {"RateLimited", "Internal", "Unavailable"}


class Stage:
    """A channel of `owner` in which `member` is and `guest` is not, who has an invite to it."""

    def __init__(self, server):
        self.server = server
        self.owner, self.member, self.guest = (newcomer(server, name) for name in ("owner", "member", "guest"))
        self.visitor = DawchatPerson(server)
        self.channel = self.owner.make_channel(kind="private")["channelId"]
        self.owner.bring(self.channel, self.member)
        self.invite = self.owner.invite(self.channel, self.guest)

    def create(self, **members):
        good = {"username": "Somebody new", "password": "password123", "inviteToken": "startuserinvitetoken"}
        return self.visitor.user_create(**good | members)


def taken_name(stage):
    return stage.create(username=stage.owner.username, inviteToken=host(stage.server).registration_invite())


def denied_invite(stage):
    nothing(stage.guest.user_channel_invites_clear(stage.invite))
    return stage.guest.channel_join(stage.channel, inviteId=stage.invite)


def remove_owner(stage):
    keeper = newcomer(stage.server)
    stage.owner.bring(stage.channel, keeper, ["remove-users"])
    return keeper.channel_users_remove(stage.owner.user_id, channelId=stage.channel)


REQUESTS = {
    "InvalidRequestParameters": lambda stage: stage.owner.get("/channel/info"),
    "InvalidUsername": lambda stage: stage.create(username="abc"),
    "InsecurePassword": lambda stage: stage.create(password="1234567"),
    "InvalidUserInvite": lambda stage: stage.create(),
    "UsernameTaken": taken_name,
    "InvalidCredentials": lambda stage: stage.visitor.user_login(username=stage.owner.username, password="password123"),
    "UserInviteNotFound": lambda stage: stage.owner.user_invites_remove("startuserinvitetoken"),
    "InvalidChannelName": lambda stage: stage.owner.channel_rename(stage.channel, "abc"),
    "ChannelNameTaken": lambda stage: stage.owner.channel_rename(stage.channel, stage.owner.info(stage.channel)["channelName"]),
    "ChannelNotFound": lambda stage: stage.owner.channel_info(UNKNOWN),
    "NoPermission": lambda stage: stage.guest.channel_info(stage.channel),
    "UserAlreadyInChannel": lambda stage: stage.member.channel_join(stage.channel),
    "UserAlreadyInvited": lambda stage: stage.owner.channel_invite(stage.channel, stage.guest.username, []),
    "UserNotFound": lambda stage: stage.owner.channel_invite(stage.channel, "nobody at all", []),
    "InvalidChannelInvite": denied_invite,
    "ChannelInviteNotFound": lambda stage: stage.guest.channel_join(stage.channel, inviteId=UNKNOWN),
    "UserNotInChannel": lambda stage: stage.guest.channel_leave(stage.channel),
    "SelectNewOwner": lambda stage: stage.owner.channel_leave(stage.channel),
    "CantSelfRemove": lambda stage: stage.owner.channel_users_remove(stage.owner.user_id, channelId=stage.channel),
    "CantRemoveOwner": remove_owner,
    "InvalidMessageId": lambda stage: stage.owner.channel_messages_read(stage.channel, UNKNOWN),
    "Unauthorized": lambda stage: stage.visitor.user_info(),
    "NotFound": lambda stage: stage.owner.get("/user/nope"),
    "MethodNotAllowed": lambda stage: stage.owner.get("/channel/create"),
    "TooLarge": lambda stage: stage.owner.post("/channel/create", content=b" " * (1 << 20) + b"{}"),
}


def test_every_error_of_the_table_is_here():
    """1.1: the table of the contract, and what HTTP itself says."""
    assert set(REQUESTS) == (set(PROBLEMS) | set(BARE_PROBLEMS)) - ELSEWHERE


@pytest.mark.parametrize("code", REQUESTS)
def test_every_error_is_made_by_a_request(server, code):
    """1.1: media type, type, title, detail, details, status and code."""
    problem(REQUESTS[code](Stage(server)), code)


def test_details_are_for_people_and_name_no_secret(server):
    """1.1: "clients show only title"; what was sent as a password or a token is not told back."""
    stage = Stage(server)
    secret = "hunter2-hunter2"
    for response in (
        stage.create(inviteToken=secret), stage.visitor.user_login(username=stage.owner.username, password=secret),
        stage.owner.user_invites_remove(secret), stage.create(username="abc", password=secret),
    ):  # fmt: skip
        assert response.status_code >= 400 and secret not in response.text
