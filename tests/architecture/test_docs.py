"""What the documentation tells to type exists: commands, options, targets, files; and nothing is left undocumented."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from littlegiants.cli.reference import commands
from littlegiants.features.matrix import FEATURES

ROOT = Path(__file__).resolve().parents[2]

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").rglob("*.md")])
COMMANDS = commands()
GROUPS = {words.rpartition(" ")[0] for words in COMMANDS}
TARGETS = set(re.findall(r"^([a-z-]+):(?!=)", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
_FENCE = re.compile(r"^ *```(?:sh|shell|bash|console)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s#]+)(#[^)\s]*)?\)")
# Where the shell goes on to something else.
_END = {"|", "||", "&&", ";", ">", ">>", "2>", "<", "&"}


def label(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


PER_PAGE = pytest.mark.parametrize("page", PAGES, ids=label)


def typed(line: str) -> list[str]:
    """Words of a command line up to where the shell goes on to another; none for what is no command line."""
    try:
        words = shlex.split(line.removeprefix("$ "), comments=True)
    except ValueError:
        return []
    end = next((place for place, word in enumerate(words) if word in _END), len(words))
    words = [word.removeprefix(".venv/bin/").removeprefix("$(BIN)/") for word in words[:end]]
    while words and re.fullmatch(r"[A-Z_]+=.*", words[0]):
        words = words[1:]
    return words


def whole(page: Path) -> Iterator[list[str]]:
    """Command lines of a page's code blocks, which must run as they stand."""
    for block in _FENCE.findall(page.read_text(encoding="utf-8")):
        yield from filter(None, map(typed, block.replace("\\\n", " ").splitlines()))


def mentioned(page: Path) -> Iterator[list[str]]:
    """Command lines in a page's prose, which may be parts of one."""
    yield from filter(None, map(typed, _INLINE.findall(page.read_text(encoding="utf-8"))))


def of(program: str, lines: Iterator[list[str]]) -> list[list[str]]:
    return [words for words in lines if words[0] == program]


def called(words: list[str]) -> str:
    """The command that the words call: the longest that they begin with, or a group of commands."""
    known = [name for name in (*COMMANDS, *GROUPS) if words[: len(name.split())] == name.split()]
    return max(known, key=len)


def violation(words: list[str]) -> str:
    """What is wrong with a whole command line, found by the command's own parser; empty if nothing."""
    name = called(words)
    rest = words[len(name.split()) :]
    if name in GROUPS:
        return "" if rest in ([], ["--help"]) else f"{name} has no command {rest[0]}"
    if rest == ["--help"]:
        return ""
    try:
        COMMANDS[name].make_context(name, list(rest))
    except typer.TyperException as error:
        return error.format_message()
    return ""


def test_there_are_pages():
    assert {"docs/cli.md", "docs/data-dictionary.md"} <= {label(page) for page in PAGES}


@PER_PAGE
def test_commands_in_code_blocks_run_as_they_stand(page):
    assert [(" ".join(words), wrong) for words in of("giants", whole(page)) if (wrong := violation(words))] == []


@PER_PAGE
def test_commands_in_prose_exist(page):
    for words in of("giants", mentioned(page)):
        name = called(words)
        rest = words[len(name.split()) :]
        if name in GROUPS:
            # `giants COMMAND --help` stands for every command.
            assert rest in ([], ["--help"]) or rest[0].isupper(), f"there is no command {' '.join(words)!r}"
            continue
        options = {option for parameter in COMMANDS[name].params for option in (*parameter.opts, "--help")}
        assert [word for word in rest if word.startswith("--") and word.partition("=")[0] not in options] == []


@PER_PAGE
def test_options_in_prose_exist(page):
    # An option that stands alone is one of ours, or one of pytest's and pip's that the pages speak of.
    ours = {option for command in COMMANDS.values() for parameter in command.params for option in parameter.opts}
    others = {"--help", "--hypothesis-profile", "--require-hashes"}
    alone = [words[0].partition("=")[0] for words in mentioned(page) if words[0].startswith("--")]
    assert sorted(set(alone) - ours - others) == []


@PER_PAGE
def test_targets_of_make_exist(page):
    named = [
        word for words in of("make", iter([*whole(page), *mentioned(page)])) for word in words[1:] if "=" not in word
    ]
    assert sorted(set(named) - TARGETS) == []


@PER_PAGE
def test_links_lead_somewhere(page):
    links = [target for target, _ in _LINK.findall(page.read_text(encoding="utf-8")) if "://" not in target]
    assert [
        target for target in links if not (page.parent / target).exists() and not target.startswith("mailto:")
    ] == []


@PER_PAGE
def test_modules_to_run_exist(page):
    lines = [words for words in (*whole(page), *mentioned(page)) if words[:2] == ["python", "-m"]]
    ours = [words[2] for words in lines if words[2].startswith("littlegiants.")]
    paths = [ROOT.joinpath(*name.split(".")[1:]) for name in ours]
    assert [
        path for path in paths if not path.with_suffix(".py").exists() and not (path / "__main__.py").exists()
    ] == []


def test_commands_in_the_makefile_run_as_they_stand():
    text = (ROOT / "Makefile").read_text(encoding="utf-8").replace("\\\n", " ")
    recipes = [line.lstrip("\t@-") for line in text.splitlines() if line.startswith("\t")]
    parts = [part.strip() for line in recipes for part in line.split("&&")]
    lines = of("giants", filter(None, map(typed, parts)))
    assert lines
    assert [(" ".join(words), wrong) for words in lines if (wrong := violation(words))] == []


def test_every_option_is_documented():
    page = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
    options = {option for command in COMMANDS.values() for parameter in command.params for option in parameter.opts}
    assert [option for option in sorted(options) if option.startswith("--") and f"`{option}`" not in page] == []


def test_every_folder_is_on_the_map_and_no_other():
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    layers = re.findall(r"^\*\*`(\w+)/`\*\*", page, re.MULTILINE)
    packages = [path.parent for layer in layers for path in (ROOT / layer).rglob("__init__.py")]
    folders = {path.relative_to(ROOT).as_posix() for path in packages}
    listed = re.findall(r"^\| `([\w/]+)/` \|", page, re.MULTILINE)
    assert sorted([*layers, *listed]) == sorted(folders - {"serving/http"})
    assert sorted(layers) == sorted({path.parent.name for path in ROOT.glob("*/__init__.py")})


def test_every_signal_is_documented():
    page = (ROOT / "docs" / "data-dictionary.md").read_text(encoding="utf-8")
    assert [name for name in FEATURES if f"| `{name}` |" not in page] == []


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("giants score --data d --as-of 2023-12-31 --out s.csv | head", ""),
        ("PYTHONPATH=. .venv/bin/giants models  # all of them", ""),
        ("giants score --data d --as-of 2023-12-31", "Missing option '--out'"),
        ("giants train --data d --artifact m", "No such option: --artifact"),
        ("giants predict", "giants has no command predict"),
        ("giants import", ""),
    ],
)
def test_violations_are_found(line, wrong):
    assert violation(typed(line)).startswith(wrong)
    assert bool(violation(typed(line))) == bool(wrong)
