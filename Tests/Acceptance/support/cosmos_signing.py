"""HTTP Message Signatures (RFC 9421) and Content-Digest (RFC 9530) with Ed25519, written from the RFCs: independent of the server's code."""

import base64
import dataclasses
import hashlib
import json
import secrets
import time
import urllib.parse

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

REQUEST_TAG = "cosmos-s2s-v1"
KEYS_TAG = "cosmos-keys-v1"
COMPONENTS = ("@method", "@authority", "@path", "@query")
BODY_COMPONENTS = ("content-digest", "content-type")


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def from_base64url(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Key:
    """An Ed25519 key pair with its JWK form (RFC 8037)."""

    def __init__(self, seed=None):
        """`seed`: base64url; without one the key is new."""
        self.seed = from_base64url(seed) if seed else secrets.token_bytes(32)
        self._private = Ed25519PrivateKey.from_private_bytes(self.seed)
        self.public = self._private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    @property
    def x(self):
        return base64url(self.public)

    @property
    def thumbprint(self):
        """RFC 7638: of the required members, in the order of their names."""
        return thumbprint_of(self.x)

    def jwk(self, **more):
        """What is None is left out."""
        members = {"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "Ed25519", "kid": self.thumbprint, "x": self.x} | more
        return {name: value for name, value in members.items() if value is not None}

    def sign(self, message):
        return self._private.sign(message)


def thumbprint_of(x):
    return base64url(hashlib.sha256(f'{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}'.encode()).digest())


def is_signature(public, signature, message):
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        return False
    return True


#: The key of RFC 9421 B.1.4, whose private half everybody knows.
EXAMPLE_KEY = Key("n4Ni-HpISpVObnQMW0wOhCKROaIKqKtW_2ZYb2p9KcU")
#: The key of RFC 8037 A.1.
OTHER_EXAMPLE_KEY = Key("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A")


@dataclasses.dataclass
class Message:
    """What a signature may cover of a request, or of a response to one."""

    method: str = "GET"
    authority: str = ""
    path: str = "/"
    #: Without its question mark; None when there is none.
    query: str | None = None
    #: Pairs of a name in lower case and a value.
    headers: list = dataclasses.field(default_factory=list)
    scheme: str = "https"
    #: Of a response only.
    status: int | None = None
    request: "Message | None" = None

    @classmethod
    def of(cls, method, url, headers=()):
        """A request to an absolute URL, which is taken as it stands."""
        scheme, _, rest = url.partition("://")
        authority, slash, target = rest.partition("/")
        path, mark, query = (slash + target).partition("?")
        return cls(method, authority.lower(), path or "/", query if mark else None, list(headers), scheme)

    def value(self, component):
        """The value of a component, named as it stands in the list of components, such as `"@path";req`."""
        name, _, parameter = component.partition('";')
        name = name.strip('"')
        if parameter == "req":
            return self.request.value(f'"{name}"')
        query = "?" + (self.query or "")
        derived = {
            "@method": self.method, "@authority": self.authority, "@path": self.path, "@query": query, "@scheme": self.scheme,
            "@request-target": self.path + ("" if self.query is None else query), "@status": str(self.status),
            "@target-uri": f"{self.scheme}://{self.authority}{self.path}" + ("" if self.query is None else query),
        }  # fmt: skip
        if name in derived:
            return derived[name]
        values = [value.strip() for field, value in self.headers if field == name]
        if not values:
            raise KeyError(name)
        return ", ".join(values)


@dataclasses.dataclass
class Signature:
    """One signature: components and parameters are written exactly as they stand here, in this order."""

    components: list
    parameters: dict
    label: str = "sig1"

    @property
    def input(self):
        """The inner list with its parameters; a parameter that is None is left out."""
        items = " ".join(self.components)
        return f"({items})" + "".join(f";{name}={value}" for name, value in self.parameters.items() if value is not None)

    def base(self, message):
        """What is signed (RFC 9421 2.5)."""
        lines = [f"{component}: {message.value(component)}" for component in self.components]
        return "\n".join([*lines, f'"@signature-params": {self.input}']).encode("ascii")

    def headers(self, key, message):
        """The two fields."""
        signature = base64.b64encode(key.sign(self.base(message))).decode()
        return [("signature-input", f"{self.label}={self.input}"), ("signature", f"{self.label}=:{signature}:")]


def quoted(text):
    return f'"{text}"'


def content_digest(body, algorithm="sha-256"):
    digest = hashlib.new(algorithm.replace("-", ""), body).digest()
    return f"{algorithm}=:{base64.b64encode(digest).decode()}:"


def new_nonce():
    return secrets.token_urlsafe(18)


def request_signature(key, components, *, created=None, lifetime=60, label="sig1", **parameters):
    """A signature of the profile `cosmos-s2s-v1`, whose parameters are replaced or (with None) left out by what is named; they are given raw."""
    created = int(time.time()) if created is None else created
    standard = {
        "created": created, "expires": created + lifetime, "nonce": quoted(new_nonce()), "keyid": quoted(key.thumbprint),
        "alg": quoted("ed25519"), "tag": quoted(REQUEST_TAG),
    }  # fmt: skip
    return Signature([quoted(name) if not name.startswith('"') else name for name in components], standard | parameters, label)


def components_of(headers, body):
    """The components that the profile asks for."""
    names = [name for name, _ in headers]
    more = BODY_COMPONENTS if body else ()
    return (*COMPONENTS, *more, *(name for name in ("cosmos-user-assertion", "webhook-id") if name in names))


def sign_request(key, method, url, body=b"", headers=(), *, components=None, digest=True, **how):
    """The header fields of a signed request to a URL: those that are given, Content-Digest and the two of the signature."""
    headers = list(headers)
    if body and digest and "content-digest" not in [name for name, _ in headers]:
        headers.append(("content-digest", content_digest(body)))
    message = Message.of(method, url, headers)
    signature = request_signature(key, components or components_of(headers, body), **how)
    return headers + signature.headers(key, message)


def sign_response(key, url, body, *, created=None, lifetime=86_400, headers=()):
    """The header fields of a signed key document (contracts/cosmos.md 3.5, "Pinning") that was asked for at this URL."""
    created = int(time.time()) if created is None else created
    headers = [*headers, ("content-digest", content_digest(body))]
    message = Message(headers=headers, status=200, request=Message.of("GET", url))
    parameters = {
        "created": created, "expires": created + lifetime, "keyid": quoted(key.thumbprint), "alg": quoted("ed25519"), "tag": quoted(KEYS_TAG),
    }  # fmt: skip
    components = ['"@status"', '"content-digest"', '"@authority";req', '"@path";req']
    return headers + Signature(components, parameters).headers(key, message)


# Tokens (RFC 7515, 9449)


def compact(key, header, claims):
    """A compact JWS; header and claims are taken as they are, and may be bytes."""
    parts = [part if isinstance(part, bytes) else json.dumps(part, separators=(",", ":")).encode() for part in (header, claims)]
    signed = ".".join(base64url(part) for part in parts)
    return f"{signed}.{base64url(key.sign(signed.encode()))}"


def possession_proof(key, method, url, token, **changes):
    """A DPoP proof (RFC 9449 4.2); `changes` replace claims, or leave them out with None. `typ` and `jwk` change the header."""
    header = {"typ": changes.pop("typ", "dpop+jwt"), "alg": "Ed25519", "jwk": changes.pop("jwk", {"kty": "OKP", "crv": "Ed25519", "x": key.x})}
    claims = {
        "htm": method, "htu": urllib.parse.urldefrag(url)[0].partition("?")[0], "iat": int(time.time()), "jti": new_nonce(),
        "ath": base64url(hashlib.sha256(token.encode()).digest()),
    }  # fmt: skip
    claims = {name: value for name, value in (claims | changes).items() if value is not None}
    return compact(key, header, claims)
