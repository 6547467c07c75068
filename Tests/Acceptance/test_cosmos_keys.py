"""Whose keys are trusted, how they are fetched, and what is remembered over a restart (contracts/cosmos.md 3.3, 3.5)."""

import concurrent.futures
import json
import re

import pytest

from support.cosmos import PUBLIC_URL, Metadata, World, case_name, ids, is_galaxy, nothing, ok, problem
from support.cosmos_peers import METADATA_KEYS, IdentityServer, KeyServer, SilentPort, closed_port
from support.cosmos_signing import EXAMPLE_KEY, Key, new_nonce, quoted, sign_request
from support.database import rows
from support.program import run

MINUTE, HOUR, DAY = 60, 3_600, 86_400


def make(world, *, expected=201, **how):
    """Asks for a new galaxy; fails unless the answer has this status, or this code of a problem."""
    body = {"id": world.new_id(), "name": "Nest", "ownerId": world.operator().subject}
    answer = Metadata(world, **how).post("/galaxy", body)
    return ok(answer, expected) if expected in (200, 201) else problem(answer, expected)


# Fetching


def test_keys_are_fetched_when_they_are_needed_and_kept(new_cosmos):
    """3.5: "Cache: ... (default 3600)"; nothing is fetched for those who do not ask."""
    world = new_cosmos()
    ok(world.anonymous.get("/meta"))
    assert (world.metadata.fetches, world.identity.fetches) == (0, 0)
    for _ in range(3):
        make(world)
    assert (world.metadata.fetches, world.identity.fetches) == (1, 0)


def test_a_hundred_unknown_keys_cost_one_fetch(new_cosmos):
    """3.5: "Unknown keyid => one refetch, at most once per 60 s per source"."""
    world = new_cosmos()
    make(world)
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: Metadata(world, key=Key()).get("/galaxy/g1"), range(100)))
    for answer in answers:
        problem(answer, 4104)
    assert world.metadata.fetches <= 2, "the first fetch, and at most one more"
    owner = world.operator()
    for _ in range(20):
        world.holder(owner.new_token(key=Key())).get("/galaxy/none/channels")
    assert world.identity.fetches <= 1


def test_many_who_come_first_wait_for_one_fetch(new_cosmos):
    """3.5: "One fetch in flight per source"."""
    world = new_cosmos()
    world.metadata.delay = 0.5
    with concurrent.futures.ThreadPoolExecutor(12) as pool:
        for result in [pool.submit(make, world) for _ in range(12)]:
            result.result()
    assert world.metadata.fetches == 1


@pytest.mark.linux
def test_a_new_key_is_found_and_one_that_is_gone_is_not(new_cosmos):
    """3.5: "Unknown keyid => one refetch", "a successful fetch that lacks a key removes it"."""
    world = new_cosmos(clocked=True)
    old = world.metadata.key
    make(world)
    new = world.metadata.rotate()
    world.step(MINUTE + 1)
    make(world)
    make(world, key=old)
    world.metadata.keys = [new]
    make(world, key=old)
    world.step(HOUR + 1)
    make(world, key=new)
    make(world, key=old, expected=4104)


@pytest.mark.linux
@pytest.mark.parametrize("header,age", [
    (None, HOUR), ("max-age=10", 5 * MINUTE), ("public, max-age=1200", 20 * MINUTE), ("max-age=9999999", DAY), ("no-store", None), ("max-age=x", None),
    ("max-age=-5", None),
])  # fmt: skip
def test_keys_are_as_old_as_their_server_says(new_cosmos, header, age):
    """3.5: "Cache-Control max-age clamped to 300..86400 s (default 3600)"."""
    world = new_cosmos(clocked=True)
    if header:
        world.metadata.headers.append(("Cache-Control", header))
    make(world)
    before = age or 4 * MINUTE
    world.step(before - 10)
    make(world)
    assert world.metadata.fetches == 1
    world.step(20 if age else HOUR + 10)
    make(world)
    assert world.metadata.fetches == 2


@pytest.mark.linux
def test_a_failed_fetch_takes_nothing_away_for_a_week(engine, new_cosmos):
    """3.5: "A failed fetch never evicts"; "Stale use at most 7 days after the last success (the Matrix cap), then 503/4108"."""
    world = new_cosmos(engine, clocked=True)
    make(world)
    world.metadata.status = 500
    world.step(2 * HOUR)
    make(world)
    assert world.metadata.fetches == 2
    world.step(6 * DAY)
    make(world)
    world.server.restart()
    make(world)
    world.step(DAY)
    make(world, expected=4108)
    world.metadata.status = 200
    world.step(MINUTE + 1)
    make(world)


