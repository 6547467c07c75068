"""Proof that somebody controls the server: operators, claim codes, assertions, challenges (contracts/cosmos.md 4)."""

import concurrent.futures
import re

import pytest

from support.api import Api, register
from support.cosmos import Person, World, case_name, invalid, ok, problem
from support.cosmos_signing import Key, new_nonce
from support.program import run

CODE = re.compile(r"COSMOS-[0-9A-HJKMNP-TV-Z-]{26,}")
MINUTE = 60


def administer(world, *words):
    settings = [part for path, value in world.server.settings.items() for part in ("--set", f"{path}={value}")]
    return run(world.server.command()[0], world.server.folder, *words, "--data", str(world.server.data), *settings)


def new_code(world):
    """A claim code from the command line."""
    result = administer(world, "claim", "new")
    assert result.returncode == 0, result.stderr
    return CODE.search(result.stdout)[0]


def body(world, owner, **more):
    return {"id": world.new_id(), "name": "Nest", "ownerId": owner.subject} | more


def claim(person, code, **more):
    return person.post("/operators/claim", {"code": code}, **more)


@pytest.fixture
def world(engine, new_cosmos):
    """A world whose configuration names no operator."""
    return new_cosmos(engine, {"cosmos.operators": []})


# Claim codes


def test_the_setup_code_is_the_first_claim_code(world):
    """contracts/configuration.md, "The setup code": "as the Cosmos claim code (the caller becomes operator and administrator)", "It works once"."""
    alice, bob = world.person(name="Alice"), world.person()
    assert ok(claim(alice, world.server.setup_code)) == {"userId": alice.subject}
    galaxy = world.galaxy(alice)
    alice.create_channel(galaxy)
    problem(claim(bob, world.server.setup_code), 4201)
    late = {"username": "late_one", "password": "correct horse battery", "setup_code": world.server.setup_code}
    assert Api(world.server).post("/auth/register", late).status_code >= 400, "it does not work elsewhere either"
    world.server.restart()
    assert world.server.setup_code is None, "there is an administrator now"
    world.galaxy(alice)


@pytest.mark.parametrize("written", [
    lambda code: code, lambda code: code.lower(), lambda code: code.removeprefix("ROOST-"), lambda code: "COSMOS-" + code.removeprefix("ROOST-"),
    lambda code: code.replace("-", ""), lambda code: code.removeprefix("ROOST-").replace("-", " "), lambda code: f"  {code}\n",
], ids=["as-shown", "lower", "bare", "cosmos", "run-together", "blanks", "around"])  # fmt: skip
def test_a_code_may_be_written_in_many_ways(new_cosmos, written):
    """4: "separators, case and prefix ignored on input"."""
    world = new_cosmos(settings={"cosmos.operators": []})
    ok(claim(world.person(), written(world.server.setup_code)))


def test_a_code_of_the_command_line_makes_one_operator(world):
    """4: "by CLI `claim new`", "single use"; 200 `{"userId"}`; "already operator 200"."""
    alice, bob = world.person(), world.person()
    code = new_code(world)
    problem(world.signer.post("/galaxy", body(world, alice)), 4200)
    assert ok(claim(alice, code)) == {"userId": alice.subject}
    world.galaxy(alice)
    problem(claim(bob, code), 4201)
    assert ok(claim(alice, code)) == {"userId": alice.subject}, "already operator"
    assert ok(claim(alice, "nonsense")) == {"userId": alice.subject}
    problem(world.signer.post("/galaxy", body(world, bob)), 4200)


def test_of_many_who_claim_at_once_one_becomes_operator(world):
    """4: "single use"."""
    code = new_code(world)
    people = [world.person() for _ in range(5)]
    with concurrent.futures.ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(lambda person: claim(person, code), people))
    assert sorted(answer.status_code for answer in answers) == [200] + [403] * 4


def test_a_new_code_may_be_taken_back(world):
    """12: `claim new|cancel`."""
    code = new_code(world)
    assert administer(world, "claim", "cancel").returncode == 0
    problem(claim(world.person(), code), 4201)


