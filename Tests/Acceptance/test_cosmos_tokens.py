"""Identity tokens, proofs of possession and sessions (contracts/cosmos.md 3.4, 3.6)."""

import concurrent.futures
import json
import re
import time

import pytest

from support.api import register
from support.cosmos import PUBLIC_URL, Person, ProvenHolder, World, case_name, nothing, ok, problem
from support.cosmos_peers import IdentityServer, unsigned
from support.cosmos_signing import EXAMPLE_KEY, Key, base64url, compact, new_nonce, possession_proof
from support.tokens import with_one_bit_flipped


@pytest.fixture
def owner(cosmos):
    return cosmos.operator()


@pytest.fixture
def galaxy(cosmos, owner):
    """The id of a galaxy of `owner` with one channel."""
    galaxy = cosmos.galaxy(owner)
    owner.create_channel(galaxy)
    return galaxy


def refused(cosmos, galaxy, token, *codes):
    """The token is good for nothing: it is told on a write, with one of these codes, and hinted at on the list of channels."""
    answer = cosmos.holder(token).post(f"/galaxy/{galaxy}/channels", {"name": "n", "type": 0})
    assert answer.status_code == 401 and answer.json()["code"] in codes, f"{answer.status_code} {answer.text}"
    problem(answer, answer.json()["code"])
    assert answer.headers["www-authenticate"].startswith("Bearer") and 'error="invalid_token"' in answer.headers["www-authenticate"]
    shown = cosmos.holder(token).get(f"/galaxy/{galaxy}/channels")
    assert ok(shown) == [] and 'error="invalid_token"' in shown.headers["www-authenticate"]


def accepted(cosmos, galaxy, token):
    assert len(ok(cosmos.holder(token).get(f"/galaxy/{galaxy}/channels"))) == 1


# What passes


@pytest.mark.parametrize("how", [
    {}, {"lifetime": 900}, {"lifetime": 1}, {"header": {"alg": "EdDSA"}}, {"header": {"typ": "application/cosmos-id+jwt"}},
    {"header": {"typ": "Cosmos-ID+JWT"}}, {"header": {"more": {"a": 1}}}, {"aud": [PUBLIC_URL]}, {"nbf": 0}, {"jti": "x" * 16}, {"jti": "y" * 128},
    {"name": "Alice", "tag": "0001", "avatarHash": "abc"}, {"gal": None}, {"more": [1]},
], ids=[
    "usual", "15min", "1s", "EdDSA", "application", "case", "header", "aud-list", "nbf", "jti16", "jti128", "display", "no-gal", "more",
])  # fmt: skip
def test_a_good_token_is_good(cosmos, galaxy, owner, how):
    """3.4: the table of claims, `alg` and `typ`."""
    accepted(cosmos, galaxy, owner.new_token(**how))


def test_the_scheme_is_read_in_any_case(cosmos, galaxy, owner):
    """RFC 9110 11.1: the name of the scheme is case-insensitive."""
    answer = cosmos.anonymous.get(f"/galaxy/{galaxy}/channels", headers={"authorization": f"bearer {owner.token}"})
    assert len(ok(answer)) == 1


def test_a_token_may_be_used_again(cosmos, galaxy, owner):
    """3.4: `jti` "not single-use on ordinary calls"."""
    token = owner.new_token()
    for _ in range(3):
        accepted(cosmos, galaxy, token)


# What does not


@pytest.mark.parametrize("claims,code", [
    ({"aud": "https://other.example.com"}, 4106), ({"aud": PUBLIC_URL + "/"}, 4106), ({"aud": "http://galaxy.example.com"}, 4106),
    ({"aud": "https://GALAXY.example.com"}, 4106), ({"aud": "https://galaxy.example.com:443"}, 4106), ({"aud": [PUBLIC_URL, "https://other"]}, 4106),
    ({"aud": []}, 4106), ({"aud": ""}, 4106), ({"iss": "https://other.example.com"}, 4106), ({"iss": ""}, 4106),
    ({"lifetime": 901}, 4102), ({"lifetime": 0}, 4102), ({"lifetime": -10}, 4102),
])  # fmt: skip
def test_a_token_is_for_one_server_and_a_short_time(cosmos, galaxy, owner, claims, code):
    """3.4: `aud`, `iss`; "0 < exp-iat <= 900"; section 2: 4106 audience or issuer, 4102 time."""
    refused(cosmos, galaxy, owner.new_token(**claims), code)


