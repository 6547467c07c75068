"""Following people, and friends (contracts/reileta.md 2.3, "Extra", and 4.2)."""

import json

from support.reileta import Reileta, failed, good, new_id
from support.reileta_shapes import USER_FRIEND, is_list, is_user


def test_somebody_follows_somebody(person, somebody):
    """2.3: "`PUT /api/users/@me/follows/:user` -> `{id, from: UserInfo, to: UserInfo}`; 37 if already"."""
    made = person.follow(somebody)
    assert set(made) - {"created_at"} == {"id", "from", "to"} and isinstance(made["id"], str) and made["id"]
    is_user(made["from"])
    is_user(made["to"])
    assert (made["from"]["id"], made["to"]["id"]) == (person.id, somebody.id)
    failed(person.put(f"/users/@me/follows/{somebody.id}"), 37)
    failed(person.put(f"/users/@me/follows/{somebody.username}"), 37)
    me = person.me()
    assert me["following"] == [somebody.reference] and me["friends"] == []
    other = somebody.me()
    assert (other["following"], other["friends"]) == ([], [])


def test_who_is_followed_and_who_follows(person, somebody):
    """2.3: "`GET /api/users/@me/follows`, `GET /api/users/@me/followers`"; lists as in 1.4."""
    for path in ("/users/@me/follows", "/users/@me/followers"):
        assert good(person.get(path))["total"] == 0
    person.follow(somebody)
    for caller, path, found in ((person, "follows", somebody), (somebody, "followers", person)):
        data = good(caller.get(f"/users/@me/{path}"))
        is_list(data, next(iter(set(data) - {"total", "limit", "offset", "items", "query"})))
        assert data["total"] == 1 and found.id in json.dumps(data["items"])
    for caller, path in ((person, "followers"), (somebody, "follows")):
        assert good(caller.get(f"/users/@me/{path}"))["items"] == []


def test_nothing_leaks(person, somebody):
    """2.3: "R1 leaks internal fields (password hash) there: do not copy"."""
    texts = [json.dumps(person.follow(somebody)), person.get("/users/@me/follows").text, somebody.get("/users/@me/followers").text]
    for text in texts:
        for word in ("password", "hash", "argon2", "email", "token", "session"):
            assert word not in text.lower(), word


def test_those_who_follow_each_other_are_friends(registry, person, somebody):
    """4.2: "`friends` = mutual follows as `u_...@s`"; "UserFriend ... returned by GET /api/users/:id when both follow each other"."""
    person.follow(somebody)
    is_user(good(person.get(f"/users/{somebody.id}")))
    somebody.follow(person)
    for one, other in ((person, somebody), (somebody, person)):
        friend = good(one.get(f"/users/{other.id}"))
        is_user(friend, USER_FRIEND)
        assert friend["isFriend"] is True and type(friend["following_at"]) is int
        assert one.me()["friends"] == [other.reference]
        listed = one.listed("/users", "users", id=other.id, friends="")
        is_user(listed[0], USER_FRIEND)
    # For others they are people like others.
    is_user(good(Reileta(registry).get(f"/users/{somebody.id}")))
    is_user(good(registry.warden.get(f"/users/{somebody.id}")))


def test_friends_see_how_one_is(person, somebody, connect):
    """4.2: `status`, "`online` while >= 1 authenticated socket"."""
    person.follow(somebody)
    somebody.follow(person)
    assert good(person.get(f"/users/{somebody.id}"))["status"] == "offline"
    connect(somebody).sync()
    assert good(person.get(f"/users/{somebody.id}"))["status"] == "online"
    good(somebody.post("/users/@me", {"status": "busy"}))
    assert good(person.get(f"/users/{somebody.id}"))["status"] == "busy"
    good(somebody.post("/users/@me", {"status": "offline"}))
    assert good(person.get(f"/users/{somebody.id}"))["status"] == "offline"


def test_somebody_stops_following(person, somebody):
    """The way back: `"DELETED"`, and friends no more."""
    person.follow(somebody)
    somebody.follow(person)
    assert good(person.delete(f"/users/@me/follows/{somebody.username}")) == "DELETED"
    assert (person.me()["following"], person.me()["friends"], somebody.me()["friends"]) == ([], [], [])
    is_user(good(somebody.get(f"/users/{person.id}")))
    person.follow(somebody)
    assert person.me()["friends"] == [somebody.reference]


def test_who_can_be_followed(registry, person):
    """2.3: 3, 17."""
    failed(Reileta(registry).put(f"/users/@me/follows/{person.id}"), 3)
    for path in ("follows", "followers"):
        failed(Reileta(registry).get(f"/users/@me/{path}"), 3)
    failed(person.put(f"/users/@me/follows/{new_id('u')}"), 17)
    failed(person.put("/users/@me/follows/nobody_at_all"), 17)
    assert person.me()["following"] == []


def test_who_has_gone_is_followed_no_more(person, somebody):
    """2.3: DELETE of a user."""
    person.follow(somebody)
    somebody.follow(person)
    good(somebody.delete("/users/@me"))
    assert (person.me()["following"], person.me()["friends"]) == ([], [])
    assert good(person.get("/users/@me/follows"))["total"] == 0
