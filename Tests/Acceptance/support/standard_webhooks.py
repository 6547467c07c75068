"""Standard Webhooks 1.0.0 and GitHub's signature, as receivers and senders of them do it."""

import base64
import hashlib
import hmac

from .cosmos_signing import is_signature


def secret_bytes(secret):
    """The bytes of a `whsec_` text."""
    assert secret.startswith("whsec_"), "a symmetric secret is shown as whsec_ and base64"
    return base64.b64decode(secret.removeprefix("whsec_"), validate=True)


def signed_content(identifier, timestamp, body):
    return f"{identifier}.{timestamp}.".encode() + body


def sign_v1(secret, identifier, timestamp, body):
    mac = hmac.digest(secret_bytes(secret), signed_content(identifier, timestamp, body), hashlib.sha256)
    return "v1," + base64.b64encode(mac).decode()


def sign_v1a(key, identifier, timestamp, body):
    return "v1a," + base64.b64encode(key.sign(signed_content(identifier, timestamp, body))).decode()


def public_key_text(public):
    return "whpk_" + base64.b64encode(public).decode()


def public_key_bytes(text):
    assert text.startswith("whpk_"), "a public key is shown as whpk_ and base64"
    return base64.b64decode(text.removeprefix("whpk_"), validate=True)


def is_signed_v1a(public_key, signature, identifier, timestamp, body):
    """Whether a signature of the form `v1a,...` is of the owner of this `whpk_` key."""
    version, _, text = signature.partition(",")
    content = signed_content(identifier, timestamp, body)
    return version == "v1a" and is_signature(public_key_bytes(public_key), base64.b64decode(text, validate=True), content)


def github_signature(secret, body):
    return "sha256=" + hmac.digest(secret.encode(), body, hashlib.sha256).hex()