@pytest.mark.parametrize("issued,lifetime,good", [
    (50, 600, True), (-640, 600, True), (-50, 1, True), (75, 600, False), (-675, 600, False), (-900, 600, False), (86_400, 600, False),
])  # fmt: skip
def test_clocks_may_be_a_minute_apart(cosmos, galaxy, owner, issued, lifetime, good):
    """3.4: "iat <= now+60; now < exp+60"."""
    token = owner.new_token(iat=int(time.time()) + issued, lifetime=lifetime)
    if good:
        accepted(cosmos, galaxy, token)
    else:
        refused(cosmos, galaxy, token, 4102)


@pytest.mark.parametrize("later,good", [(50, True), (75, False)])
def test_a_token_may_begin_later(cosmos, galaxy, owner, later, good):
    """3.4: "nbf <= now+60"."""
    token = owner.new_token(nbf=int(time.time()) + later)
    if good:
        accepted(cosmos, galaxy, token)
    else:
        refused(cosmos, galaxy, token, 4102)


@pytest.mark.parametrize("claims", [
    {"aud": None}, {"iss": None}, {"sub": None}, {"iat": None}, {"exp": None}, {"jti": None}, {"sub": ""}, {"sub": "x" * 65}, {"sub": "a b"}, {"sub": 7},
    {"sub": "é"}, {"jti": "x" * 15}, {"jti": "x" * 129}, {"jti": 7}, {"iat": "1"}, {"iat": 1.5}, {"exp": True}, {"exp": "9999999999"}, {"nbf": "0"},
    {"gal": "g1"}, {"gal": [7]}, {"aud": 7}, {"aud": {"a": 1}}, {"cnf": {}}, {"cnf": {"jkt": 7}}, {"cnf": "x"},
], ids=case_name)  # fmt: skip
def test_claims_have_their_forms(cosmos, galaxy, owner, claims):
    """3.4: the table of claims; a claim that cannot be read is not taken for one that is not there."""
    answer = cosmos.holder(owner.new_token(**claims)).post(f"/galaxy/{galaxy}/channels", {"name": "n", "type": 0})
    assert answer.status_code == 401 and answer.json()["code"] in (4102, 4106, 4107), answer.text
    assert answer.json()["code"] != 4102 or set(claims) & {"iat", "exp", "nbf"}


@pytest.mark.parametrize("header", [
    {"alg": "none"}, {"alg": "HS256"}, {"alg": "ES256"}, {"alg": "ed25519"}, {"alg": None}, {"alg": "RS256"}, {"alg": ["Ed25519"]},
    {"typ": None}, {"typ": "JWT"}, {"typ": "cosmos-act+jwt"}, {"typ": "at+jwt"}, {"typ": "dpop+jwt"}, {"typ": "text/cosmos-id+jwt"}, {"typ": 7},
    {"crit": ["exp"]}, {"crit": []}, {"jwk": EXAMPLE_KEY.jwk()}, {"jku": "https://evil.example/keys"}, {"x5u": "https://evil.example/x"},
    {"x5c": []}, {"b64": True}, {"b64": False}, {"kid": None}, {"kid": 7},
], ids=case_name)  # fmt: skip
def test_headers_of_tokens_are_what_they_have_to_be(cosmos, galaxy, owner, header):
    """3.4: `alg`, `typ`; "Any of `crit`, `jwk`, `jku`, `x5u`, `x5c`, `b64` present => reject"; 4107."""
    refused(cosmos, galaxy, owner.new_token(header=header), 4107)


