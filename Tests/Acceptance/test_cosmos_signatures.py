"""Signed requests of the metadata server and what does not pass for one (contracts/cosmos.md 3.2, 3.3)."""

import base64
import concurrent.futures
import hashlib
import json
import time

import httpx
import pytest

from support.cosmos import PUBLIC_URL, Metadata, ids, is_galaxy, nothing, ok, problem
from support.cosmos_signing import (
    COMPONENTS, EXAMPLE_KEY, REQUEST_TAG, Key, Message, Signature, content_digest, new_nonce, quoted, request_signature, sign_request,
)  # fmt: skip

ENGINES = ("sqlite",)
ALL = (*COMPONENTS, "content-digest", "content-type")


@pytest.fixture
def galaxy(cosmos):
    return cosmos.galaxy(cosmos.operator())


@pytest.fixture
def asked(cosmos):
    """The body of a request that makes a galaxy."""
    return json.dumps({"id": cosmos.new_id(), "name": "Nest", "ownerId": cosmos.operator().subject}).encode()


def post(cosmos, body, **how):
    """Asks for a galaxy with a request signed as `how` says."""
    return cosmos.signing(**how).post("/galaxy", content=body)


def read(cosmos, galaxy, **how):
    return cosmos.signing(**how).get(f"/galaxy/{galaxy}")


def with_signature(cosmos, galaxy, signature, *, path=None, headers=()):
    """Reads a galaxy with exactly this signature, made over a request with `headers`."""
    path = path or f"/galaxy/{galaxy}"
    message = Message.of("GET", PUBLIC_URL + path, list(headers))
    return cosmos.send("GET", path, headers=list(headers) + signature.headers(cosmos.metadata.key, message))


# What passes


@pytest.mark.parametrize("how", [
    {}, {"label": "cosmos"}, {"label": "*a.b-c_1"}, {"alg": None}, {"components": tuple(reversed(ALL))}, {"lifetime": 300},
    {"components": ("@target-uri", "@method", "content-type", "content-digest")}, {"nonce": quoted("a" * 16)}, {"nonce": quoted("-_" * 64)},
    {"components": (*ALL, "content-length", "host")}, {"more": quoted("an unknown parameter")},
], ids=["usual", "label", "odd-label", "no-alg", "order", "300s", "target-uri", "short-nonce", "long-nonce", "more-fields", "parameter"])  # fmt: skip
def test_a_request_may_be_signed_in_many_ways(cosmos, asked, how):
    """3.3: "same label, any label", "Any order; extra covered header fields allowed", "`"@target-uri"` may stand for ...", "Optional: `alg`"."""
    more = [("content-length", str(len(asked))), ("host", "galaxy.example.com")] if "host" in how.get("components", ()) else []
    answer = cosmos.signing(**how).post("/galaxy", content=asked, headers=more)
    ok(answer, 201)


def test_the_order_of_the_parameters_is_the_sender_s(cosmos, galaxy):
    """3.3: "canonical serialisation of the inner list and its parameters in the received order"."""
    usual = request_signature(cosmos.metadata.key, COMPONENTS)
    turned = Signature(usual.components, dict(reversed(usual.parameters.items())))
    is_galaxy(ok(with_signature(cosmos, galaxy, turned)), private=True)


def test_blanks_that_structured_fields_allow_do_not_matter(cosmos, galaxy):
    """3.3: "canonical serialisation": what is signed has none of the sender's blanks."""
    signature = request_signature(cosmos.metadata.key, COMPONENTS)
    (_, given), (_, value) = signature.headers(cosmos.metadata.key, Message.of("GET", f"{PUBLIC_URL}/galaxy/{galaxy}"))
    given = given.replace("(", "(  ").replace(")", " )").replace(";", "; ")
    is_galaxy(ok(cosmos.send("GET", f"/galaxy/{galaxy}", headers=[("signature-input", given), ("signature", value)])), private=True)


@pytest.mark.parametrize("path", ["/galaxy/{}?", "/galaxy/{}?a=1&b=%C3%A9&a=2", "/galaxy/{}?x=/../y", "/v1/galaxy/{}"])
def test_path_and_query_are_signed_as_they_are_sent(cosmos, galaxy, path):
    """3.3: "@path raw, undecoded", "@query with its leading `?`, and a lone `?` when there is none"."""
    path = path.format(galaxy)
    is_galaxy(ok(with_signature(cosmos, galaxy, request_signature(cosmos.metadata.key, COMPONENTS), path=path)), private=True)


