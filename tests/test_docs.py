# SPDX-License-Identifier: Apache-2.0
"""Is the documentation true? Commands, outputs, links and specs in it are checked against the code.

What a `$ cost-slo` command in a `console` block prints stands below it, without empty lines.
With `UPDATE_GOLDEN=1` the test writes it anew; read the difference before committing it.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
import typer

from cost_slo.adapters.documents.yaml_spec.source import YamlSpecSource
from cost_slo.cli.app import app

ROOT = Path(__file__).resolve().parents[1]
UPDATE = "UPDATE_GOLDEN"
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
INLINE = re.compile(r"`(cost-slo [^`\n]+)`")
LINK = re.compile(r"\[[^\]\n]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
COMMAND_LINE = "from cost_slo.cli.main import main; main()"


def tracked(*patterns: str) -> list[Path]:
    command = ["git", "-C", str(ROOT), "ls-files", "-z", "--", *patterns]
    try:
        listed = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return []
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]


def guides() -> list[Path]:
    """Return the pages a user reads; a plan or a record of a decision may name what is not."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def in_repository(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


every_guide = pytest.mark.parametrize("page", guides(), ids=in_repository)


def blocks(text: str, *languages: str) -> list[str]:
    return [body for language, body in BLOCK.findall(text) if language in languages]


# The commands ------------------------------------------------------------------------------------


class Invocation(NamedTuple):
    """A line that calls the program: the command's words, its options, what else follows."""

    words: tuple[str, ...]
    options: frozenset[str]
    operand: str | None


@cache
def commands() -> dict[tuple[str, ...], set[str]]:
    """Map the words of each command to its options; a group is a command too."""
    found: dict[tuple[str, ...], set[str]] = {}

    def walk(command: object, words: tuple[str, ...]) -> None:
        params = getattr(command, "params", [])
        options = [name for param in params for name in (*param.opts, *param.secondary_opts)]
        found[words] = {name for name in options if name.startswith("-")} | {"-h", "--help"}
        for name, child in getattr(command, "commands", {}).items():
            walk(child, (*words, name))

    walk(typer.main.get_command(app), ())
    return found


def invocations(text: str) -> Iterator[Invocation]:
    joined = "\n".join(blocks(text, "console", "sh")).replace("\\\n", " ")
    lines = [line.removeprefix("$ ").removeprefix(".venv/bin/") for line in joined.splitlines()]
    for line in (*lines, *INLINE.findall(BLOCK.sub("", text))):
        if line.startswith("cost-slo "):
            yield invocation(shlex.split(line, comments=True)[1:])


def invocation(arguments: list[str]) -> Invocation:
    starts = [tuple(arguments[:length]) for length in range(len(arguments) + 1)]
    words = max((start for start in starts if start in commands()), key=len)
    rest = arguments[len(words) :]
    options = {argument.split("=")[0] for argument in rest if re.match("--?[a-zA-Z]", argument)}
    operand = rest[0] if rest and not rest[0].startswith("-") else None
    return Invocation(words, frozenset(options), operand)


def mistakes(call: Invocation) -> set[str]:
    """Name the options that the command lacks, and a subcommand that the group lacks."""
    groups = {words[:-1] for words in commands() if words}
    missing = {call.operand} if call.operand and call.words in groups else set()
    return missing | (call.options - commands()[call.words])


def sections(text: str) -> dict[tuple[str, ...], str]:
    """Map the words of each command that a heading names to the text below that heading."""
    found: defaultdict[tuple[str, ...], str] = defaultdict(str)
    for section in re.split(r"^##+ ", text, flags=re.MULTILINE):
        heading, _, body = section.partition("\n")
        for name in re.findall(r"`cost-slo([^`]*)`", heading):
            found[tuple(name.split())] += body
    return found


def test_every_command_has_a_section_and_every_section_a_command() -> None:
    documented = set(sections((ROOT / "docs" / "cli.md").read_text("utf-8")))

    assert documented == set(commands())


@pytest.mark.parametrize("words", sorted(commands()), ids=lambda words: "-".join(words) or "itself")
def test_every_option_of_a_command_is_explained_in_its_section(words: tuple[str, ...]) -> None:
    section = sections((ROOT / "docs" / "cli.md").read_text("utf-8"))[words]
    own = commands()[words] - {"-h", "--help"}

    assert {option for option in own if not re.search(f"`{option}[ `]", section)} == set()


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("evaluate --spec a.yaml --costs b", set()),
        ("evaluate --spec a.yaml --cots=b", {"--cots"}),
        ("incidents show some-id", set()),
        ("incidents shout some-id", {"shout"}),
        ("evaluat --spec a.yaml", {"evaluat", "--spec"}),
    ],
)
def test_a_misspelt_command_or_option_is_recognised(line: str, found: set[str]) -> None:
    assert mistakes(invocation(line.split())) == found