@pytest.mark.linux
def test_a_code_is_good_for_an_hour(engine, new_cosmos):
    """4: "valid 60 minutes"."""
    world = new_cosmos(engine, {"cosmos.operators": []}, clocked=True)
    first, second = new_code(world), new_code(world)
    world.step(58 * MINUTE)
    ok(claim(world.person(), first))
    world.step(4 * MINUTE)
    problem(claim(world.person(), second), 4201)


def test_five_wrong_tries_end_a_code(new_cosmos):
    """4: "5 wrong tries invalidate it (and 429 for 15 minutes for that source address)"."""
    world = new_cosmos(settings={"cosmos.operators": [], "limits.rate": True, "server.trusted_proxies": ["127.0.0.0/8"]})
    code = new_code(world)
    guesser = world.person()
    come_from = lambda address: {"headers": {"x-forwarded-for": address}}  # noqa: E731
    for number in range(5):
        problem(claim(guesser, f"{number}" * 26, **come_from("192.0.2.1")), 4201)
    answer = claim(guesser, code, **come_from("192.0.2.1"))
    problem(answer, 4602)
    assert 800 <= int(answer.headers["retry-after"]) <= 900
    problem(claim(world.person(), code, **come_from("192.0.2.2")), 4201)
    ok(claim(world.person(), new_code(world), **come_from("192.0.2.3")))
    ok(claim(world.person(), world.server.setup_code, **come_from("192.0.2.4")))


def test_the_setup_code_cannot_be_guessed_through_a_galaxy(new_cosmos):
    """4: wrong tries count wherever a code is taken."""
    world = new_cosmos(settings={"cosmos.operators": [], "limits.rate": True})
    for number in range(5):
        problem(world.signer.post("/galaxy", body(world, world.person(), claim=f"{number}" * 26)), 4201)
    answer = world.signer.post("/galaxy", body(world, world.person(), claim="Z" * 26))
    assert answer.status_code in (403, 429), answer.text


@pytest.mark.parametrize("code", ["", "x", "0" * 25, "0" * 27, "U" * 26, "!" * 26, "COSMOS-", "0" * 10_000, "é" * 26])
def test_what_is_no_code_is_wrong_and_nothing_worse(new_cosmos, code):
    """4: "wrong/expired/used 403/4201"."""
    answer = claim(new_cosmos().person(), code)
    assert answer.status_code in (400, 403) and answer.json()["code"] in (4201, 4400), answer.text


@pytest.mark.parametrize("members", [{}, {"code": None}, {"code": 7}, {"code": ["x"]}])
def test_a_claim_has_a_code(cosmos, members):
    """2: 400/4400 with the pointer."""
    invalid(cosmos.person().post("/operators/claim", members), "/code")


def test_a_claim_needs_an_identity(cosmos):
    """4: "POST /operators/claim, Bearer identity token"."""
    problem(cosmos.anonymous.post("/operators/claim", {"code": "0" * 26}), 4008)
    problem(claim(cosmos.holder(cosmos.person().new_token(aud="https://other.example")), "0" * 26), 4106)
    assert cosmos.signer.post("/operators/claim", {"code": "0" * 26}).status_code in (401, 403)


# In one request with the galaxy


def test_a_galaxy_may_bring_its_claim(world):
    """4: "POST /galaxy may carry an extra member `claim`; if valid it makes `ownerId` an operator and creates the galaxy in one transaction"."""
    alice = world.person()
    code = new_code(world)
    first = body(world, alice, claim=code)
    galaxy = ok(world.signer.post("/galaxy", first), 201)
    assert "claim" not in galaxy
    alice.create_channel(galaxy["id"])
    world.galaxy(alice)
    ok(world.signer.post("/galaxy", first))
    problem(world.signer.post("/galaxy", body(world, world.person(), claim=code)), 4201)