def test_head_is_signed_as_head(cosmos, galaxy):
    """3.3: "@method as sent"."""
    assert cosmos.signer.request("HEAD", f"/galaxy/{galaxy}").status_code == 200
    assert cosmos.signing(method="GET").request("HEAD", f"/galaxy/{galaxy}").status_code == 401


def test_one_good_signature_of_several_is_enough(cosmos, galaxy):
    """3.3: "consider only members with our tag, at most 3; accept when one verifies with a trusted key; ignore the rest"."""
    url = f"{PUBLIC_URL}/galaxy/{galaxy}"
    message = Message.of("GET", url)
    strangers = [request_signature(Key(), COMPONENTS, label=f"s{number}") for number in (1, 2)]
    others = [request_signature(Key(), ["@method"], label=f"o{number}", tag=quoted("another-tag"), nonce=None) for number in (1, 2, 3)]
    good = request_signature(cosmos.metadata.key, COMPONENTS, label="good")
    pairs = [one.headers(Key(), message) for one in (*others, *strangers)] + [good.headers(cosmos.metadata.key, message)]
    fields = [(name, ", ".join(pair[index][1] for pair in pairs)) for index, name in enumerate(("signature-input", "signature"))]
    is_galaxy(ok(cosmos.send("GET", f"/galaxy/{galaxy}", headers=fields)), private=True)


def test_fields_may_come_in_several_lines(cosmos, galaxy):
    """3.3: "several lines joined with comma+space"."""
    message = Message.of("GET", f"{PUBLIC_URL}/galaxy/{galaxy}", [("x-several", "a"), ("x-several", "b")])
    other = request_signature(Key(), ["@method"], label="other", tag=quoted("another-tag"))
    good = request_signature(cosmos.metadata.key, COMPONENTS, label="good")
    fields = other.headers(Key(), message) + good.headers(cosmos.metadata.key, message)
    is_galaxy(ok(cosmos.send("GET", f"/galaxy/{galaxy}", headers=fields)), private=True)


@pytest.mark.parametrize("algorithms", [("sha-256",), ("sha-512",), ("sha-256", "sha-512")])
def test_both_digests_count(cosmos, asked, algorithms):
    """3.3: "accept `sha-256` and `sha-512`"."""
    digest = ", ".join(content_digest(asked, algorithm) for algorithm in algorithms)
    ok(post(cosmos, asked, headers=[("content-type", "application/json"), ("content-digest", digest)]), 201)


def test_a_token_beside_a_signature_is_ignored(cosmos, galaxy):
    """3.2: "A request with both kinds and no assertion need => metadata principal wins, Authorization ignored"."""
    answer = cosmos.signer.get(f"/galaxy/{galaxy}", headers={"authorization": "Bearer nonsense"})
    is_galaxy(ok(answer), private=True)


def test_a_signature_with_another_tag_is_nobody_s(cosmos, galaxy, asked):
    """3.3, step 1: "no tagged member => not S2S (endpoint then needs another principal or answers 401/4100)"."""
    is_galaxy(ok(read(cosmos, galaxy, tag=quoted("another-tag"))))
    problem(post(cosmos, asked, tag=quoted("another-tag")), 4100)
    problem(post(cosmos, asked, tag=None), 4100)


# What does not: how it is written


@pytest.mark.parametrize("how", [
    {"components": ALL[1:]}, {"components": ("@method", "@path", "@query", *ALL[4:])}, {"components": ("@method", "@authority", "@query", *ALL[4:])},
    {"components": ("@method", "@authority", "@path", *ALL[4:])}, {"components": COMPONENTS}, {"components": (*COMPONENTS, "content-type")},
    {"components": (*COMPONENTS, "content-digest")}, {"components": (*ALL, "@method")}, {"components": (*ALL, "content-type")},
    {"nonce": None}, {"keyid": None},
], ids=[
    "no-method", "no-authority", "no-path", "no-query", "nothing-of-the-body", "no-digest", "no-type", "twice", "field-twice", "no-nonce", "no-keyid",
])  # fmt: skip
def test_everything_that_matters_is_covered(cosmos, asked, how):
    """3.3: "Covered components, required", "Parameters, required"; step 2 => 4101."""
    answer = post(cosmos, asked, **how)
    problem(answer, 4101)
    assert 'tag="cosmos-s2s-v1"' in answer.headers["accept-signature"] and answer.headers["date"]