@pytest.mark.parametrize("who,code", [("nobody", 4104), ("metadata", 4104), ("example", 4104), ("forger", 4107)])
def test_other_keys_do_not_count(cosmos, galaxy, owner, who, code):
    """3.5: "A key of an identity source never authenticates S2S and the reverse"; 2: 4104 unknown key, 4107 bad signature."""
    key = {"nobody": Key(), "metadata": cosmos.metadata.key, "example": EXAMPLE_KEY, "forger": Key()}[who]
    header = {"kid": cosmos.identity.key.thumbprint} if who == "forger" else None
    refused(cosmos, galaxy, owner.new_token(key=key, header=header), code)


@pytest.mark.parametrize("change", [
    lambda token: token + "=", lambda token: token + "A", lambda token: token[:-1], lambda token: token.replace(".", "..", 1),
    lambda token: token.rpartition(".")[0], lambda token: token.rpartition(".")[0] + ".", lambda token: token + ".x", with_one_bit_flipped,
    lambda token: "." + token, lambda token: token.replace(".", "=.", 1), lambda token: token.swapcase(),
    lambda token: token.rpartition(".")[0] + "." + token.rpartition(".")[2].replace("-", "+").replace("_", "/") + "=",
    lambda token: token[:-1] + {"A": "B", "Q": "R", "g": "h", "w": "x"}[token[-1]],
], ids=[
    "padded", "longer", "shorter", "dots", "two-parts", "no-signature", "four-parts", "bit", "dot", "padded-header", "case", "plain-base64", "loose-bits",
])  # fmt: skip
def test_tokens_are_read_strictly(cosmos, galaxy, owner, change):
    """3.4: "base64url must be strict (no padding, no `+/`, no whitespace)"; the last character has no loose bits."""
    refused(cosmos, galaxy, change(owner.new_token()), 4107)


def test_tokens_are_objects_of_json(cosmos, galaxy, owner):
    """3.4: a signed token whose parts are no JSON objects, or say something twice, is none."""
    head = {"alg": "Ed25519", "typ": "cosmos-id+jwt", "kid": cosmos.identity.key.thumbprint}
    now = int(time.time())
    claims = {"iss": cosmos.identity.issuer, "sub": owner.subject, "aud": PUBLIC_URL, "iat": now, "exp": now + 60, "jti": new_nonce()}
    text = json.dumps(claims).encode()
    accepted(cosmos, galaxy, compact(cosmos.identity.key, head, text))
    for first, second in [
        (head, b"[]"), (head, b"null"), (head, b""), (head, b"\xff"), (head, text + b"x"), (b"[]", claims), (b"", claims),
        (head, text.replace(b'{"iss"', b'{"sub": "somebody-else", "iss"')), (head, b" " * 4_096 + text),
    ]:  # fmt: skip
        refused(cosmos, galaxy, compact(cosmos.identity.key, first, second), 4107)
    refused(cosmos, galaxy, unsigned({"alg": "none", "typ": "cosmos-id+jwt"}, claims), 4107)


def test_a_token_has_4_kib(cosmos, galaxy, owner):
    """3.4: "max 4 KiB"."""
    short = len(owner.new_token(more=""))
    room = (4_096 - short) * 3 // 4
    accepted(cosmos, galaxy, owner.new_token(more="x" * (room - 4)))
    refused(cosmos, galaxy, owner.new_token(more="x" * (room + 8)), 4107)


@pytest.mark.parametrize("value", ["Bearer", "Bearer a b", "Basic YTpi", "Bearer a.b", "DPoP {token}", "Bearer {token} x", "Bearer,{token}"])
def test_other_credentials_are_none(cosmos, galaxy, owner, value):
    """3.4: `Authorization: Bearer <compact JWS>`."""
    value = value.replace("{token}", owner.token)
    answer = cosmos.anonymous.post(f"/galaxy/{galaxy}/channels", {"name": "n", "type": 0}, headers={"authorization": value})
    assert answer.status_code == 401 and answer.json()["code"] in (4008, 4107), answer.text


