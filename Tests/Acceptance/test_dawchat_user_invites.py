"""Registration invites and the setup code (contracts/dawchat.md 2, rows 1 and 5 to 7; 1.6)."""

import re
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from support.api import PASSWORD, Api, assert_error, register, unchanged, unique
from support.dawchat import DawchatPerson, administrator, has_shape, newcomer, nothing, problem, succeeded

UNKNOWN = "p3BtWh5KZ7TGajTbF2k3RWV9WgDEFO4kk4SK7pvVY0w="


@pytest.fixture
def person(server):
    """Somebody new, signed in."""
    return newcomer(server)


@pytest.fixture
def other(server):
    """Somebody else, signed in."""
    return newcomer(server)


def invites(person):
    return succeeded(person.user_invites())["invites"]


def create(server, token, username=None):
    """The answer to a registration with this token."""
    return DawchatPerson(server).user_create(username=username or unique(), password=PASSWORD, inviteToken=token)


# Making and listing


def test_an_invite_is_made_and_listed(person, other):
    """2, rows 5 and 6: "201 UserInvite", "those I created ... oldest first"."""
    assert succeeded(person.user_invites()) == {"invites": []}
    began, made = int(time.time()), []
    for _ in range(3):
        invite = has_shape(succeeded(person.user_invites_create(), 201), "UserInvite")
        assert re.fullmatch(r"[A-Za-z0-9_-]{43}=", invite["token"]) and began <= invite["timestamp"] <= time.time()
        assert (invite["createdBy"], invite["acceptedBy"], invite["acceptedName"]) == (person.user_id, None, None)
        made.append(invite)
    assert len({invite["token"] for invite in made}) == 3
    assert invites(person) == made and invites(other) == []


@pytest.mark.parametrize("content", [b"", b"{}", b"null", b"{nope", b"[1]"])
def test_no_body_is_needed_to_make_one(person, content):
    """2, row 6: "none or {}"; one that is sent is not looked at."""
    for headers in ({}, {"Content-Type": "application/json"}):
        succeeded(person.post("/user/invites/create", content=content, headers=headers), 201)
    assert len(invites(person)) == 2


def test_a_used_invite_says_by_whom(server, person):
    """2, row 5: "used ones too"; UserInvite: acceptedBy, acceptedName."""
    first, second = (succeeded(person.user_invites_create(), 201) for _ in range(2))
    guest = newcomer(server, "guest", token=first["token"])
    assert invites(person) == [first | {"acceptedBy": guest.user_id, "acceptedName": guest.username}, second]


def test_an_invite_is_good_once(server, person, other):
    """2, row 1: "403 InvalidUserInvite (before the name check: reuse of a spent invite with a taken name is 403)"."""
    token = person.registration_invite()
    newcomer(server, token=token)
    with unchanged(lambda: invites(person)):
        for username in (None, other.username):
            problem(create(server, token, username), "InvalidUserInvite")


@pytest.mark.parametrize(
    "change",
    [str.upper, str.lower, lambda token: token[:-1], lambda token: token + " ", lambda token: " " + token, lambda token: ""],
    ids=["upper", "lower", "unpadded", "followed", "led", "empty"],
)
def test_a_token_is_compared_literally(server, person, change):
    """1.3: "any string is compared literally"."""
    token = person.registration_invite()
    problem(create(server, change(token)), "InvalidUserInvite")
    with unchanged(lambda: invites(person)):
        problem(person.user_invites_remove(change(token)), "UserInviteNotFound")
    succeeded(create(server, token), 201)


def test_a_hundred_invites_may_be_open(server, person):
    """At most 100 open ones per person, 403 NoPermission naming the limit; a used or removed one makes room."""
    tokens = [person.registration_invite() for _ in range(100)]
    with unchanged(lambda: invites(person)):
        assert "100" in problem(person.user_invites_create(), "NoPermission")["detail"]
    nothing(person.user_invites_remove(tokens[0]))
    person.registration_invite()
    problem(person.user_invites_create(), "NoPermission")
    succeeded(create(server, tokens[1]), 201)
    person.registration_invite()


# Removing


def test_removed_invites_are_no_good(server, person):
    """2, row 7: "200 empty"; a removed invite registers nobody, and its name stays free."""
    tokens = [person.registration_invite() for _ in range(3)]
    nothing(person.user_invites_remove(*tokens[:2]))
    assert [invite["token"] for invite in invites(person)] == tokens[2:]
    name = unique()
    for token in tokens[:2]:
        problem(create(server, token, name), "InvalidUserInvite")
        problem(person.user_invites_remove(token), "UserInviteNotFound")
    succeeded(create(server, tokens[2], name), 201)


def test_a_used_invite_can_be_removed(server, person):
    """2, 7: "used invites can be removed too (the created account stays)"."""
    token = person.registration_invite()
    guest = newcomer(server, token=token)
    nothing(person.user_invites_remove(token))
    assert invites(person) == [] and succeeded(guest.user_info())["userId"] == guest.user_id
    problem(create(server, token), "InvalidUserInvite")
    guest.another_browser()