@pytest.mark.parametrize("name,value", [
    ("created", None), ("expires", None), ("created", '"1767225600"'), ("created", "1767225600.0"), ("expires", "?1"), ("created", "@1767225600"),
    ("nonce", quoted("a" * 15)), ("nonce", quoted("a" * 129)), ("nonce", quoted("a" * 16 + "+")), ("nonce", "a" * 16), ("nonce", ":YWFhYWFhYWFhYWFhYWFhYQ==:"),
    ("keyid", quoted("")), ("keyid", quoted("a" * 42)), ("keyid", quoted("a" * 44)), ("keyid", quoted("+" * 43)), ("keyid", "a" * 43),
    ("alg", quoted("hmac-sha256")), ("alg", quoted("Ed25519")), ("alg", quoted("rsa-pss-sha512")), ("alg", "ed25519"), ("alg", quoted("")),
])  # fmt: skip
def test_parameters_have_their_forms(cosmos, galaxy, name, value):
    """3.3: "`created`, `expires` (integers), `nonce` (string, 16..128 of `[A-Za-z0-9_-]`...), `keyid` ..., `alg`, which must then be "ed25519""."""
    signature = request_signature(cosmos.metadata.key, COMPONENTS)
    signature.parameters[name] = value
    problem(with_signature(cosmos, galaxy, signature), 4101)


@pytest.mark.parametrize("component", [
    '"@query-param";name="a"', '"x-a";sf', '"x-a";bs', '"x-a";key="k"', '"x-a";tr', '"@method";req', '"@path";req', '"@status"', '"@signature-params"',
    '"@unknown"', '"X-A"', '"x-absent"', '"@query-param"', '""', '"x a"', "x-a", '7', '"x-a";unknown',
])  # fmt: skip
def test_components_are_plain_and_there(cosmos, galaxy, component):
    """3.3: "Component parameters (`;sf ;key ;bs ;tr ;req ;name`) are not allowed"; step 5: "absent component => 4101"."""
    class Lenient(Message):
        def value(self, component):
            try:
                return super().value(component)
            except (KeyError, AttributeError):
                return "k=1" if "x-a" in component else ""

    path = f"/galaxy/{galaxy}?a=1"
    signature = request_signature(cosmos.metadata.key, COMPONENTS)
    signature.components.append(component)
    fields = [("x-a", "k=1")]
    message = Lenient.of("GET", PUBLIC_URL + path, fields)
    problem(cosmos.send("GET", path, headers=fields + signature.headers(cosmos.metadata.key, message)), 4101)


def test_a_covered_field_is_there_once(cosmos, galaxy):
    """3.3: "extra covered header fields allowed if present exactly once"."""
    signature = request_signature(cosmos.metadata.key, [*COMPONENTS, "x-a"])
    ok(with_signature(cosmos, galaxy, signature, headers=[("x-a", "1")]))
    signature = request_signature(cosmos.metadata.key, [*COMPONENTS, "x-a"])
    problem(with_signature(cosmos, galaxy, signature, headers=[("x-a", "1"), ("x-a", "2")]), 4101)


def raw_fields(cosmos, galaxy, *, label="sig1"):
    signature = request_signature(cosmos.metadata.key, COMPONENTS, label=label)
    fields = signature.headers(cosmos.metadata.key, Message.of("GET", f"{PUBLIC_URL}/galaxy/{galaxy}"))
    return fields[0][1], fields[1][1]