def test_there_is_one_authorization(cosmos, galaxy, owner):
    """3.4: "One Authorization header only"."""
    fields = [("authorization", f"Bearer {owner.token}")] * 2
    answer = cosmos.anonymous.post(f"/galaxy/{galaxy}/channels", {"name": "n", "type": 0}, headers=fields)
    assert answer.status_code in (400, 401), answer.text
    assert ok(cosmos.anonymous.get(f"/galaxy/{galaxy}/channels", headers=fields)) == []


def test_a_token_in_the_query_is_none(cosmos, galaxy, owner):
    """3.2: a user is proven by a Bearer token in the header field."""
    assert ok(cosmos.anonymous.get(f"/galaxy/{galaxy}/channels?access_token={owner.token}")) == []


def test_display_names_decide_nothing(cosmos, galaxy, owner):
    """3.4: "optional display data; never used for decisions"."""
    impostor = Person(cosmos, name=owner.subject, tag=owner.subject)
    assert impostor.channels(galaxy) == []


def test_a_stranger_leaves_no_account(cosmos, galaxy):
    """docs/decisions/0010: "A token alone makes nothing": a stranger's id is still free for a member that the metadata server brings."""
    stranger = cosmos.person(name="Alice")
    assert stranger.channels(galaxy) == []
    problem(stranger.post(f"/galaxy/{galaxy}/channels", {"name": "n", "type": 0}), 4202)
    cosmos.join(galaxy, stranger)
    assert len(stranger.channels(galaxy)) == 1


def test_a_subject_is_of_the_issuer_who_came_first(engine, new_cosmos):
    """contracts/cosmos.md, decisions: "a `sub` that a second identity source claims too is refused with 401"."""
    world, second = World(), IdentityServer(PUBLIC_URL)
    world.peers.append(second)
    world = new_cosmos(engine, {"cosmos.identity": [world.identity.source(), second.source()]}, world=world)
    owner, member = world.operator(), world.person()
    galaxy = world.galaxy(owner)
    world.join(galaxy, member)
    owner.create_channel(galaxy)
    assert len(member.channels(galaxy)) == 1
    for who in (owner, member):
        answer = world.holder(second.token(who.subject)).post(f"/galaxy/{galaxy}/channels", {"name": "n", "type": 0})
        problem(answer, 4106)
    assert len(owner.channels(galaxy)) == 1


def test_an_issuer_may_have_another_name_than_its_origin(engine, new_cosmos):
    """3.4: "exactly equal to a configured issuer string"; contracts/configuration.md: `cosmos.identity` has `issuer?`."""
    world = World()
    world = new_cosmos(engine, {"cosmos.identity": [world.identity.source(issuer="urn:cosmos:identity")]}, world=world)
    owner = world.operator()
    galaxy = world.galaxy(owner)
    world.holder(owner.new_token(iss="urn:cosmos:identity")).create_channel(galaxy)
    for issuer in (world.identity.origin, "urn:cosmos:Identity", "urn:cosmos:identity/"):
        problem(world.holder(owner.new_token(iss=issuer)).post(f"/galaxy/{galaxy}/channels", {"name": "n", "type": 0}), 4106)


# Proof of possession


@pytest.fixture
def proven(cosmos, owner):
    """A key and a token that needs its proof."""
    key = Key()
    return key, owner.new_token(cnf={"jkt": key.thumbprint})


def test_a_bound_token_needs_its_proof(cosmos, galaxy, proven):
    """3.4: "cnf.jkt ... then a DPoP proof (RFC 9449) is required"."""
    key, token = proven
    holder = ProvenHolder(cosmos, token, key)
    for _ in range(2):
        assert len(holder.channels(galaxy)) == 1
    holder.create_channel(galaxy)
    refused(cosmos, galaxy, token, 4107)


