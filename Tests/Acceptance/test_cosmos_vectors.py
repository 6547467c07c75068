"""The tests' own signer against the six sets of vectors of contracts/cosmos.md: what the other tests send is right."""

import hashlib

from support.cosmos_signing import (
    EXAMPLE_KEY, OTHER_EXAMPLE_KEY, Key, Message, Signature, compact, content_digest, from_base64url, is_signature, quoted,
)  # fmt: skip
from support.standard_webhooks import github_signature, public_key_text, sign_v1, sign_v1a

THUMBPRINT = "poqkLGiymh_W0uP6PZFw-dvez3QJT5SolqXBCW38r0U"
PARAMETERS = {
    "created": 1767225600, "expires": 1767225660, "nonce": quoted("3q2-7wAAAAAAAAAAAAAAAA"), "keyid": quoted(THUMBPRINT),
    "alg": quoted("ed25519"), "tag": quoted("cosmos-s2s-v1"),
}  # fmt: skip


def test_the_example_key_has_its_thumbprint():
    """3.3: "public x ..., thumbprint ..."."""
    assert EXAMPLE_KEY.x == "JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs"
    assert EXAMPLE_KEY.thumbprint == THUMBPRINT
    assert OTHER_EXAMPLE_KEY.x == "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
    assert OTHER_EXAMPLE_KEY.thumbprint == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


def test_a_request_with_a_body_is_signed_as_in_vector_1():
    """3.3, test vector 1."""
    body = b'{"id":"g1","name":"My Cool Galaxy","ownerId":"u1"}'
    digest = content_digest(body)
    assert digest == "sha-256=:buxI3A5bD+zXbpMFkiinnzetd/kJJLw3jColwVZdZew=:"
    headers = [("content-type", "application/json"), ("content-digest", digest)]
    message = Message.of("POST", "https://galaxy.example.com/galaxy", headers)
    names = ("@method", "@authority", "@path", "@query", "content-digest", "content-type")
    signature = Signature([quoted(name) for name in names], PARAMETERS)
    base = signature.base(message)
    assert len(base) == 433
    assert hashlib.sha256(base).hexdigest() == "47860d4039219ebd7fde024ed6d85b6cc67672253c217c34f745f1d297dd83d0"
    expected = "sig1=:lPRCSbitKNJiEfH4DfSmNI8GAE1CHZMD5NQElcn+JUENUpADq7mbCAw+KW+VjNiXVHGBEeMjyH7Y0/WJpekdBg==:"
    assert signature.headers(EXAMPLE_KEY, message)[1] == ("signature", expected)


def test_a_request_without_a_body_is_signed_as_in_vector_2():
    """3.3, test vector 2."""
    message = Message.of("GET", "https://galaxy.example.com/galaxy/g1")
    names = ("@method", "@authority", "@path", "@query")
    signature = Signature([quoted(name) for name in names], PARAMETERS | {"nonce": quoted("AAAAAAAAAAAAAAAAAAAAAQ")})
    expected = "sig1=:IlNfWgkw0uNCVoeHAFJVkD1lmaY67qAur/ltTzz018+X7CUPFxbOW2WkJBJW2lxDouTR6ozRF2d488wxQxgoDQ==:"
    assert signature.headers(EXAMPLE_KEY, message)[1] == ("signature", expected)


def test_a_token_is_made_as_in_vector_3():
    """3.4, test vector 3."""
    header = {"alg": "Ed25519", "typ": "cosmos-id+jwt", "kid": THUMBPRINT}
    claims = {
        "iss": "https://identity.example.net", "sub": "u1", "aud": "https://galaxy.example.com", "iat": 1767225600, "exp": 1767226200,
        "jti": "01JGFJJZ00AAAAAAAAAAAAAAAA", "name": "alice",
    }  # fmt: skip
    assert compact(EXAMPLE_KEY, header, claims) == (
        "eyJhbGciOiJFZDI1NTE5IiwidHlwIjoiY29zbW9zLWlkK2p3dCIsImtpZCI6InBvcWtMR2l5bWhfVzB1UDZQWkZ3LWR2ZXozUUpUNVNvbHFYQkNXMzhyMFUifQ"
        ".eyJpc3MiOiJodHRwczovL2lkZW50aXR5LmV4YW1wbGUubmV0Iiwic3ViIjoidTEiLCJhdWQiOiJodHRwczovL2dhbGF4eS5leGFtcGxlLmNvbSIsImlhdCI6MTc2Nz"
        "IyNTYwMCwiZXhwIjoxNzY3MjI2MjAwLCJqdGkiOiIwMUpHRkpKWjAwQUFBQUFBQUFBQUFBQUFBQSIsIm5hbWUiOiJhbGljZSJ9"
        ".mVwpCyaFxyaW99bxUUqSSSIg4zgevh_uGhvTP9WoGLI7Ke92Gdw1DUVZFLYkIByp__r4mPMCeTy3l9w0znKcDw"
    )