@pytest.mark.parametrize("change", [
    lambda given, value: (given, None),
    lambda given, value: (given, value.replace("sig1=", "sig2=")),
    lambda given, value: (given, f"{value}, sig2=:AAAA:"),
    lambda given, value: (f"{given}, sig2=(\"@method\")", value),
    lambda given, value: (f"{given}, {given}", value),
    lambda given, value: (given, f"{value}, {value}"),
    lambda given, value: (given, f"sig1=:{'A' * 87}=:, {value}"),
    lambda given, value: (given, value.replace("=:", "=")),
    lambda given, value: (given, "sig1=:" + base64.b64encode(bytes(64)).decode() + ":"),
    lambda given, value: (given, "sig1=:" + base64.b64encode(bytes(63)).decode() + ":"),
    lambda given, value: (given, "sig1=::"),
    lambda given, value: (given, "sig1=" + quoted(value[6:-1])),
    lambda given, value: (given.replace('"@path"', "'@path'"), value),
    lambda given, value: (given.replace("sig1=", "Sig1="), value.replace("sig1=", "Sig1=")),
    lambda given, value: (given.replace("sig1=", "sig1"), value),
    lambda given, value: (given + ",", value),
    lambda given, value: (given.replace('"@path"', '"@path" "@path"'), value),
    lambda given, value: (f'sig1="{REQUEST_TAG}"', value),
], ids=[
    "no-signature", "other-label", "more-signatures", "more-inputs", "input-twice", "signature-twice", "signature-first-wrong", "no-bytes", "zeros", "63",
    "empty", "text", "quotes", "capital", "no-value", "comma", "doubled", "no-list",
])  # fmt: skip
def test_malformed_fields_are_a_failed_signature(cosmos, galaxy, change):
    """3.3: "Label in one header but not the other, duplicate labels ... => 401/4101"; 3.2: "never fall back to anonymous"."""
    given, value = change(*raw_fields(cosmos, galaxy))
    headers = [("signature-input", given)] + ([("signature", value)] if value is not None else [])
    problem(cosmos.send("GET", f"/galaxy/{galaxy}", headers=headers), 4101)


def test_a_tag_that_is_taken_back_signs_nothing(cosmos, galaxy):
    """RFC 9651 4.2.3.2: the last of two equal parameters counts; whether that is a stranger or a failure, it is not the metadata server."""
    given, value = raw_fields(cosmos, galaxy)
    answer = cosmos.send("GET", f"/galaxy/{galaxy}", headers=[("signature-input", given + ';tag="another"'), ("signature", value)])
    assert answer.status_code in (200, 401) and "privateFlags" not in answer.text


@pytest.mark.parametrize("count,code", [(3, 200), (4, 4101)])
def test_at_most_three_signatures_have_our_tag(cosmos, galaxy, count, code):
    """3.3: "at most 3"."""
    message = Message.of("GET", f"{PUBLIC_URL}/galaxy/{galaxy}")
    signatures = [request_signature(cosmos.metadata.key, COMPONENTS, label=f"s{number}") for number in range(count)]
    fields = [field for signature in signatures for field in signature.headers(cosmos.metadata.key, message)]
    answer = cosmos.send("GET", f"/galaxy/{galaxy}", headers=fields)
    assert ok(answer) if code == 200 else problem(answer, code)


@pytest.mark.parametrize("count,code", [(8, 200), (9, 4101), (40, 4101)])
def test_at_most_eight_labels(cosmos, galaxy, count, code):
    """3.3: "more than 8 labels ... => 401/4101"."""
    given, value = raw_fields(cosmos, galaxy)
    more = range(count - 1)
    headers = [
        ("signature-input", ", ".join([given, *(f'x{number}=("@method")' for number in more)])),
        ("signature", ", ".join([value, *(f"x{number}=:AA==:" for number in more)])),
    ]
    answer = cosmos.send("GET", f"/galaxy/{galaxy}", headers=headers)
    assert ok(answer) if code == 200 else problem(answer, code)


@pytest.mark.parametrize("field", ["signature-input", "signature"])
@pytest.mark.parametrize("size,code", [(4_096, 200), (4_097, 4101), (16_000, 4101)])
def test_a_field_of_more_than_4_kib_is_refused(cosmos, galaxy, field, size, code):
    """3.3: "header over 4 KiB ... => 401/4101"."""
    headers = dict(zip(("signature-input", "signature"), raw_fields(cosmos, galaxy)))
    more = {"signature-input": 'x=("@method")', "signature": "x=:AA==:"}
    for name in headers:
        blanks = size - len(headers[name]) - len(more[name]) - 1 if name == field else 1
        headers[name] += "," + " " * blanks + more[name]
    assert len(headers[field]) == size
    answer = cosmos.send("GET", f"/galaxy/{galaxy}", headers=headers.items())
    assert ok(answer) if code == 200 else problem(answer, code)