def test_a_claim_is_not_used_up_by_a_galaxy_that_is_refused(engine, new_cosmos):
    """4: "in one transaction": when the galaxy is refused, nobody becomes an operator and the code is still good."""
    world = new_cosmos(engine, {"cosmos.operators": ["boss"], "cosmos.max_galaxies": 1})
    world.galaxy(Person(world, "boss"))
    alice, code = world.person(), new_code(world)
    problem(world.signer.post("/galaxy", body(world, alice, claim=code)), 4205)
    ok(claim(world.person(), code))
    problem(world.signer.post("/galaxy", body(world, alice)), 4200)


def test_a_wrong_claim_is_refused(world):
    """4: "bad claim 403/4201"."""
    alice = world.person()
    problem(world.signer.post("/galaxy", body(world, alice, claim="0" * 26)), 4201)
    problem(world.signer.post("/galaxy", body(world, alice)), 4200)
    invalid(world.signer.post("/galaxy", body(world, alice, claim=7)), "/claim")


def test_the_setup_code_may_come_with_a_galaxy(world):
    """contracts/cosmos.md: "The setup code of configuration.md is the first claim code"."""
    alice = world.person()
    ok(world.signer.post("/galaxy", body(world, alice, claim=world.server.setup_code)), 201)
    world.galaxy(alice)
    problem(claim(world.person(), world.server.setup_code), 4201)


# The command line and the configuration


def test_operators_are_made_and_unmade_while_the_server_runs(world):
    """12: "CLI: `operator add|remove|list`"."""
    alice = world.person()
    assert administer(world, "operator", "add", alice.subject).returncode == 0
    galaxy = world.galaxy(alice)
    assert alice.subject in administer(world, "operator", "list").stdout
    assert administer(world, "operator", "remove", alice.subject).returncode == 0
    problem(world.signer.post("/galaxy", body(world, alice)), 4200)
    assert alice.subject not in administer(world, "operator", "list").stdout
    alice.create_channel(galaxy)


def test_a_word_that_is_no_id_makes_no_operator(world):
    """2: "1..64 characters of `[A-Za-z0-9_-]`"."""
    for word in ("", "a b", "x" * 65, "é"):
        assert administer(world, "operator", "add", word).returncode != 0


def test_operators_of_the_configuration_are_those_of_this_start(engine, new_cosmos):
    """4: "configuration `operators: [userId,...]`"."""
    world = new_cosmos(engine, {"cosmos.operators": ["alice"]})
    world.galaxy(Person(world, "alice"))
    world.server.settings["cosmos.operators"] = "[]"
    world.server.restart()
    problem(world.signer.post("/galaxy", body(world, Person(world, "alice"))), 4200)


def test_the_administrator_is_an_operator(world):
    """docs/decisions/0010: "Administrators of the server have it"; an account of this server is shown by its decimal id."""
    admin = register(world.server, setup_code=world.server.setup_code)
    galaxy = ok(world.signer.post("/galaxy", {"id": world.new_id(), "name": "Nest", "ownerId": admin.user_id}), 201)
    assert galaxy["ownerId"] == admin.user_id
    world.holder(admin.access_token).create_channel(galaxy["id"])
    other = register(world.server)
    problem(world.signer.post("/galaxy", {"id": world.new_id(), "name": "Nest", "ownerId": other.user_id}), 4200)


# Intent


@pytest.fixture
def strict(engine, new_cosmos):
    return new_cosmos(engine, {"cosmos.require_user_assertion": True})


def with_assertion(world, asked, assertion, **how):
    return world.signing(**how).post("/galaxy", asked, headers={"cosmos-user-assertion": assertion})


def test_the_owner_s_own_word_can_be_asked_for(strict):
    """4, 2: "strict mode, `requireUserAssertion`"; "single-use jti"."""
    owner = strict.operator()
    asked = body(strict, owner)
    problem(strict.signer.post("/galaxy", asked), 4204)
    assertion = strict.identity.assertion(owner.subject, asked["id"])
    ok(with_assertion(strict, asked, assertion), 201)
    answer = with_assertion(strict, asked, assertion)
    assert answer.status_code in (401, 403) and answer.json()["code"] in (4103, 4204)
    another = body(strict, owner)
    problem(with_assertion(strict, another, assertion), 4204)