BAD = {
    "error": {"status": 500}, "not found": {"status": 404}, "redirect": {"status": 302}, "html": {"headers": [("Content-Type", "text/html")]},
    "no type": {"headers": []}, "no json": {"document": b"{"}, "list": {"document": b"[]"}, "no keys": {"document": b"{}"},
    "too large": {"document": b'{"keys": [], "x": "' + b"x" * 65_536 + b'"}'}, "too slow": {"delay": 6},
    "33 keys": {"document": json.dumps({"keys": [Key().jwk() for _ in range(33)]}).encode()},
}


@pytest.mark.parametrize("how", BAD.values(), ids=BAD)
def test_a_bad_answer_is_no_key_document(new_cosmos, how):
    """3.5, fetch: "https only, no redirects, 5 s total, 64 KiB, at most 32 keys, JSON media types"; no keys at all => 503/4108."""
    world = new_cosmos()
    good = world.metadata.published()
    for name, value in how.items():
        setattr(world.metadata, name, value)
    if how.get("status") == 302:
        other = KeyServer("/elsewhere", key=world.metadata.key)
        world.peers.append(other)
        world.metadata.headers = [("Location", other.keys_url), *world.metadata.headers]
        assert good == other.published()
    make(world, expected=4108)
    assert world.metadata.fetches == 1


def test_a_source_that_is_not_there_cannot_say(new_cosmos):
    """2: 4108 "key source unreachable and cache too old", with 503; a source that hangs takes 5 s at most."""
    silent = SilentPort()
    try:
        for port in (closed_port(), silent.port):
            world = World()
            source = [{"origin": f"http://127.0.0.1:{port}"}]
            world = new_cosmos(settings={"cosmos.metadata": source}, world=world)
            make(world, expected=4108)
    finally:
        silent.end()


def test_a_source_behind_the_guard_is_not_asked(new_cosmos):
    """8.5, rule 3: a private address is reached only where `guard.allow_cidrs` opens it, also for keys."""
    world = new_cosmos(settings={"guard.allow_cidrs": []})
    make(world, expected=4108)
    assert world.metadata.fetches == 0


@pytest.mark.parametrize("entry", [
    {"kty": "EC"}, {"kty": "RSA"}, {"crv": "X25519"}, {"use": "enc"}, {"alg": "ES256"}, {"x": "AAAA"}, {"x": None}, {"kid": "wrong"},
    {"nbf": 4_000_000_000}, {"exp": 1}, {"x": "!" * 43}, {"kty": None}, {"kid": 7},
], ids=case_name)  # fmt: skip
def test_entries_that_are_not_as_they_should_be_are_skipped(new_cosmos, entry):
    """3.5: "entries used only if kty OKP, crv Ed25519, ... kid, if given, must equal the thumbprint"; "Optional `nbf`/`exp` limit use"."""
    world = new_cosmos()
    bad, good = Key(), world.metadata.key
    world.metadata.keys = [bad.jwk(**entry), good]
    make(world, key=bad, expected=4104)
    make(world)


@pytest.mark.parametrize("entry", [
    {"use": None, "alg": None, "kid": None}, {"alg": "EdDSA"}, {"alg": "ed25519"}, {"more": {"a": [1]}}, {"nbf": 1, "exp": 4_000_000_000},
    {"key_ops": ["verify"]},
], ids=case_name)  # fmt: skip
def test_entries_may_say_less_or_more(new_cosmos, entry):
    """3.5: "`use` absent or sig, `alg` absent or Ed25519/EdDSA/ed25519; kid, if given"."""
    world = new_cosmos()
    world.metadata.keys = [world.metadata.key.jwk(**entry)]
    make(world)


def test_32_keys_are_not_too_many(new_cosmos):
    """3.5: "at most 32 keys"."""
    world = new_cosmos()
    world.metadata.keys = [Key() for _ in range(31)] + [world.metadata.key]
    make(world)


def test_one_host_may_have_both_roles(new_cosmos):
    """3.5: "Keys are looked up by (source, thumbprint)"; "if one host plays both roles, two URLs are used"."""
    world = World()
    second = KeyServer("/more-keys")
    world.peers.append(second)
    sources = [world.metadata.source(), {"origin": second.origin, "keys_url": second.keys_url}]
    world = new_cosmos(settings={"cosmos.metadata": sources}, world=world)
    make(world)
    make(world, peer=second)
    world.identity.keys = [world.metadata.key, world.identity.key]
    make(world, key=world.identity.key, expected=4104)
    owner = world.operator()
    problem(world.holder(owner.new_token(key=second.key)).post("/galaxy/none/channels", {}), 4104)


