"""The objects of contracts/reileta.md section 4: each check fails when a member is missing, is one too many, or has the wrong type."""

import base64
import re
import time
import uuid

USER = {"id", "username", "display", "displayname", "tags", "server", "external", "created_at", "updated_at"}
USER_ME = USER | {"friends", "status", "following"}
USER_FRIEND = USER | {"isFriend", "following_at", "status"}
WORLD = {
    "id", "title", "capacity", "tags", "owner_id", "owner", "owner_ids", "server", "external", "fallback", "assets", "created_at", "updated_at",
}  # fmt: skip
ASSET = {"id", "version", "engine", "platform"}
SERVICE = {"id", "title", "version", "author", "tags", "require", "server", "created_at", "updated_at"}
INSTANCE = {
    "id", "name", "capacity", "world", "world_ids", "owner", "owner_ids", "master", "server", "tags", "moderators", "users", "connected",
    "players", "created_at", "updated_at",
}  # fmt: skip


def now():
    return int(time.time() * 1000)


def is_time(value):
    assert type(value) is int and abs(value - now()) < 86_400_000, f"{value!r} is not a time of today in milliseconds"


def is_id(value, prefix):
    """1.4: the prefix and 36 characters."""
    assert isinstance(value, str) and re.fullmatch(prefix + "_[a-f0-9-]{36}", value), value
    uuid.UUID(value[2:])


def _has(thing, keys, texts=(), optional=()):
    """The keys exactly, but for the optional ones, which are texts; all times are times and all tags are texts."""
    assert keys <= set(thing) <= keys | set(optional), f"missing {keys - set(thing)}, more {set(thing) - keys - set(optional)}"
    for name in (*texts, *(name for name in optional if name in thing)):
        assert isinstance(thing[name], str), f"{name} is {thing[name]!r}"
    for name in keys & {"created_at", "updated_at", "following_at"}:
        is_time(thing[name])
    for tag in thing.get("tags", []):
        assert isinstance(tag, str) and "," not in tag


def is_user(user, keys=USER, more=(), *, external=False):
    _has(user, keys, ("username", "display", "server"), ("description", "thumbnail", "banner", *more))
    is_id(user["id"], "u")
    assert user["display"] == user["displayname"] and user["external"] is external and isinstance(user["tags"], list)
    if "status" in keys:
        assert user["status"] in ("online", "offline", "away", "busy")


def is_me(user):
    is_user(user, USER_ME, ("email", "home"))
    for name in ("friends", "following"):
        assert all(re.fullmatch(r"u_[a-f0-9-]{36}@.+", other) for other in user[name]), user[name]


def is_world(world, owner=None, *, is_short=False):
    """`is_short`: as sockets are told of it; 5.1: what may be long is read by HTTP."""
    if is_short:
        world = {"assets": []} | world
    _has(world, WORLD, ("title", "server"), ("description", "thumbnail"))
    is_id(world["id"], "w")
    assert world["external"] is False and type(world["fallback"]) is bool and type(world["capacity"]) is int
    assert world["owner"] == f"{world['owner_id']}@{world['server']}" and world["owner_ids"]
    if owner:
        assert world["owner_id"] == owner.id
    for asset in world.get("assets", []):
        is_asset(asset)


def is_asset(asset):
    """4.4: `empty: true` only when a file is missing; the key is absent otherwise."""
    _has(asset, set(asset), ("version", "engine", "platform"))
    assert ASSET <= set(asset) <= ASSET | {"url", "hash", "size", "empty"}, asset
    is_id(asset["id"], "f")
    if "empty" in asset:
        assert asset["empty"] is True
    else:
        assert re.fullmatch("[0-9a-f]{64}", asset["hash"]) and type(asset["size"]) is int and asset["size"] < 2**31
        assert asset["url"].startswith(("http://", "https://"))


def is_service(service, author=None):
    _has(service, SERVICE, ("title", "version", "author", "server"), ("description", "url"))
    is_id(service["id"], "p")
    for need in service["require"]:
        assert {"id", "required"} <= set(need) <= {"id", "required", "version"} and type(need["required"]) is bool
    if author:
        assert service["author"] == author.reference


def is_instance(instance, owner=None, *, is_short=False):
    """`is_short`: as sockets are told of it; 5.1: what may be long is read by HTTP. `password` says whether there is one."""
    assert type(instance.get("password", False)) is bool
    instance = {name: value for name, value in instance.items() if name != "password"}
    if is_short:
        instance = {"moderators": [], "users": [], "connected": 0, "players": []} | instance
    _has(instance, INSTANCE, ("name", "world", "owner", "server"), ("title", "description"))
    is_id(instance["id"], "i")
    assert instance["world_ids"] and re.fullmatch(r"w_[a-f0-9-]{36}(:[^@]+)?@.+", instance["world"])
    assert instance["owner_ids"] and type(instance["connected"]) is int and type(instance["capacity"]) is int
    assert instance["master"] is None or re.fullmatch(r"u_[a-f0-9-]{36}@.+", instance["master"])
    assert all(re.fullmatch(r"u_[a-f0-9-]{36}@.+", moderator) for moderator in instance["moderators"])
    assert set(instance["users"]) == {player["user"] for player in instance["players"]} and instance["connected"] == len(instance["players"])
    if owner:
        assert instance["owner"] == owner.reference


def is_challenge(challenge, server, direction, state="accepted", *, token=False):
    """4.7: the token is said once, to the server that it is for."""
    keys = {"id", "server", "direction", "state", "created_at", "expires_at"} | ({"token"} if token else set())
    assert set(challenge) == keys, challenge
    is_id(challenge["id"], "c")
    assert (challenge["server"], challenge["direction"], challenge["state"]) == (server, direction, state), challenge
    is_time(challenge["created_at"])
    assert type(challenge["expires_at"]) is int and challenge["expires_at"] > challenge["created_at"]
    if token:
        is_token(challenge["token"])


def is_token(token):
    """1.3: "64 random bytes, standard base64"."""
    assert len(base64.b64decode(token, validate=True)) == 64, token


def is_list(data, plural):
    """1.4: `{total, limit, offset, query?, items:[...], <plural>:[same array]}`."""
    keys = {"total", "limit", "offset", "items", plural}
    assert keys <= set(data) <= keys | {"query"}, set(data)
    assert data["items"] == data[plural] and len(data["items"]) <= data["limit"] <= 100
    for name in ("total", "limit", "offset"):
        assert type(data[name]) is int
    assert data["total"] >= len(data["items"])


def ids(items):
    return [item["id"] for item in items]


def is_candidate(candidate, instance=None):
    """4.7: a place in the queue only of those who wait, an end of the reservation only of those who have one."""
    _has(candidate, {"id", "instance", "user", "display", "state", "created_at"} | set(candidate) & {"position", "expires_at"}, ("display",), ("message",))
    uuid.UUID(candidate["id"])
    assert candidate["state"] in ("pending", "queued", "accepted", "refused", "expired")
    assert re.fullmatch(r"i_[a-f0-9-]{36}@.+", candidate["instance"]) and re.fullmatch(r"u_[a-f0-9-]{36}@.+", candidate["user"])
    assert ("position" in candidate) == (candidate["state"] == "queued") and candidate.get("position", 1) >= 1
    assert ("expires_at" in candidate) == (candidate["state"] == "accepted")
    if instance:
        assert candidate["instance"].split("@")[0] == instance["id"]