def test_a_refused_galaxy_does_not_use_the_owner_s_word_up(strict):
    """7.2: a request that is refused changes nothing; the same word is good when the owner has become an operator."""
    owner = strict.person()
    asked = body(strict, owner)
    assertion = strict.identity.assertion(owner.subject, asked["id"])
    problem(with_assertion(strict, asked, assertion), 4200)
    assert administer(strict, "operator", "add", owner.subject).returncode == 0
    ok(with_assertion(strict, asked, assertion), 201)


@pytest.mark.parametrize("change", [
    {"sub": "somebody-else"}, {"act": "galaxy.delete"}, {"act": None}, {"galaxyId": "another"}, {"galaxyId": None}, {"lifetime": 301}, {"lifetime": -100},
    {"aud": "https://other.example"}, {"iss": "https://other.example"}, {"header": {"typ": "cosmos-id+jwt"}}, {"header": {"alg": "none"}}, {"key": Key()},
    {"jti": None}, {"iat": 1},
], ids=case_name)  # fmt: skip
def test_an_assertion_has_to_be_right(cosmos, change):
    """4, 2: "typ `cosmos-act+jwt`, same issuer/aud/kid rules as 3.4, `sub` = ownerId, `act` = "galaxy.create", `galaxyId` = body id, exp-iat <= 300";
    "When the header is present it must be valid (else 403/4204)", also where it is not asked for."""
    owner = cosmos.operator()
    asked = body(cosmos, owner)
    assertion = cosmos.identity.assertion(owner.subject, asked["id"], **change)
    problem(with_assertion(cosmos, asked, assertion), 4204)
    problem(cosmos.anonymous.get(f"/galaxy/{asked['id']}"), 4300)


@pytest.mark.parametrize("text", ["", "x", "a.b.c"])
def test_what_is_no_assertion_is_refused(cosmos, text):
    """4, 2: "When the header is present it must be valid (else 403/4204)"."""
    problem(with_assertion(cosmos, body(cosmos, cosmos.operator()), text), 4204)


def test_an_identity_token_is_no_assertion(cosmos):
    """RFC 8725: explicit typing keeps tokens apart."""
    owner = cosmos.operator()
    problem(with_assertion(cosmos, body(cosmos, owner), owner.token), 4204)


def test_an_assertion_is_no_identity_token(cosmos):
    """3.4: `typ` = `cosmos-id+jwt`."""
    owner = cosmos.operator()
    galaxy = cosmos.galaxy(owner)
    assertion = cosmos.identity.assertion(owner.subject, galaxy)
    problem(cosmos.holder(assertion).post(f"/galaxy/{galaxy}/channels", {"name": "n", "type": 0}), 4107)


def test_an_assertion_is_covered_by_the_signature(cosmos):
    """3.3: "if a Cosmos-User-Assertion header is present, also "cosmos-user-assertion"", else 4101."""
    owner = cosmos.operator()
    asked = body(cosmos, owner)
    assertion = cosmos.identity.assertion(owner.subject, asked["id"])
    components = ("@method", "@authority", "@path", "@query", "content-digest", "content-type")
    problem(with_assertion(cosmos, asked, assertion, components=components), 4101)
    ok(with_assertion(cosmos, asked, assertion), 201)


# Standing alone


@pytest.fixture
def alone(engine, new_cosmos):
    """A server without a metadata server."""
    return new_cosmos(engine, {"cosmos.operators": ["alice"]}, world=World(metadata=False))