def test_sources_do_not_speak_for_each_other(new_cosmos):
    """3.5: "Keys are looked up by (source, thumbprint)": a key of one identity server signs no token of another issuer."""
    world, second = World(), IdentityServer(PUBLIC_URL)
    world.peers.append(second)
    world = new_cosmos(settings={"cosmos.identity": [world.identity.source(), second.source()]}, world=world)
    owner = world.operator()
    galaxy = world.galaxy(owner)
    owner.create_channel(galaxy)
    forged = second.token(owner.subject, iss=world.identity.issuer)
    problem(world.holder(forged).post(f"/galaxy/{galaxy}/channels", {"name": "n", "type": 0}), 4104)
    assert len(owner.channels(galaxy)) == 1


def test_the_example_key_is_for_tests_only(new_cosmos):
    """3.5: "refused unless `testMode` is on"."""
    for mode, expected in ((False, 4104), (True, 201)):
        world = World()
        world.metadata.key, world.metadata.keys = EXAMPLE_KEY, [EXAMPLE_KEY, Key()]
        make(new_cosmos(settings={"cosmos.test_mode": mode}, world=world), expected=expected)


# Pins


def pinned(new_cosmos, engine="sqlite", *, clocked=False, **settings):
    """A world whose metadata server's key is pinned."""
    world = World()
    source = world.metadata.source(pins=[world.metadata.key.thumbprint])
    return new_cosmos(engine, {"cosmos.metadata": [source]} | settings, world=world, clocked=clocked)


def test_only_what_is_pinned_counts(new_cosmos):
    """3.5: "With a non-empty pin list only pinned keys, and keys introduced by a signed key document, are trusted"."""
    world = pinned(new_cosmos)
    stranger = Key()
    world.metadata.keys.append(stranger)
    make(world)
    make(world, key=stranger, expected=4104)


def test_a_pinned_key_has_to_be_published(new_cosmos):
    """3.5: a pin limits what is published; a key that is not in the document is not there."""
    world = pinned(new_cosmos)
    pinned_key = world.metadata.rotate(keeping=False)
    make(world, expected=4104)
    make(world, key=pinned_key, expected=4104)


def test_a_signed_document_brings_new_keys(engine, new_cosmos):
    """3.5: "the JWKS response carries an RFC 9421 response signature by an already trusted key ...; The new thumbprint is stored"."""
    world = pinned(new_cosmos, engine)
    first = world.metadata.key
    second = world.metadata.rotate()
    world.metadata.signer = first
    make(world, key=second)
    make(world, key=first)
    world.server.restart()
    world.metadata.status = 500
    make(world, key=second)


@pytest.mark.linux
def test_trust_is_handed_on(new_cosmos):
    """3.5: "an already trusted key": one that was introduced introduces the next, also when the first has gone."""
    world = pinned(new_cosmos, clocked=True)
    for _ in range(3):
        world.metadata.signer = world.metadata.key
        world.metadata.rotate()
        # The signer is still in the document when it introduces; after it the old one goes.
        world.metadata.signing = {"created": world.now}
        make(world)
        world.metadata.keys = [world.metadata.key]
        world.step(MINUTE + 1)


@pytest.mark.parametrize("what", ["stranger", "unsigned", "old", "long", "other-body", "strict"])
def test_an_unconvincing_document_brings_nothing(new_cosmos, what):
    """3.5: "by an already trusted key", "expires (<= 7 days)"; "`pinMode=strict` turns introduction off"."""
    world = pinned(new_cosmos, **({"cosmos.pin_mode": "strict"} if what == "strict" else {}))
    first = world.metadata.key
    second = world.metadata.rotate()
    world.metadata.signer = {"stranger": second, "unsigned": None}.get(what, first)
    world.metadata.signing = {"old": {"created": 1_767_225_600}, "long": {"lifetime": 8 * DAY}}.get(what, {})
    if what == "other-body":
        world.metadata.signed_document = json.dumps({"keys": [first.jwk()]}).encode()
    make(world, key=second, expected=4104)
    make(world, key=first)


def test_without_pins_the_document_is_believed(new_cosmos):
    """3.5: "Without pins, trust is TLS to the configured origin"; `off`: pins are not looked at."""
    world = pinned(new_cosmos, **{"cosmos.pin_mode": "off"})
    stranger = Key()
    world.metadata.keys.append(stranger)
    make(world, key=stranger)


