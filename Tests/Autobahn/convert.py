"""Turns the cases of the Autobahn test suite, written for Python 2.7, into Python 3: convert.py SOURCE TARGET; see docs/websocket-conformance.md.

fissix changes the syntax. What it cannot know is which literals are bytes: in Python 2 all were. Here those become bytes that reach the
wire or are compared with what came from it; all others are labels and stay text. A literal that was missed is not sent in another form:
the runner refuses payloads that are not bytes, and a case that expects text never equals the bytes it receives.
"""

import ast
import re
import shutil
import sys
from pathlib import Path

from fissix.refactor import RefactoringTool

FIXERS = [f"fissix.fixes.fix_{name}" for name in ("except", "has_key", "import", "print", "xrange")]

# Received events begin with what they are; their second element is the payload.
EVENTS = ("message", "ping", "pong")
# The functions and arguments that take a payload, and the names that hold one on its way there.
PAYLOAD_KEYWORDS = ("payload", "reasonUtf8")
PAYLOAD_NAME = re.compile(r"(ping_)?payload|fragments$|pings$", re.IGNORECASE)

# The function of case6_x_x.py that makes payloads of loose literals; only the title of each group is text.
SEQUENCES = "createUtf8TestSequences"

# What differs in Python 3 beyond syntax and literals: file, pattern, replacement, how often it must be found (None: at least once).
REPLACEMENTS = [
    # A class cannot be made of (object, Case) when Case is itself an object.
    ("case/*.py", r"\(object, Case, \)", "(Case, )", None),
    # The suite does not run this case; its interface is declared in a way that Python 3 does not have.
    ("case/__init__.py", r"from \.case9_9_1 import \*\n", "", 1),
    # hex() gives text, and takes nothing but bytes.
    ("case/*.py", r"binascii\.b2a_hex\(", "bytes.hex(", None),
    ("fuzzing.py", r"binascii\.b2a_hex\(", "bytes.hex(", 5),
    # One element of bytes is a number in Python 3.
    ("case/case6_4_*.py", r"PAYLOAD\[12\]", "PAYLOAD[12:13]", 4),
    ("case/case6_x_x.py", r"s \+= chr\((\w+)\)", r"s += bytes([\1])", 3),
    ("case/case10_1_1.py", r"len\(self\.payload\) / ", "len(self.payload) // ", 1),
    # The log of the frames.
    ("fuzzing.py", r"''\.join\(payload\)", "b''.join(payload)", 1),
    ("fuzzing.py", r"dd = data\[:maxlen\] \+ ellipses", "dd = data[:maxlen] + ellipses.encode()", 1),
    # The reports in HTML are not made here and would need Jinja.
    ("fuzzing.py", r"from report import (\w+, \\\n *)*\w+\n", "", 1),
    # TLS is not used here and would need OpenSSL.
    ("fuzzing.py", r"from twisted\.internet import reactor, ssl", "from twisted.internet import reactor", 1),
    ("fuzzing.py", r"ssl\.ClientContextFactory\(\)", "None", 1),
]


class PayloadLiterals(ast.NodeVisitor):
    """Collects the literals of a file that are payload."""

    def __init__(self):
        self.found = []

    def take(self, node):
        for literal in ast.walk(node):
            if isinstance(literal, ast.Constant) and isinstance(literal.value, str) and literal.kind != "u":
                self.found.append(literal)

    def visit_Assign(self, node):
        names = [getattr(target, "id", getattr(target, "attr", "")) for target in node.targets]
        if any(PAYLOAD_NAME.match(name) for name in names):
            self.take(node.value)
        self.generic_visit(node)

    def visit_Call(self, node):
        for keyword in node.keywords:
            if keyword.arg in PAYLOAD_KEYWORDS:
                self.take(keyword.value)
        self.generic_visit(node)

    def visit_Tuple(self, node):
        first = node.elts[0] if node.elts else None
        if isinstance(first, ast.Constant) and first.value in EVENTS:
            self.take(node.elts[1])
        self.generic_visit(node)

    def visit_FunctionDef(self, node):
        if node.name != SEQUENCES:
            return self.generic_visit(node)
        titles = {ast.get_docstring(node, clean=False)}
        for child in ast.walk(node):
            if isinstance(child, ast.Assign) and isinstance(child.value, ast.List) and child.targets[0].id == "vs":
                titles.add(child.value.elts[0].value)
        self.take(node)
        self.found = [literal for literal in self.found if literal.value not in titles]


def with_bytes(source):
    """The source with its payload literals as bytes, escapes as they were written and other characters in UTF-8, as Python 2 read them."""
    visitor = PayloadLiterals()
    visitor.visit(ast.parse(source))
    lines = [line.encode() for line in source.splitlines(keepends=True)]
    places = {(node.lineno, node.col_offset, node.end_lineno, node.end_col_offset) for node in visitor.found}
    for first, start, last, end in sorted(places, reverse=True):
        if first != last:
            raise ValueError(f"a payload over several lines at line {first}")
        line = lines[first - 1]
        literal = b"".join(b"\\x%02x" % byte if byte > 0x7F else bytes([byte]) for byte in line[start:end])
        lines[first - 1] = line[:start] + b"b" + literal + line[end:]
    return b"".join(lines).decode()


def replace(target):
    """Makes the replacements, and fails when a file is not the one they were written for."""
    for files, pattern, replacement, expected in REPLACEMENTS:
        count = 0
        for path in sorted(target.glob(files)):
            text, found = re.subn(pattern, replacement, path.read_text(encoding="utf-8"))
            path.write_text(text, encoding="utf-8")
            count += found
        if count != expected and not (expected is None and count):
            raise ValueError(f"{files}: {pattern} was found {count} times")


def convert(source, target):
    """Writes the converted package into the folder `target`."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source / "case", target / "case")
    shutil.copytree(source / "testdata", target / "testdata")
    for name in ("_version.py", "caseset.py", "fuzzing.py"):
        shutil.copy(source / name, target / name)
    # The original imports every tool of the suite here.
    (target / "__init__.py").write_text("from ._version import __version__\n\nversion = __version__\n", encoding="utf-8")
    tool = RefactoringTool(FIXERS)
    for path in sorted(target.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        # fix_import looks at the file's neighbours to find out which imports are relative.
        text = str(tool.refactor_string(text if text.endswith("\n") else text + "\n", str(path)))
        if path.parent.name == "case" and path.name not in ("__init__.py", "case.py", "case12_x_x.py"):
            text = with_bytes(text)
        path.write_text(text, encoding="utf-8")
    replace(target)


if __name__ == "__main__":
    convert(Path(sys.argv[1]), Path(sys.argv[2]))