def test_an_operator_of_a_server_that_stands_alone_makes_galaxies(alone):
    """4: "POST /galaxy is then allowed with a Bearer token whose sub = ownerId and who is an operator"."""
    alice, bob = Person(alone, "alice"), alone.person()
    asked = body(alone, alice)
    galaxy = ok(alice.post("/galaxy", asked), 201)
    assert galaxy["ownerId"] == "alice"
    ok(alice.post("/galaxy", asked))
    alice.create_channel(galaxy["id"])
    problem(bob.post("/galaxy", body(alone, bob)), 4200)
    assert bob.post("/galaxy", body(alone, alice)).status_code == 403
    assert alice.post("/galaxy", body(alone, bob)).status_code == 403
    assert alone.anonymous.post("/galaxy", body(alone, alice)).status_code == 401


def test_a_claim_works_alone_too(alone):
    """4: "if valid it makes `ownerId` an operator and creates the galaxy"."""
    bob = alone.person()
    ok(bob.post("/galaxy", body(alone, bob, claim=new_code(alone))), 201)


def test_a_login_of_chat_is_enough_without_any_peer(engine, new_cosmos):
    """docs/operations.md: "Without `cosmos.identity` the logins of the Chat API are good for Cosmos too"."""
    world = new_cosmos(engine, world=World(metadata=False, identity=False))
    admin = register(world.server, setup_code=world.server.setup_code)
    caller = world.holder(admin.access_token)
    galaxy = ok(caller.post("/galaxy", {"id": world.new_id(), "name": "Nest", "ownerId": admin.user_id}), 201)["id"]
    channel = caller.create_channel(galaxy)["id"]
    assert admin.say(channel, "hello")["content"] == "hello"


# Challenges


def test_an_operator_shows_that_the_address_is_theirs(cosmos):
    """4: "GET /.well-known/cosmos/challenge/<token> answers `text/plain` `<token>.<serverId>` for tokens an operator registered"."""
    owner = cosmos.operator()
    token = new_nonce()
    path = f"/.well-known/cosmos/challenge/{token}"
    assert cosmos.anonymous.get(path).status_code == 404
    done = owner.post("/operators/challenges", {"token": token})
    assert done.status_code in (200, 201, 204), done.text
    answer = cosmos.anonymous.get(path)
    [server] = ok(cosmos.anonymous.get("/meta"))["serverId"]
    assert (answer.status_code, answer.text) == (200, f"{token}.{server}")
    assert answer.headers["content-type"].split(";")[0] == "text/plain"
    problem(cosmos.person().post("/operators/challenges", {"token": new_nonce()}), 4200)
    problem(cosmos.anonymous.post("/operators/challenges", {"token": new_nonce()}), 4008)


@pytest.mark.parametrize("token", ["x" * 21, "x" * 129, "x" * 21 + "+", "x" * 21 + ".", "../" * 10, None, 7])
def test_a_challenge_is_a_random_word(cosmos, token):
    """4: "{token}, 22..128 base64url characters"."""
    invalid(cosmos.operator().post("/operators/challenges", {"token": token}), "/token")


@pytest.mark.linux
def test_a_challenge_ends(engine, new_cosmos):
    """4: "10 minutes"."""
    world = new_cosmos(engine, clocked=True)
    token = new_nonce()
    world.operator().post("/operators/challenges", {"token": token})
    world.step(9 * MINUTE)
    assert world.anonymous.get(f"/.well-known/cosmos/challenge/{token}").status_code == 200
    world.step(2 * MINUTE)
    assert world.anonymous.get(f"/.well-known/cosmos/challenge/{token}").status_code == 404


@pytest.mark.linux
def test_a_session_ends_after_half_a_day(engine, new_cosmos):
    """3.6: "accepted as Bearer until expiry (12 h, sliding off)"; using it does not make it longer."""
    world = new_cosmos(engine, clocked=True)
    owner = world.operator()
    galaxy = world.galaxy(owner)
    local = world.holder(ok(owner.post("/session"))["token"])
    world.step(11 * 60 * MINUTE)
    local.create_channel(galaxy)
    world.step(61 * MINUTE)
    assert local.post(f"/galaxy/{galaxy}/channels", {"name": "n", "type": 0}).status_code == 401
    assert ok(local.get(f"/galaxy/{galaxy}/channels")) == []