@pytest.mark.parametrize("count,code", [(32, 200), (33, 4101)])
def test_at_most_32_components(cosmos, galaxy, count, code):
    """3.3: "more than 32 components => 401/4101"."""
    more = [(f"x{number}", "1") for number in range(count - 4)]
    signature = request_signature(cosmos.metadata.key, [*COMPONENTS, *(name for name, _ in more)])
    answer = with_signature(cosmos, galaxy, signature, headers=more)
    assert ok(answer) if code == 200 else problem(answer, code)


# What does not: who signed, and what


@pytest.mark.parametrize("changed", [
    {"method": "GET"}, {"method": "post"}, {"url": "https://other.example.com/galaxy"}, {"url": "https://galaxy.example.com:8443/galaxy"},
    {"url": f"{PUBLIC_URL}/galaxy?"}, {"url": f"{PUBLIC_URL}/galaxy?a"}, {"url": f"{PUBLIC_URL}/galaxy/"}, {"url": f"{PUBLIC_URL}/v1/galaxy"},
    {"url": f"{PUBLIC_URL}/%67alaxy"},
])  # fmt: skip
def test_a_signature_is_for_one_method_host_and_path(cosmos, asked, changed):
    """3.3: method, authority, path and query are covered; a lone `?` is the same as no query."""
    answer = post(cosmos, asked, **changed)
    assert ok(answer, 201) if changed.get("url") == f"{PUBLIC_URL}/galaxy?" else problem(answer, 4101)


@pytest.mark.parametrize("fields", [
    [("host", "galaxy.example.com")], [("host", "evil.example.com")], [("x-forwarded-host", "evil.example.com")],
    [("forwarded", "host=evil.example.com;proto=http")], [("x-forwarded-proto", "http"), ("x-forwarded-port", "8080")],
])  # fmt: skip
def test_the_authority_is_the_configured_one(cosmos, galaxy, fields):
    """3.3: "taken from our configured public base URL, not from Host or X-Forwarded-Host"."""
    send = lambda url: cosmos.send("GET", f"/galaxy/{galaxy}", headers=fields + sign_request(cosmos.metadata.key, "GET", url))  # noqa: E731
    is_galaxy(ok(send(f"{PUBLIC_URL}/galaxy/{galaxy}")), private=True)
    problem(send(f"https://evil.example.com/galaxy/{galaxy}"), 4101)
    problem(send(f"{cosmos.server.url}/galaxy/{galaxy}".replace("http:", "https:")), 4101)


def test_nor_is_it_the_one_that_a_trusted_proxy_names(new_cosmos):
    """3.3: also behind a proxy that is believed, "taken from our configured public base URL, not from Host or X-Forwarded-Host"."""
    world = new_cosmos(settings={"server.trusted_proxies": ["127.0.0.0/8"]})
    galaxy = world.galaxy(world.operator())
    for field in ("x-forwarded-host", "host"):
        headers = [(field, "evil.example.com"), ("x-forwarded-for", "192.0.2.7"), ("x-forwarded-proto", "https")]
        good = sign_request(world.metadata.key, "GET", f"{PUBLIC_URL}/galaxy/{galaxy}")
        bad = sign_request(world.metadata.key, "GET", f"https://evil.example.com/galaxy/{galaxy}")
        ok(world.send("GET", f"/galaxy/{galaxy}", headers=headers + good))
        problem(world.send("GET", f"/galaxy/{galaxy}", headers=headers + bad), 4101)


def test_a_changed_body_is_noticed(cosmos, asked):
    """3.3, step 7: "digest against body => 400/4105"."""
    path, headers = "/galaxy", [("content-type", "application/json")]
    fields = sign_request(cosmos.metadata.key, "POST", PUBLIC_URL + path, asked, headers)
    for body in (asked.replace(b"Nest", b"Test"), asked + b" ", asked[:-1], b"{}", b""):
        problem(cosmos.send("POST", path, body, fields), 4105)
    ok(cosmos.send("POST", path, asked, fields), 201)