def administer(world, *words):
    """A command on the data of the server, which may run."""
    settings = [part for path, value in world.server.settings.items() for part in ("--set", f"{path}={value}")]
    return run(world.server.command()[0], world.server.folder, *words, "--data", str(world.server.data), *settings)


def test_a_key_is_revoked_at_the_command_line_for_good(engine, new_cosmos):
    """3.5: "operators can also `trust revoke <thumbprint>` (local denylist, permanent)", also while the server runs."""
    world = new_cosmos(engine)
    # One key in 64 has a thumbprint that looks like an option: the least convenient one is revoked here.
    bad = next(key for key in iter(Key, None) if key.thumbprint.startswith("-"))
    world.metadata.keys.append(bad)
    make(world, key=bad)
    result = administer(world, "trust", "revoke", bad.thumbprint)
    assert result.returncode == 0, result.stderr
    make(world, key=bad, expected=4104)
    make(world)
    world.server.restart()
    make(world, key=bad, expected=4104)
    shown = administer(world, "trust", "list")
    assert shown.returncode == 0 and bad.thumbprint in shown.stdout and "revoked" in shown.stdout, shown.stdout + shown.stderr


def test_a_token_of_a_revoked_key_is_worth_nothing_at_once(new_cosmos):
    """3.4: "A verified token may be cached", but not beyond the trust in its key."""
    world = new_cosmos()
    owner = world.operator()
    galaxy = world.galaxy(owner)
    owner.create_channel(galaxy)
    assert administer(world, "trust", "revoke", world.identity.key.thumbprint).returncode == 0
    problem(owner.post(f"/galaxy/{galaxy}/channels", {"name": "n", "type": 0}), 4104)


def test_a_key_is_pinned_at_the_command_line(engine, new_cosmos):
    """12: "CLI: ... `trust list|pin|revoke`"."""
    world = new_cosmos(engine)
    stranger = Key()
    world.metadata.keys.append(stranger)
    make(world, key=stranger)
    result = administer(world, "trust", "pin", world.metadata.key.thumbprint, "--source", world.metadata.origin)
    assert result.returncode == 0, result.stderr
    make(world, key=stranger, expected=4104)
    make(world)


def test_what_changes_about_trust_is_written_down(engine, new_cosmos):
    """10: "Audit table for: ... key trust changes", at the command line and by the word of another server; `trust list` tells since when."""
    world = new_cosmos(engine)
    make(world)
    kept, pinned, spare = world.metadata.key, Key(), Key()
    world.metadata.keys += [pinned, spare]
    # Unknown keys are asked for once a minute.
    assert administer(world, "trust", "pin", kept.thumbprint, "--source", world.metadata.origin).returncode == 0
    assert administer(world, "trust", "revoke", pinned.thumbprint).returncode == 0
    nothing(world.signer.event("keys.revoked", {"thumbprints": [spare.thumbprint]}))
    assert administer(world, "key", "rotate").returncode == 0
    origin = world.metadata.origin
    new = administer(world, "key", "list").stdout.split()[0]
    changes = [text for (text,) in rows(world.server, "SELECT details FROM audit_log WHERE action = 'key_trust_changed' ORDER BY id")]
    assert changes == [
        f"pinned {kept.thumbprint} of {origin}", f"revoked {pinned.thumbprint}", f"revoked {spare.thumbprint} of {origin}", f"rotated to {new}",
    ]
    shown = administer(world, "trust", "list").stdout
    assert re.search(rf"{kept.thumbprint}  pinned since \d{{4}}-\d\d-\d\dT", shown), shown
    assert re.search(rf"{pinned.thumbprint}  revoked since \d{{4}}-", shown), shown


def test_a_refused_signature_is_told_in_the_log(new_cosmos):
    """10: "Log keyid, sub, galaxy id, code", and never the signature."""
    world = new_cosmos()
    stranger = Key()
    fields = sign_request(stranger, "GET", PUBLIC_URL + "/galaxy/g1")
    problem(world.send("GET", "/galaxy/g1", b"", fields), 4104)
    [line] = [line for line in world.server.log.splitlines() if "A signed request was refused" in line]
    assert stranger.thumbprint in line and "4104" in line
    assert dict(fields)["signature"] not in world.server.log


# What is remembered


