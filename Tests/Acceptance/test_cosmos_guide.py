"""docs/api/cosmos.md can be relied on: its commands work as they are printed, and its tables are those of the server."""

import base64
import functools
import http.server
import json
import re
import subprocess
import threading
from pathlib import Path

import pytest
import yaml

from support.cosmos_signing import EXAMPLE_KEY, Message, Signature, content_digest, is_signature
from support.server import RoostServer

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "docs/api/cosmos.md").read_text()
#: What stands for the setup code, for the server, and for who publishes the keys.
CODE, SERVER, KEYS = "ROOST-XXXXX-XXXXX-XXXXX-XXXXX-XXXXXX", "127.0.0.1:8080", "127.0.0.1:8090"
PUBLISHER = "python3 -m http.server 8090 --bind 127.0.0.1 --directory keys & publisher=$!\n"
pytestmark = pytest.mark.alone


def section(title):
    return GUIDE.split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]


def blocks(text, language="sh"):
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def run(folder, commands):
    """Runs the lines that a newcomer pastes: what they print."""
    result = subprocess.run(
        ["bash", "-c", "set -u\n" + commands], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=40, cwd=folder, env=RoostServer.environment()
    )
    assert "urn:cosmos:error" not in result.stdout and '"error"' not in result.stdout, f"an error: {result.stdout}"
    return result.stdout


def values(printed):
    """The JSON values that were printed one behind the other."""
    decoder, found, rest = json.JSONDecoder(), [], printed.strip()
    while rest:
        value, end = decoder.raw_decode(rest)
        found.append(value)
        rest = rest[end:].lstrip()
    return found


@pytest.fixture
def publisher(tmp_path):
    """Serves the folder that the commands write keys to, as Python does in the guide: its port."""
    (tmp_path / "keys").mkdir()

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=tmp_path / "keys"))
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


def test_a_server_alone_needs_no_others(engine, new_server, tmp_path):
    [commands] = blocks(section("Alone"))
    server = new_server(engine)
    assert CODE in commands and SERVER in commands
    printed = run(tmp_path, commands.replace(CODE, server.setup_code).replace(SERVER, f"127.0.0.1:{server.port}"))
    galaxy, channel, channels = values(printed)
    assert (galaxy["name"], galaxy["server"], channel["name"]) == ("Nest", server.url, "songs")
    assert channels == [channel] and re.fullmatch(r"\d+", channel["id"])


def settings(port):
    """The configuration of the guide, as it is given on the command line; `port` is where the keys are."""
    [text] = blocks(section("Three servers on one machine"), "yaml")
    assert KEYS in text
    groups = yaml.safe_load(text.replace(KEYS, f"127.0.0.1:{port}"))
    return {f"{group}.{name}": json.dumps(value) for group, members in groups.items() for name, value in members.items()}


def test_three_servers_tell_their_story(engine, new_server, tmp_path, publisher):
    """Keys, a galaxy of the metadata server, tokens of the identity server, what people see, and a webhook."""
    server = new_server(engine, settings(publisher))
    commands = "\n".join(block for block in blocks(GUIDE.split("\n## Three servers on one machine\n")[1]) if "whsec_" not in block)
    assert PUBLISHER in commands and "kill $publisher" in commands
    commands = commands.replace(PUBLISHER, "").replace("kill $publisher\n", "")
    printed = run(tmp_path, commands.replace(SERVER, f"127.0.0.1:{server.port}").replace(KEYS, f"127.0.0.1:{publisher}"))
    made, songs, galaxy, seen, override, hidden, later, said = values(printed)
    # What the metadata server does.
    assert (made["id"], made["ownerId"], made["description"], made["privateFlags"]) == ("g-nest", "robin-7", None, 0)
    assert songs["id"] == "c-songs" and galaxy == made | {"description": "Birds only"}
    # What Wren sees: of the songs what a member sees, and of the eggs that nothing may be sent there by Wren.
    assert [channel["id"] for channel in seen] == ["c-songs"]
    assert (override["name"], override["permissionOverrides"]) == ("eggs", [{"type": 3, "id": "wren-9", "permissions": 2048}])
    assert hidden["id"] == override["id"] and hidden["permissionOverrides"] == override["permissionOverrides"]
    assert [channel["id"] for channel in later] == ["c-songs", override["id"]]
    assert said["content"] == "Hello, nest!"