@every_guide
def test_a_guide_names_only_commands_and_options_that_exist(page: Path) -> None:
    calls = invocations(page.read_text("utf-8"))

    assert [call for call in calls if mistakes(call)] == []


# What they print ---------------------------------------------------------------------------------


def replayed(block: str, folder: Path) -> str:
    """Return the block with what its commands print now."""
    lines = block.replace("\\\n", "\\\0").splitlines()
    shown = [line for line in lines if line.startswith("$ ")]
    return "".join(f"{line}\n{printed(line, folder)}".replace("\\\0", "\\\n") for line in shown)


def printed(line: str, folder: Path) -> str:
    program, *arguments = shlex.split(line.removeprefix("$ ").replace("\\\0", " "))
    assert program == "cost-slo"
    called = subprocess.run(
        [sys.executable, "-c", COMMAND_LINE, *arguments],
        capture_output=True,
        check=False,
        cwd=folder,
        env={**os.environ, "PYTHONUTF8": "1"},
        text=True,
    )
    kept = [text.rstrip() for text in (called.stdout + called.stderr).splitlines()]
    return "".join(f"{text}\n" for text in kept if text)


@every_guide
def test_what_a_guide_shows_is_what_the_commands_print(
    page: Path, played: Path, tmp_path: Path
) -> None:
    text = page.read_text("utf-8")
    shown = [block for block in blocks(text, "console") if block.startswith("$ cost-slo")]
    shutil.copytree(played / "demo", tmp_path / "demo")

    fresh = [replayed(block, tmp_path) for block in shown]

    if os.environ.get(UPDATE):
        for old, new in zip(shown, fresh, strict=True):
            text = text.replace(old, new, 1)
        page.write_text(text, encoding="utf-8")
    else:
        assert fresh == shown


# Specs, links and leftovers ----------------------------------------------------------------------


@every_guide
def test_every_spec_in_a_guide_is_valid(page: Path, tmp_path: Path) -> None:
    specs = [block for block in blocks(page.read_text("utf-8"), "yaml") if "apiVersion:" in block]

    for number, spec in enumerate(specs):
        file = tmp_path / f"spec-{number}.yaml"
        file.write_text(spec, encoding="utf-8")

        assert YamlSpecSource(file).load_spec().slos


def anchors(page: Path) -> set[str]:
    text = BLOCK.sub("", page.read_text("utf-8"))
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in HEADING.findall(text))
    return {heading.strip().replace(" ", "-") for heading in plain}


def is_broken(link: str, page: Path) -> bool:
    if re.match(r"[a-z]+:", link):
        return False
    path, _, anchor = link.partition("#")
    target = page.parent / path if path else page
    inside = target.resolve().is_relative_to(ROOT)
    if not (inside and target.exists()):
        return True
    return bool(anchor) and target.suffix == ".md" and anchor not in anchors(target)


@pytest.mark.parametrize("page", tracked("*.md"), ids=in_repository)
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    links = LINK.findall(BLOCK.sub("", page.read_text("utf-8")))

    assert [link for link in links if is_broken(link, page)] == []


def test_every_decision_is_in_the_index() -> None:
    folder = ROOT / "docs" / "adr"
    index = set(LINK.findall((folder / "README.md").read_text("utf-8")))

    assert {record.name for record in folder.glob("[0-9]*.md")} - index == set()


# Put together here, so that this file does not find itself.
MACHINE_FOLDERS = ("home", "root", "tmp", "Users", "work")
PACKAGE_HOSTS = (("pypi", "org"), ("files", "pythonhosted", "org"), ("registry", "npmjs", "org"))
LEFTOVER = re.compile(
    "|".join(
        [
            rf"(?<![\w.~*}})>-])/(?:{'|'.join(MACHINE_FOLDERS)})/",
            *(re.escape(".".join(host)) for host in PACKAGE_HOSTS),
        ]
    )
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("see " + "/" + "work/notes.md", True),
        ("https://" + ".".join(PACKAGE_HOSTS[0]) + "/simple", True),
        ("docs/workshop/notes.md", False),
        ("https://example.org/home/page", False),
    ],
)
def test_leftovers_are_recognised(text: str, *, found: bool) -> None:
    assert bool(LEFTOVER.search(text)) == found


def test_no_file_names_a_machine_or_a_package_host() -> None:
    named = {}
    for path in tracked(".", ":!uv.lock"):  # a lock names its index; test_packaging looks at it
        text = path.read_bytes().decode("utf-8", errors="replace")
        if leftover := LEFTOVER.search(text):
            named[in_repository(path)] = leftover.group()

    assert named == {}