@pytest.mark.parametrize("changes", [
    {"method": "POST"}, {"url": f"{PUBLIC_URL}/galaxy"}, {"url": "https://other.example.com/"}, {"ath": None}, {"ath": base64url(bytes(32))},
    {"jti": None}, {"iat": None}, {"iat": 1}, {"htm": None}, {"htu": None}, {"typ": "jwt"}, {"typ": "cosmos-id+jwt"}, {"jwk": Key().jwk()},
    {"key": Key()}, {"iat": "soon"}, {"jwk": {"kty": "OKP", "crv": "Ed25519"}}, {"jwk": {"kty": "oct", "k": "AAAA"}},
], ids=case_name)  # fmt: skip
def test_a_proof_is_for_this_request_and_token(cosmos, galaxy, proven, changes):
    """3.4: "typ dpop+jwt, htm, htu, iat within 60 s, unique jti, ath ..., key thumbprint = jkt"."""
    key, token = proven
    changes = dict(changes)
    answer = ProvenHolder(cosmos, token, changes.pop("key", key), **changes).get(f"/galaxy/{galaxy}/channels")
    assert ok(answer) == [] and "www-authenticate" in answer.headers


@pytest.mark.parametrize("seconds,good", [(-45, True), (45, True), (-75, False), (75, False)])
def test_a_proof_is_of_this_minute(cosmos, galaxy, proven, seconds, good):
    """3.4: "iat within 60 s"."""
    key, token = proven
    answer = ProvenHolder(cosmos, token, key, iat=int(time.time()) + seconds).get(f"/galaxy/{galaxy}/channels")
    assert (len(ok(answer)) == 1) == good


def test_a_proof_is_good_once_and_alone(cosmos, galaxy, proven):
    """3.4: "unique jti"; RFC 9449 4.3: there is not more than one DPoP header field."""
    key, token = proven
    path = f"/galaxy/{galaxy}/channels"
    fields = [("authorization", f"Bearer {token}"), ("dpop", possession_proof(key, "GET", PUBLIC_URL + path, token))]
    assert len(ok(cosmos.send("GET", path, headers=fields))) == 1
    assert ok(cosmos.send("GET", path, headers=fields)) == []
    proofs = [("dpop", possession_proof(key, "GET", PUBLIC_URL + path, token)) for _ in range(2)]
    assert ok(cosmos.send("GET", path, headers=[fields[0], *proofs])) == []


def test_a_proof_of_a_private_key_is_none(cosmos, galaxy, proven):
    """RFC 9449 4.2: the jwk "MUST NOT contain a private key"."""
    key, token = proven
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": key.x, "d": base64url(key.seed)}
    assert ok(ProvenHolder(cosmos, token, key, jwk=jwk).get(f"/galaxy/{galaxy}/channels")) == []


def test_the_query_is_not_in_the_proof(cosmos, galaxy, proven):
    """RFC 9449 4.2: htu is "without query and fragment parts"."""
    key, token = proven
    assert len(ok(ProvenHolder(cosmos, token, key).get(f"/galaxy/{galaxy}/channels?a=b"))) == 1


# Sessions


def test_a_session_is_opened_used_and_ended(cosmos, galaxy, owner):
    """3.6: "200 `{ "token": "cst_" + 43 base64url characters, "expiresAt", "userId" }`", "DELETE /session (204)"."""
    answer = owner.post("/session")
    session = ok(answer)
    assert re.fullmatch(r"cst_[A-Za-z0-9_-]{43}", session["token"]) and session["userId"] == owner.subject
    left = time.mktime(time.strptime(session["expiresAt"][:19], "%Y-%m-%dT%H:%M:%S")) - time.mktime(time.gmtime())
    assert 12 * 3600 - 30 <= left <= 12 * 3600 + 30
    assert answer.headers["cache-control"] == "no-store"
    local = cosmos.holder(session["token"])
    local.create_channel(galaxy)
    assert len(local.channels(galaxy)) == 2
    nothing(local.delete("/session"))
    refused(cosmos, galaxy, session["token"], 4008, 4107)
    assert len(owner.channels(galaxy)) == 2, "the identity token is another credential"