def test_removing_is_all_or_nothing(person, other):
    """2, 7: "validate every id first, then apply"; 404 over all ids first, then 403."""
    mine, theirs = person.registration_invite(), other.registration_invite()
    with unchanged(lambda: (invites(person), invites(other))):
        problem(person.user_invites_remove(mine, UNKNOWN), "UserInviteNotFound")
        problem(person.user_invites_remove(mine, theirs), "NoPermission")
        problem(person.user_invites_remove(mine, theirs, UNKNOWN), "UserInviteNotFound")
        problem(person.user_invites_remove(""), "UserInviteNotFound")
    nothing(person.user_invites_remove(mine, mine))
    assert invites(person) == [] and len(invites(other)) == 1


def test_removing_nothing_is_fine(person):
    """2, 7: "empty list -> 200"."""
    person.registration_invite()
    with unchanged(lambda: invites(person)):
        nothing(person.user_invites_remove())


@pytest.mark.parametrize(
    "body",
    [{}, {"toRemove": None}, {"toRemove": UNKNOWN}, {"toRemove": [5]}, {"toRemove": [None]}, {"toRemove": {}}, {"toRemove": [[]]}],
)
def test_a_malformed_removal_is_refused(person, body):
    """2, row 7: "toRemove: [string]"; every body can answer 400."""
    token = person.registration_invite()
    if isinstance(body.get("toRemove"), list):
        body = {"toRemove": [token, *body["toRemove"]]}
    with unchanged(lambda: invites(person)):
        problem(person.post("/user/invites/remove", body), "InvalidRequestParameters")


# The first person, and who may register at all


def test_the_setup_code_makes_the_administrator_once(new_server, engine):
    """1.6: a first-run token; it makes the administrator, who owns the home space."""
    server = new_server(engine)
    code = server.setup_code
    # What is refused does not use it up.
    problem(create(server, code, "abc"), "InvalidUsername")
    registered = register(server, "early")
    problem(create(server, code, registered.username), "UsernameTaken")
    root = administrator(server, "startuser")
    assert invites(root) == []
    account = Api(server).post("/auth/login", {"login": "startuser", "password": PASSWORD}).json()
    [home] = Api(server, account["access_token"]).get("/servers").json()
    assert home["owner_id"] == str(root.user_id)
    problem(create(server, code), "InvalidUserInvite")
    guest = newcomer(server, "guest")
    assert succeeded(guest.user_channels()) == {"channels": []}


def test_the_setup_code_makes_one_administrator_of_several_at_once(new_server, engine):
    """1.6: once only."""
    server = new_server(engine)
    with ThreadPoolExecutor(4) as pool:
        answers = sorted(pool.map(lambda _: create(server, server.setup_code), range(4)), key=lambda answer: answer.status_code)
    has_shape(succeeded(answers[0], 201), "UserInfo")
    for answer in answers[1:]:
        problem(answer, "InvalidUserInvite")


def test_an_invite_is_needed_in_every_mode_and_none_is_good_when_registration_is_closed(new_server, engine):
    """The token is the setup code or an invite; mode closed: only the setup code (403 InvalidUserInvite for an invite)."""
    server = new_server(engine)
    problem(create(server, "nope"), "InvalidUserInvite")
    open_invite = newcomer(server, token=register_invite(server)).registration_invite()
    server.stop()
    server.settings["registration.mode"] = "closed"
    server.start()
    problem(create(server, open_invite), "InvalidUserInvite")
    root = administrator(server)
    problem(create(server, root.registration_invite()), "InvalidUserInvite")
    server.stop()
    server.settings["registration.mode"] = "invite"
    server.start()
    succeeded(create(server, open_invite), 201)
    body = {"username": unique(), "password": PASSWORD}
    assert Api(server).post("/auth/register", body).status_code in (400, 403)


def register_invite(server):
    """An invite made by somebody who came through Chat."""
    account = register(server)
    return DawchatPerson(server, account.username, account.password).log_in().registration_invite()


def test_guesses_of_the_setup_code_are_limited(new_server):
    """A wrong text that has the form of a setup code counts as a try: the sixth from one address within 15 minutes -> 429."""
    server = new_server(settings={"limits.rate": "true"})
    for _ in range(5):
        problem(create(server, "ROOST-" + "0" * 26), "InvalidUserInvite")
    response = create(server, server.setup_code)
    problem(response, "RateLimited")
    assert 60 < int(response.headers["retry-after"]) <= 900


def test_codes_of_servers_do_not_register_and_registration_tokens_do_not_join(server, person):
    """1.3: a registration token is one of its own kind."""
    owner = register(server, "owner")
    problem(create(server, owner.invite(owner.create_server()["server_id"])), "InvalidUserInvite")
    assert_error(owner.post(f"/invites/{person.registration_invite()}"), 404, 10006, "unknown_invite")