@pytest.mark.parametrize("digest", [
    lambda body: content_digest(body, "sha-512").replace("sha-512", "sha-256"),
    lambda body: "md5=:" + base64.b64encode(hashlib.md5(body).digest()).decode() + ":",
    lambda body: "sha=:" + base64.b64encode(hashlib.sha1(body).digest()).decode() + ":",
    lambda body: "unixsum=1, adler=:AAAA:",
    lambda body: content_digest(body).replace("sha-256", "SHA-256"),
    lambda body: content_digest(body).replace("=:", "=").rstrip(":"),
    lambda body: content_digest(b"other") + ", " + content_digest(body, "sha-512"),
    lambda body: content_digest(body) + ", " + content_digest(b"other", "sha-512"),
    lambda body: content_digest(b"other") + ", " + content_digest(body) + ", sha-512=:AAAA:",
    lambda body: "sha-256=:" + hashlib.sha256(body).hexdigest() + ":",
    lambda body: "",
], ids=["other-name", "md5", "sha-1", "checksums", "capital", "no-bytes", "256-wrong", "512-wrong", "all", "hex", "empty"])  # fmt: skip
def test_another_digest_does_not_count(cosmos, asked, digest):
    """3.3: "every recognised member must match the raw received body; at least one recognised member is needed; others ... do not count"."""
    answer = post(cosmos, asked, headers=[("content-type", "application/json"), ("content-digest", digest(asked))])
    problem(answer, 4105)


def test_unknown_digests_beside_a_good_one_do_not_matter(cosmos, asked):
    """3.3: "others (md5, sha, unixsum...) do not count"."""
    digest = f"md5=:AAAA:, {content_digest(asked)}, unixsum=7"
    ok(post(cosmos, asked, headers=[("content-type", "application/json"), ("content-digest", digest)]), 201)


def test_a_digest_error_tells_nothing_to_those_who_cannot_sign(cosmos, asked):
    """3.3: "Step 6 before 7 so that the digest error never serves as an oracle for unsigned traffic"."""
    wrong = [("content-type", "application/json"), ("content-digest", content_digest(b"other"))]
    problem(post(cosmos, asked, key=Key(), keyid=quoted(cosmos.metadata.key.thumbprint), headers=wrong), 4101)


def test_bodies_come_as_they_are(cosmos, asked, galaxy):
    """3.3: "Content-Encoding other than identity is refused (415)", "GET/HEAD/DELETE with a body is refused (400) on signed requests"."""
    problem(cosmos.signer.post("/galaxy", content=asked, headers={"content-encoding": "gzip"}), 4406)
    ok(cosmos.signer.post("/galaxy", content=asked, headers={"content-encoding": "identity"}), 201)
    for method in ("GET", "DELETE"):
        answer = cosmos.signer.request(method, f"/galaxy/{galaxy}/members/nobody" if method == "DELETE" else f"/galaxy/{galaxy}", {})
        assert answer.status_code == 400, answer.text


def test_a_chunked_body_is_signed_like_any_other(cosmos, asked):
    """3.3: the digest is of "the raw received body"."""
    fields = sign_request(cosmos.metadata.key, "POST", f"{PUBLIC_URL}/galaxy", asked, [("content-type", "application/json")])
    request = httpx.Request("POST", cosmos.server.url + "/galaxy", content=iter([asked[:9], asked[9:]]), headers=fields)
    ok(cosmos.server.http.send(request), 201)


@pytest.mark.parametrize("who", ["nobody", "identity", "example"])
def test_other_keys_do_not_count(cosmos, asked, who):
    """3.3, step 3 => 4104; 3.5: "A key of an identity source never authenticates S2S", the example key "is refused unless `testMode`"."""
    key = {"nobody": Key(), "identity": cosmos.identity.key, "example": EXAMPLE_KEY}[who]
    problem(post(cosmos, asked, key=key), 4104)
    assert cosmos.server.is_running()


def test_a_good_key_id_over_another_signature_does_not_verify(cosmos, asked):
    """3.3, step 6 => 4101."""
    problem(post(cosmos, asked, key=Key(), keyid=quoted(cosmos.metadata.key.thumbprint)), 4101)