def test_a_token_opens_one_session(cosmos, owner):
    """3.6: "a second use of the jti => 401/4103"; ordinary calls do not use it up."""
    token = owner.new_token()
    holder = cosmos.holder(token)
    assert holder.get("/meta").status_code == 200
    first = ok(holder.post("/session"))
    problem(holder.post("/session"), 4103)
    second = ok(cosmos.holder(owner.new_token()).post("/session"))
    assert first["token"] != second["token"]


def test_of_many_at_once_one_opens_a_session(cosmos, owner):
    """3.6: "whose jti has not been used here", also when they come together."""
    holder = cosmos.holder(owner.new_token())
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        statuses = sorted(answer.status_code for answer in pool.map(lambda _: holder.post("/session"), range(12)))
    assert statuses == [200] + [401] * 11


def test_only_an_identity_token_opens_a_session(cosmos, owner):
    """3.6: "with a Bearer identity token"."""
    session = ok(owner.post("/session"))["token"]
    for caller in (cosmos.anonymous, cosmos.holder("nonsense"), cosmos.holder(session), cosmos.holder(owner.new_token(aud="https://other.example"))):
        assert caller.post("/session").status_code == 401
    problem(cosmos.anonymous.delete("/session"), 4008)


def test_a_stranger_may_have_a_session(cosmos, galaxy):
    """3.6; docs/decisions/0010: whoever opens a session has an account from then on, and no more rights than before."""
    stranger = cosmos.person(name="Stranger")
    local = cosmos.holder(ok(stranger.post("/session"))["token"])
    assert local.channels(galaxy) == []
    cosmos.join(galaxy, stranger)
    assert len(local.channels(galaxy)) == 1


def test_a_session_of_a_limited_token_is_limited(cosmos, galaxy, owner):
    """3.4: `gal` limits the token; a session opened with it is not a way around."""
    other = cosmos.galaxy(owner)
    owner.create_channel(other)
    session = ok(cosmos.holder(owner.new_token(gal=[galaxy])).post("/session"))["token"]
    local = cosmos.holder(session)
    assert len(local.channels(galaxy)) == 1 and local.channels(other) == []


def test_a_session_outlives_a_crash(engine, new_cosmos):
    """3.6: "Use for long-lived connections"; what was used up stays used up."""
    world = new_cosmos(engine)
    owner = world.operator()
    galaxy = world.galaxy(owner)
    opened = world.holder(owner.new_token())
    session = ok(opened.post("/session"))["token"]
    world.server.restart()
    world.holder(session).create_channel(galaxy)
    problem(opened.post("/session"), 4103)


@pytest.mark.parametrize("token", ["cst_", "cst_" + "x" * 43, "cst_" + "x" * 42, "cst_" + "x" * 44, "CST_" + "x" * 43, "cst_" + "+" * 43])
def test_an_unknown_session_is_none(cosmos, galaxy, token):
    """3.6: tokens that nobody was given."""
    answer = cosmos.holder(token).post(f"/galaxy/{galaxy}/channels", {"name": "n", "type": 0})
    assert answer.status_code == 401, answer.text
    assert token not in answer.text


# The other APIs


def test_a_login_of_chat_is_good_for_cosmos_and_not_the_other_way(cosmos, galaxy, owner):
    """docs/decisions/0010: "A login of the Chat API is good for Cosmos"; a token of another server is none for Chat."""
    account = register(cosmos.server)
    local = cosmos.holder(account.access_token)
    assert local.channels(galaxy) == []
    cosmos.join(galaxy, account.user_id)
    assert len(local.channels(galaxy)) == 1
    for token in (owner.token, ok(owner.post("/session"))["token"]):
        answer = cosmos.server.http.get("/api/rest/users/@me", headers={"authorization": f"Bearer {token}"})
        assert answer.status_code == 401, answer.text


def test_a_login_of_chat_opens_no_session(cosmos):
    """3.6: POST /session takes an identity token."""
    account = register(cosmos.server)
    assert cosmos.holder(account.access_token).post("/session").status_code == 401