def test_a_key_document_is_signed_as_in_vector_4():
    """3.5, test vector 4."""
    keys = ",".join(
        f'{{"kty":"OKP","crv":"Ed25519","use":"sig","alg":"Ed25519","kid":"{key.thumbprint}","x":"{key.x}"}}'
        for key in (EXAMPLE_KEY, OTHER_EXAMPLE_KEY)
    )
    digest = content_digest(f'{{"keys":[{keys}]}}'.encode())
    assert digest == "sha-256=:cyUA809AZiZ9zP23UCnDFcQY+aRRn+dIf2Z4jaMvan8=:"
    request = Message.of("GET", "https://identity.example.net/.well-known/jwks.json")
    message = Message(headers=[("content-digest", digest)], status=200, request=request)
    parameters = {
        "created": 1767225600, "expires": 1767312000, "keyid": quoted(THUMBPRINT), "alg": quoted("ed25519"), "tag": quoted("cosmos-keys-v1"),
    }  # fmt: skip
    signature = Signature(['"@status"', '"content-digest"', '"@authority";req', '"@path";req'], parameters)
    expected = "sig1=:7OAQR1/5biPED3oUlrFc4G92AGY9ypP39aEk7vXrUELPLX9CMpWK7SKRFDk4MkNOWUaMQ3mhmcuE2fjH0zGUBQ==:"
    assert signature.headers(EXAMPLE_KEY, message)[1] == ("signature", expected)


def test_webhooks_are_signed_as_in_vectors_5():
    """8.2, test vectors 5."""
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    first = ("msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", b'{"test": 2432232314}')
    second = (
        "msg_01JGFJJZ00BBBBBBBBBBBBBBBB", "1767225600",
        b'{"type":"channel.created","timestamp":"2026-01-01T00:00:00Z","data":{"galaxyId":"g1","channelId":"c1"}}',
    )  # fmt: skip
    assert sign_v1(secret, *first) == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert sign_v1(secret, *second) == "v1,Q4owDI2oZuI05zk1/3jZQawopSdOVu8b7Sxq1OcZoyU="
    assert sign_v1a(EXAMPLE_KEY, *first) == "v1a,DUtvzXtl5qIXze3JPo6rALmXavfKANTNhBE5t63gLd1HoLKp8vFSx57KKvKnGVHRv1wu4zZRKjF8iB6z6ginAw=="
    assert sign_v1a(EXAMPLE_KEY, *second) == "v1a,IbsjsZbTNNCPTowlUjZE0UYEdaM3hLJxNY3DUlXvfHk/3wVSlESxLzHPm0T03yJaa47P2/GbLCPTPrtQu/9xCw=="
    assert public_key_text(EXAMPLE_KEY.public) == "whpk_JrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs="


def test_a_delivery_of_github_is_signed_as_in_vector_6():
    """9.6, test vector 6."""
    expected = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    assert github_signature("It's a Secret to Everybody", b"Hello, World!") == expected


def test_a_signature_of_another_key_or_message_is_none():
    """The check that tests of outgoing signatures rely on can say no."""
    key, other = Key(), Key()
    signature = key.sign(b"words")
    assert is_signature(key.public, signature, b"words")
    assert not is_signature(key.public, signature, b"other words")
    assert not is_signature(other.public, signature, b"words")
    assert not is_signature(key.public, from_base64url("A" * 86), b"words")
