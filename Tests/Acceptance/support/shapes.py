"""The objects of contracts/chat.md section 2: each check fails when a member is missing or has the wrong type."""

import re

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
ID = re.compile(r"[1-9]\d{0,15}")


def is_time(value):
    assert isinstance(value, str) and TIME.fullmatch(value), f"{value!r} is not a time in whole seconds"


def is_id(value):
    assert isinstance(value, str) and ID.fullmatch(value), f"{value!r} is not an id"
    assert int(value) < 2**53


def is_text_or_null(value):
    assert value is None or isinstance(value, str), f"{value!r} is neither text nor null"


def _has_id(thing, name):
    is_id(thing[name])
    assert thing["id"] == thing[name], "id is an alias"


def is_user(user):
    _has_id(user, "user_id")
    assert isinstance(user["username"], str)
    for name in ("display_name", "avatar_url", "bio"):
        is_text_or_null(user[name])
    assert user["status"] in ("online", "idle", "dnd", "offline")
    is_time(user["created_at"])
    assert not {"password", "password_hash"} & set(user)


def is_public_user(user):
    is_user(user)
    assert "email" not in user


def is_self_user(user):
    is_user(user)
    is_text_or_null(user["email"])
    is_time(user["updated_at"])


def is_server(server):
    _has_id(server, "server_id")
    assert isinstance(server["name"], str)
    is_text_or_null(server["description"])
    is_text_or_null(server["icon_url"])
    is_id(server["owner_id"])
    assert type(server["member_count"]) is int
    is_time(server["created_at"])
    is_time(server["updated_at"])


def is_server_detail(server):
    is_server(server)
    for channel in server["channels"]:
        is_channel(channel)
        assert channel["server_id"] == server["server_id"]
    for member in server["members"]:
        is_member(member)
        assert member["server_id"] == server["server_id"]


def is_member(member):
    is_id(member["server_id"])
    is_public_user(member["user"])
    assert member["user_id"] == member["user"]["user_id"]
    assert member["role"] in ("owner", "admin", "member")
    is_text_or_null(member["nickname"])
    is_time(member["joined_at"])


def is_channel(channel):
    _is_any_channel(channel)
    is_id(channel["server_id"])
    assert isinstance(channel["name"], str)
    assert channel["type"] == "text"
    is_text_or_null(channel["topic"])
    assert type(channel["position"]) is int and channel["position"] >= 0
    assert "recipients" not in channel


def is_dm_channel(channel, *, reader, other):
    """A direct channel as `reader` sees it, whose other participant is `other`."""
    _is_any_channel(channel)
    assert (channel["server_id"], channel["name"], channel["topic"]) == (None, None, None)
    assert (channel["type"], channel["position"]) == ("dm", 0)
    [recipient] = channel["recipients"]
    is_public_user(recipient)
    assert recipient["user_id"] == other.user_id != reader.user_id, "recipients are without the reader"


def _is_any_channel(channel):
    _has_id(channel, "channel_id")
    if channel["last_message_id"] is not None:
        is_id(channel["last_message_id"])
    is_time(channel["created_at"])


def is_message(message, *, edited=False, direct=False):
    """A message; `edited`: that was changed; `direct`: of a direct channel."""
    _has_id(message, "message_id")
    is_id(message["channel_id"])
    if direct:
        assert message["server_id"] is None
    else:
        is_id(message["server_id"])
    author = message["author"]
    is_id(author["user_id"])
    assert isinstance(author["username"], str)
    is_text_or_null(author["display_name"])
    is_text_or_null(author["avatar_url"])
    assert "email" not in author
    assert isinstance(message["content"], str)
    is_time(message["timestamp"])
    if edited:
        is_time(message["edited_timestamp"])
    else:
        assert message["edited_timestamp"] is None
    assert message["type"] == "default"


def is_auth_result(result):
    is_token_result(result)
    is_self_user(result["user"])
    assert result["user_id"] == result["user"]["user_id"]
    assert result["username"] == result["user"]["username"]


def is_token_result(result):
    assert isinstance(result["access_token"], str) and result["access_token"].count(".") == 2
    assert result["token"] == result["access_token"], "token is an alias"
    assert isinstance(result["refresh_token"], str) and len(result["refresh_token"]) >= 43
    assert result["token_type"] == "Bearer"
    assert type(result["expires_in"]) is int and result["expires_in"] > 0
