"""Private words do not come back in names: a newcomer who knows the field knows every name."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

FOLDERS = ("benchmarks", "cli", "features", "ingest", "models", "reports", "serving", "tests", "training")
# Words that a name must not hold, and the word of the field to use in their place.
WORDS = {
    "question told asked": "score request, response",
    "keeper mind": "model watcher, supervise",
    "desk seats": "thread pool, concurrency",
    "piece together": "batch, coalesced requests",
    "beat": "heartbeat",
    "refusal": "error catalogue",
    "received": "uploaded tables, file scoring",
    "odd sound": "needs full validation, fast path",
    "apart fault": "quarantined, violation",
    "knowledge": "known-on rule",
    "steady once": "unchanged-file guard, cached",
    "places": "indices, locations",
    "words": "text columns, vocabulary",
    "part within": "masked rows, window, slice",
    "subclass": "technical field",
    "lesson teach taught": "training sets, fit, training labels",
    "ground standing": "evaluation window, manifest checks",
    "rival draw stack": "baselines, bootstrap replicates, pooled outcomes",
    "leap good": "suspicious gain",
    "books lateness settle settled": "accounts, reporting delay, materialise",
    "signs": "monotone constraints",
    "golden": "recorded scores",
    "door": "interface",
    "signal": "feature",
}
# Names in which such a word is the field's own, by file and name.
ALLOWED = {
    "benchmarks/universe.py:_Draw": "random numbers are drawn",
    "cli/signals.py:signals": "the command giants signals, for people",
    "features/families/technical_fields.py:new_subclass_share_3y": "a subclass of the patent classification",
    "ingest/entities/places.py:places": "where firms are",
    "tests/ingest/entities/test_places.py:test_places": "where firms are",
    "ingest/linkage/candidates.py:_of_words": "the words of a name",
    "tests/architecture/test_words.py:test_words": "this test",
    "tests/cli/test_signals.py:test_signals": "the command giants signals, for people",
    "training/simulator/founding.py:_draw_sectors": "random numbers are drawn",
    "training/simulator/founding.py:draw_firms": "random numbers are drawn",
    "training/simulator/founding.py:draw_heat": "random numbers are drawn",
    "training/simulator/history.py:_draw": "random numbers are drawn",
}
_CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def names(path: Path) -> Iterator[str]:
    """Names of a module, of its classes and of its functions, but for those of tests, which are sentences."""
    yield path.stem
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith(
            "test_"
        ):
            yield node.name


def unwanted(name: str) -> set[str]:
    """Words of a name that must not be in it, in the singular or in the plural."""
    words = {word for group in WORDS for word in group.split()}
    found = set(_CAPITAL.sub("_", name).lower().split("_")) - {"odds"}  # a word of the field
    return {word for word in words if word in found or f"{word}s" in found}


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_private_word_is_in_a_name(folder):
    paths = {path: path.relative_to(ROOT).as_posix() for path in (ROOT / folder).rglob("*.py")}
    found = {f"{label}:{name}" for path, label in paths.items() for name in names(path) if unwanted(name)}
    assert sorted(found - set(ALLOWED)) == []


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("ModelKeeper", {"keeper"}),
        ("_is_odd", {"odd"}),
        ("fast_doors", {"door"}),
        ("partition", set()),
        ("log_odds", set()),
        ("design", set()),
        ("signed", set()),
    ],
)
def test_words_are_found_in_names(name, words):
    assert unwanted(name) == words
