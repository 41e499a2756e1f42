"""The docs say what is: commands, exit codes, links; and the guide builds without a warning."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import commands_page
from modelry import errors
from modelry.cli import COMMANDS
from modelry.errors import Exit

TOP = Path(__file__).parents[1]
DOCS = TOP / "site/docs"
PAGES = [TOP / "README.md", TOP / ".github/CONTRIBUTING.md", *sorted(DOCS.rglob("*.md"))]
LIMITS = DOCS / "limits.md"


def name(page: Path) -> str:
    return page.relative_to(TOP).as_posix()


def test_the_page_of_commands_is_what_the_commands_say() -> None:
    assert commands_page.PAGE.read_text("utf-8") == commands_page.text(), (
        "stale: python -m tests.commands_page --write"
    )


def test_the_page_of_exit_codes_has_all_of_them_and_no_other() -> None:
    text = (DOCS / "reference/exit-codes.md").read_text("utf-8")
    rows = re.findall(r"^\| (\d+) \| `([A-Z_]+)` \| (.+) \|$", text, re.MULTILINE)
    assert [(int(number), name) for number, name, _ in rows] == [(code.value, code.name) for code in Exit]
    source = Path(errors.__file__).read_text("utf-8")
    assert [row for row in rows if '    {1} = {0}\n    """{2}"""\n'.format(*row) not in source] == []


@pytest.mark.parametrize("document", PAGES, ids=name)
def test_every_command_that_a_page_shows_exists(document: Path) -> None:
    shown = {
        command
        for block in blocks(document)
        for command in re.findall(r"^(?:\$ )?(?:\S*/)?modelry ([a-z-]+)\b", block, re.MULTILINE)
    }
    assert shown <= COMMANDS.keys()


def test_a_command_that_is_told_to_be_planned_does_not_exist_yet() -> None:
    planned = LIMITS.read_text("utf-8").partition("## Planned")[2].partition("\n## ")[0]
    told = set(re.findall(r"`modelry ([a-z-]+)", planned))
    assert told
    assert told.isdisjoint(COMMANDS)


@pytest.mark.parametrize("document", PAGES, ids=name)
def test_every_link_to_a_file_finds_it(document: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", document.read_text("utf-8"))
    assert [link for link in links if "://" not in link and not (document.parent / link).exists()] == []


def test_the_guide_builds_without_a_warning(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "mkdocs",
        "build",
        "--strict",
        "--quiet",
        "-f",
        str(TOP / "site/mkdocs.yml"),
    ]
    done = subprocess.run([*command, "-d", str(tmp_path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    asked = {host for page in tmp_path.rglob("*.html") for host in hosts(page.read_text("utf-8"))}
    assert asked == set()


def test_every_page_of_the_guide_is_in_its_navigation() -> None:
    listed = set(re.findall(r"\S+\.md$", (TOP / "site/mkdocs.yml").read_text("utf-8"), re.MULTILINE))
    assert listed == {page.relative_to(DOCS).as_posix() for page in DOCS.rglob("*.md")}


def blocks(page: Path) -> Iterator[str]:
    """Give the fenced blocks of a page."""
    yield from re.findall(r"^```[a-z]*[^\n]*\n(.*?)^```$", page.read_text("utf-8"), re.MULTILINE | re.DOTALL)


def hosts(html: str) -> Iterator[str]:
    """Give what a page would load from elsewhere by itself: scripts, styles, pictures, fonts."""
    yield from re.findall(r'<(?:script|img|iframe|source)\b[^>]*\bsrc="?(https?:[^"\s>]+)', html)
    for link in re.findall(r"<link\b[^>]*>", html):
        if re.search(r'rel="?(stylesheet|icon|preload|preconnect)', link):
            yield from re.findall(r'href="?(https?:[^"\s>]+)', link)