def test_steps_come_in_their_order(cosmos, asked):
    """3.3: "Verification order and answers": parse 4101, key 4104, time 4102, signature 4101, digest 4105, nonce 4103."""
    good, stranger = cosmos.metadata.key, Key()
    wrong = [("content-type", "application/json"), ("content-digest", content_digest(b"other"))]
    problem(post(cosmos, asked, key=stranger, nonce=None, created=1), 4101)
    problem(post(cosmos, asked, key=stranger, created=1), 4104)
    problem(post(cosmos, asked, key=stranger, keyid=quoted(good.thumbprint), created=1, headers=wrong), 4102)
    problem(post(cosmos, asked, key=stranger, keyid=quoted(good.thumbprint), headers=wrong), 4101)
    nonce = quoted(new_nonce())
    problem(post(cosmos, asked, nonce=nonce, headers=wrong), 4105)
    ok(post(cosmos, asked, nonce=nonce), 201)
    problem(post(cosmos, asked, nonce=nonce, headers=wrong), 4105)
    problem(post(cosmos, asked, nonce=nonce), 4103)


# Time


@pytest.mark.parametrize("created,lifetime,good", [
    (-30, 60, True), (50, 60, True), (-110, 60, True), (-350, 300, True), (-10, 300, True), (-1, 1, True), (-50, 1, True),
    (75, 60, False), (-135, 60, False), (-10, 301, False), (-375, 300, False), (0, 0, False), (0, -10, False), (3600, 60, False), (-86_400, 60, False),
])  # fmt: skip
def test_clocks_may_be_a_minute_apart(cosmos, galaxy, created, lifetime, good):
    """3.3: "Reject if `expires <= created`, `expires - created > 300`, `created > now + 60`, or `now > expires + 60`"."""
    answer = read(cosmos, galaxy, created=int(time.time()) + created, lifetime=lifetime)
    assert ok(answer) if good else problem(answer, 4102)
    assert good or answer.headers["date"], "so that the peer can see how wrong its clock is"


@pytest.mark.parametrize("created", [0, -1, 2**53, 999_999_999_999_999, -999_999_999_999_999])
def test_absurd_times_are_outside_of_the_window(cosmos, galaxy, created):
    """3.3: times that could overflow a sum are refused like others."""
    answer = read(cosmos, galaxy, created=created)
    assert answer.status_code == 401 and answer.json()["code"] in (4101, 4102)


# Replay


def test_a_request_is_good_once(cosmos, galaxy):
    """3.3: "insert (source, keyid, nonce) ...; conflict => 401/4103"."""
    fields = sign_request(cosmos.metadata.key, "GET", f"{PUBLIC_URL}/galaxy/{galaxy}")
    ok(cosmos.send("GET", f"/galaxy/{galaxy}", headers=fields))
    for _ in range(2):
        problem(cosmos.send("GET", f"/galaxy/{galaxy}", headers=fields), 4103)


def test_of_many_at_once_one_passes(cosmos, galaxy):
    """3.3: "in one atomic statement"."""
    fields = sign_request(cosmos.metadata.key, "GET", f"{PUBLIC_URL}/galaxy/{galaxy}")
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: cosmos.send("GET", f"/galaxy/{galaxy}", headers=fields), range(16)))
    assert sorted(answer.status_code for answer in answers) == [200] + [401] * 15


def test_a_nonce_is_spent_whatever_it_signs(cosmos, galaxy):
    """3.3: the row is (source, keyid, nonce): another request with the same nonce is a replay."""
    nonce = quoted(new_nonce())
    ok(read(cosmos, galaxy, nonce=nonce))
    problem(cosmos.signing(nonce=nonce).get(f"/galaxy/{galaxy}/channels"), 4103)


def test_a_failed_signature_spends_nothing(cosmos, galaxy):
    """3.3: "Never insert before verification (an unauthenticated sender could fill it)"."""
    nonce = quoted(new_nonce())
    problem(read(cosmos, galaxy, key=Key(), keyid=quoted(cosmos.metadata.key.thumbprint), nonce=nonce), 4101)
    problem(read(cosmos, galaxy, nonce=nonce, created=1), 4102)
    ok(read(cosmos, galaxy, nonce=nonce))


def test_what_is_signed_twice_is_done_twice(cosmos, galaxy):
    """3.3: replay is of the nonce, not of the content."""
    owner = cosmos.operator()
    galaxy = cosmos.galaxy(owner)
    path, body = f"/galaxy/{galaxy}/channels", {"name": "room", "type": 0}
    made = {ok(cosmos.signer.post(path, body), 201)["id"] for _ in range(3)}
    assert made == set(ids(owner.channels(galaxy))) and len(made) == 3
    nothing(Metadata(cosmos).delete(f"{path}/{made.pop()}"))