@pytest.mark.parametrize("ending", ["kill", "stop"])
def test_a_request_is_good_once_also_after_a_restart(engine, new_cosmos, ending):
    """3.3: "The store must survive restart", after an orderly stop and after a kill."""
    world = new_cosmos(engine)
    owner = world.operator()
    galaxy = world.galaxy(owner)
    body = b'{"name": "room", "type": 0}'
    path = f"/galaxy/{galaxy}/channels"
    fields = sign_request(world.metadata.key, "POST", PUBLIC_URL + path, body, [("content-type", "application/json")])
    ok(world.send("POST", path, body, fields), 201)
    if ending == "kill":
        world.server.restart()
    else:
        assert world.server.stop() == 0
        world.server.start()
    problem(world.send("POST", path, body, fields), 4103)
    assert len(owner.channels(galaxy)) == 1


def test_a_crash_in_the_middle_of_many_requests_forgets_none(engine, new_cosmos):
    """3.3: the nonce is kept "before acting": what was answered before a kill is a replay after it."""
    world = new_cosmos(engine)
    galaxy = world.galaxy(world.operator())
    path = f"/galaxy/{galaxy}"
    requests = [sign_request(world.metadata.key, "GET", PUBLIC_URL + path) for _ in range(60)]
    answered = []

    def send(fields):
        try:
            if world.send("GET", path, headers=fields).status_code == 200:
                answered.append(fields)
        except Exception:
            # The server went away in the middle: nobody knows whether the request counted.
            return

    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        results = [pool.submit(send, fields) for fields in requests[:40]]
        results[15].result()
        world.server.process.kill()
        for result in results:
            result.result()
    world.server.restart()
    assert len(answered) >= 10
    for fields in answered:
        problem(world.send("GET", path, headers=fields), 4103)
    for fields in requests[40:]:
        ok(world.send("GET", path, headers=fields))


@pytest.mark.linux
def test_a_request_does_not_come_back_when_its_nonce_is_forgotten(new_cosmos):
    """3.3: "Keep rows 10 minutes (longest acceptance is 300+60+60 s)": then it is too old."""
    world = new_cosmos(clocked=True)
    galaxy = world.galaxy(world.operator())
    fields = sign_request(world.metadata.key, "GET", f"{PUBLIC_URL}/galaxy/{galaxy}", created=world.now + 55, lifetime=300)
    ok(world.send("GET", f"/galaxy/{galaxy}", headers=fields))
    for _ in range(4):
        world.step(100)
        problem(world.send("GET", f"/galaxy/{galaxy}", headers=fields), 4103)
    world.step(300)
    problem(world.send("GET", f"/galaxy/{galaxy}", headers=fields), 4102)


def test_keys_of_a_peer_that_is_down_are_known_after_a_restart(engine, new_cosmos):
    """3.5: "A failed fetch never evicts": a restart needs no peer."""
    world = new_cosmos(engine)
    owner = world.operator()
    galaxy = world.galaxy(owner)
    owner.create_channel(galaxy)
    world.metadata.status = world.identity.status = 503
    world.server.restart()
    is_galaxy(ok(world.signer.get(f"/galaxy/{galaxy}")), private=True)
    assert len(ids(owner.channels(galaxy))) == 1


def test_a_nonce_of_one_source_is_not_that_of_another(new_cosmos):
    """3.3: "insert (source, keyid, nonce)"."""
    world, second = World(), KeyServer(METADATA_KEYS)
    world.peers.append(second)
    world = new_cosmos(settings={"cosmos.metadata": [world.metadata.source(), second.source()]}, world=world)
    nonce = quoted(new_nonce())
    make(world, nonce=nonce)
    make(world, peer=second, nonce=nonce)
    make(world, nonce=nonce, expected=4103)


# Its own key


def own_keys(world):
    return [key["kid"] for key in world.anonymous.get("/.well-known/jwks.json").json()["keys"]]


@pytest.mark.linux
def test_its_own_key_is_rotated_while_it_runs(new_cosmos):
    """3.5: "Rotation: two keys published for 7 days; serverId list in /meta"."""
    world = new_cosmos(clocked=True)
    [first] = own_keys(world)
    result = administer(world, "key", "rotate")
    assert result.returncode == 0, result.stderr
    world.step(5)
    both = own_keys(world)
    assert len(both) == 2 and both[0] != first and first in both
    assert set(ok(world.anonymous.get("/meta"))["serverId"]) == set(both)
    world.server.restart()
    assert own_keys(world) == both
    world.step(7 * DAY + 60)
    assert own_keys(world) == [both[0]]


def test_its_own_key_is_for_its_eyes_only(new_cosmos):
    """3.5: "made at first start, file mode 0600"."""
    world = new_cosmos()
    files = [path for path in world.server.data.iterdir() if "key" in path.name]
    assert files and all(path.stat().st_mode & 0o777 == 0o600 for path in files), files
