"""docs/api/dawchat.md and the README's words on its clients can be relied on: their commands work as they are printed."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from support.server import RoostServer

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "docs/api/dawchat.md").read_text()
README = (ROOT / "README.md").read_text()
#: What stands for the setup code.
CODE = "ROOST-XXXXX-XXXXX-XXXXX-XXXXX-XXXXXX"
pytestmark = pytest.mark.alone


def blocks(text, language="sh"):
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def run(server, folder, commands):
    """Runs the lines that a newcomer pastes, with this server's address and setup code: what they print."""
    assert CODE in commands and "127.0.0.1:8080" in commands
    script = commands.replace(CODE, server.setup_code).replace("127.0.0.1:8080", f"127.0.0.1:{server.port}")
    result = subprocess.run(
        ["bash", "-c", script], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=40, cwd=folder, env=RoostServer.environment()
    )
    assert '"detail"' not in result.stdout, f"an error: {result.stdout}"
    return result.stdout


def test_the_commands_of_the_guide_tell_their_story(engine, new_server, tmp_path):
    """The first user, an invite, a conversation, and what was missed while nobody listened."""
    printed = run(new_server(engine), tmp_path, "\n".join(blocks(GUIDE)))
    assert printed.startswith('{"userId":') and printed.count('"username":"wren","createdAt"') == 2
    live, _, after = printed.partition('"Are you still there?"')
    assert ":roost\nretry: 1000\n" in live and live.count("event:channel-message\n") == 1
    # What is said is answered; the replay has what was missed and not what was seen; history has both, newest first.
    replay, _, history = after.partition('{"results"')
    assert replay.count("event:channel-message\n") == 1 and "Hello, Wren!" not in replay and "Are you still there?" in replay
    assert 0 < history.index("Are you still there?") < history.index("Hello, Wren!")
    kinds = [message["type"] for channel in json.loads('{"results"' + history)["results"].values() for message in channel["channelMessages"]]
    assert kinds == ["text", "text", "channel-create"]


def test_the_commands_of_the_readme_make_the_first_user(new_server, tmp_path):
    """contracts/dawchat.md 1.6; the account is the administrator: the setup code is spent."""
    section = README.split("## First user for a Dawchat client", 1)[1].split("\n## ", 1)[0]
    [commands] = blocks(section)
    server = new_server()
    assert run(server, tmp_path, commands).count('"username":"robin"') == 2
    assert re.search(r"\tt\t[A-Za-z0-9_-]{43}=$", (tmp_path / "robin.cookies").read_text(), re.MULTILINE)
    server.restart()
    assert server.setup_code is None


def test_the_example_of_an_error_is_one(server):
    """contracts/dawchat.md 1.1."""
    [example] = map(json.loads, blocks(GUIDE, "json"))
    answer = server.http.get("/api/channel/info", params={"channelId": 1}).json()
    assert set(answer) == set(example) and example["type"].endswith("/channel-not-found")


def test_every_kind_of_error_is_in_the_guide():
    source = (ROOT / "Sources/Dialects/Dawchat/Errors/ProblemKind.swift").read_text()
    kinds = re.findall(r'= ProblemKind\(\s*"(\w+)", "([\w-]+)"', source)
    table = GUIDE.split("## Errors", 1)[1].split("\n## ", 1)[0]
    for code, suffix in kinds:
        usual = re.sub(r"(?<=.)(?=[A-Z])", "-", code).lower()
        assert code in table and (suffix == usual or f"`{suffix}`" in table), code