def test_the_secret_of_a_webhook_signs_as_the_guide_says(tmp_path):
    """contracts/cosmos.md 8.2, test vectors 5."""
    [commands] = [block for block in blocks(section("Webhooks")) if "whsec_" in block]
    expected = re.search(r"`(\S{44})`:\n\n```sh\nsecret=", GUIDE)[1]
    assert run(tmp_path, commands) == expected == "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_example_of_a_signature_verifies():
    """contracts/cosmos.md 3.3, test vector 1: with the independent signer, and with its body."""
    text = section("Metadata servers")
    [base] = re.findall(r'^```\n("@method".*?)\n```$', text, re.MULTILINE | re.DOTALL)
    signature = re.search(r"Its signature is `([^`]+)`", text)[1]
    assert is_signature(EXAMPLE_KEY.public, base64.b64decode(signature), base.encode())
    assert EXAMPLE_KEY.thumbprint in base
    method, body, url = re.search(r"base of a (\w+) of `([^`]+)` to `([^`]+)`", text).groups()
    message = Message.of(method, url, [("content-digest", content_digest(body.encode())), ("content-type", "application/json")])
    names, parameters = re.search(r'@signature-params": \((.*?)\);(.*)', base).groups()
    assert Signature(names.split(" "), dict(one.split("=", 1) for one in parameters.split(";"))).base(message).decode() == base


def test_the_example_of_an_error_is_one(server):
    [example] = map(json.loads, blocks(GUIDE, "json"))
    answer = server.http.get("/galaxy/nowhere")
    assert answer.json() == example and answer.status_code == example["status"]


def test_every_kind_of_error_is_in_the_guide():
    source = (ROOT / "Sources/Dialects/Cosmos/Errors/ProblemKind.swift").read_text()
    numbers = {"unauthorized": 401, "badRequest": 400, "forbidden": 403, "notFound": 404, "conflict": 409, "contentTooLarge": 413,
               "unsupportedMediaType": 415, "gone": 410, "tooManyRequests": 429, "serviceUnavailable": 503, "internalServerError": 500}  # fmt: skip
    rows = [row.split("|")[1:3] for row in section("Errors").splitlines() if re.match(r"\| \d", row)]
    told = {(int(code), int(status)) for statuses, codes in rows for code in re.findall(r"\b4\d{3}\b", codes) for status in re.findall(r"\d{3}", statuses)}
    kinds = re.findall(r"ProblemKind\((4_\d{3}), \.(\w+),", source)
    assert len(kinds) > 30
    for code, status in kinds:
        if status != "methodNotAllowed":
            assert (int(code.replace("_", "")), numbers[status]) in told, (code, status)
    assert {code for code, _ in told} == {int(code.replace("_", "")) for code, _ in kinds}


def test_every_permission_is_in_the_guide():
    """contracts/cosmos.md 6.2; which of them a channel has says the mask."""
    sets = (ROOT / "Sources/Community/Permissions/Permissions+Sets.swift").read_text()
    all_bits, channel_bits = (int(re.search(rf"let {name} = Permissions\(rawValue: (0x[0-9A-F_]+)\)", sets)[1], 16) for name in ("all", "channel"))
    rows = {name: sum(map(int, re.findall(r"[A-Z_]+ (\d+)", bits))) for name, bits in re.findall(r"^\| (channel|galaxy) \| (.*) \|$", GUIDE, re.MULTILINE)}
    assert rows == {"channel": channel_bits, "galaxy": all_bits & ~channel_bits}


def test_every_event_is_in_the_guide():
    inbound = (ROOT / "Sources/Dialects/Cosmos/Routes/MetadataEventRoute.swift").read_text()
    types = set(re.findall(r'"(\w+\.\w+)"', inbound.split("types: Set<String> = [", 1)[1].split("]", 1)[0]))
    assert types and types == set(re.findall(r"`(\w+\.\w+)`", "".join(re.findall(r"^\| (`\w+\.\w+`.*?) \|", section("Metadata servers"), re.MULTILINE))))
    outbound = (ROOT / "Sources/Webhooks/Endpoints/EventFilter.swift").read_text()
    [sentence] = re.findall(r"^Events: (.*?)\. An endpoint", GUIDE, re.MULTILINE)
    assert re.findall(r"`(\S+?)`", sentence) == re.findall(r'"(\w+\.\w+)"', outbound.split("[", 1)[1].split("]", 1)[0])
