"""The README's story works as it is printed."""

import os
import re
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest

from support.server import RoostServer

README = Path(__file__).resolve().parents[2] / "README.md"
ENGINES = ("sqlite",)
pytestmark = pytest.mark.alone
LIMIT = 40


def commands():
    """The numbered blocks of the story, in their order."""
    story = README.read_text().split("## One conversation", 1)[1].split("\n## ", 1)[0]
    numbers = re.findall(r"^\*\*(\d)\.\*\*", story, re.MULTILINE)
    blocks = re.findall(r"^```sh\n(.*?)^```", story, re.MULTILINE | re.DOTALL)
    assert numbers == ["1", "2", "3", "4", "5"] and len(blocks) == 5
    return blocks


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_the_five_commands_of_the_readme_tell_the_story(roost_binary, tmp_path):
    """The same lines a newcomer pastes; only the program, which is built already, and the port, which may be taken, are others."""
    port = free_port()
    script = "\n".join(commands())
    script = script.replace("scripts/run", f"'{roost_binary}' serve --listen 127.0.0.1:{port} --set security.password_cost=minimum")
    script = script.replace("127.0.0.1:8080", f"127.0.0.1:{port}")
    output = tmp_path / "output"
    with open(output, "wb") as file:
        shell = subprocess.Popen(
            ["bash", "-c", script], stdin=subprocess.DEVNULL, stdout=file, stderr=file, cwd=tmp_path,
            env=RoostServer.environment(), start_new_session=True
        )
    try:
        deadline = time.monotonic() + LIMIT
        while '"op":8' not in (text := output.read_text(errors="replace")):
            assert time.monotonic() < deadline and shell.poll() is None, text
            time.sleep(0.05)
    finally:
        os.killpg(shell.pid, signal.SIGKILL)
        shell.wait(LIMIT)
    before, after = text.split("Are you still there?", 1)
    assert before.count('"op":11') == 1 and '"content":"Hello, Wren!"' in before
    # The history holds both messages; the replay brings the one that was missed and not the one that was seen.
    replay = after[after.rindex('"op":0') :]
    assert replay.count('"op":11') == 1 and '"content":"Are you still there?"' in replay and '"replayed":1' in replay
    assert after[: after.rindex('"op":0')].count('"content":"Hello, Wren!"') == 1


def test_a_push_of_github_is_shown_as_the_readme_says(roost_binary, tmp_path):
    """The commands behind "A GitHub push in a channel", with the people and places of the story before."""
    port = free_port()
    start, people, place = commands()[:3]
    section = README.read_text().split("## A GitHub push", 1)[1]
    push = re.search(r"^```sh\n(.*?)^```", section, re.MULTILINE | re.DOTALL)[1]
    script = "\n".join([start, people, place, push, "kill $!"])
    script = script.replace("scripts/run", f"'{roost_binary}' serve --listen 127.0.0.1:{port} --set security.password_cost=minimum")
    script = script.replace("127.0.0.1:8080", f"127.0.0.1:{port}")
    run = subprocess.run(
        ["bash", "-c", script], stdin=subprocess.DEVNULL, capture_output=True, text=True, cwd=tmp_path, env=RoostServer.environment(),
        timeout=LIMIT,
    )
    said = run.stdout[run.stdout.rindex('[{"message_id"') :]
    assert '"username":"GitHub"' in said and "nest/songs:main - 1 commit" in said and "Sing louder" in said, run.stdout + run.stderr
