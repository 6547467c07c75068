"""Access tokens from outside: JWTs taken apart and forged."""

import base64
import json


def encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(part):
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def header(token):
    return json.loads(decode(token.split(".")[0]))


def claims(token):
    return json.loads(decode(token.split(".")[1]))


def forged(token, *, header_changes=None, claim_changes=None, signature=None):
    """The token with another header, other claims or another signature; the signature stays unless it is given."""
    first, second, third = token.split(".")
    if header_changes is not None:
        first = encode(json.dumps(header(token) | header_changes).encode())
    if claim_changes is not None:
        second = encode(json.dumps(claims(token) | claim_changes).encode())
    return ".".join((first, second, third if signature is None else signature))


def with_one_bit_flipped(token):
    """The token with the first bit of its signature flipped."""
    head, _, signature = token.rpartition(".")
    raw = bytearray(decode(signature))
    raw[0] ^= 0x80
    return f"{head}.{encode(bytes(raw))}"
