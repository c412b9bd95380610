"""The page on extending tells the truth: its changes, made in a copy of the tree, pass the checks that they should."""

import compileall
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("cli", "features", "ingest", "models", "reports", "serving", "training")
PAGE = (ROOT / "docs" / "extending.md").read_text(encoding="utf-8")
_BLOCK = re.compile(r'^```(\w+) title="([^"]+)"\n(.*?)^```$', re.MULTILINE | re.DOTALL)
SECTIONS = {section.partition("\n")[0]: section for section in PAGE.split("\n## ")[1:]}


def apply(section: str, tree: Path) -> list[str]:
    """Make the changes that a section's blocks show; return the paths of the files."""
    paths = []
    for language, name, body in _BLOCK.findall(section):
        path = tree / name
        if language == "diff":
            for hunk in body.split("@@\n"):
                path.write_text(changed(path.read_text(encoding="utf-8"), hunk, name), encoding="utf-8")
        else:
            assert not path.exists(), f"{name} is there already; show what changes in it"
            path.write_text(body, encoding="utf-8")
        paths.append(name)
    return paths


def changed(text: str, hunk: str, name: str) -> str:
    """Return a file's text with the lines of one hunk taken out and put in, at the one place where it fits."""
    lines = [line or " " for line in hunk.splitlines()]
    before = "".join(f"{line[1:]}\n" for line in lines if line[0] != "+")
    after = "".join(f"{line[1:]}\n" for line in lines if line[0] != "-")
    assert {line[0] for line in lines} <= {" ", "+", "-"}
    places = [match.start() for match in re.finditer(f"^{re.escape(before)}", text, re.MULTILINE)]
    assert len(places) == 1, f"{name}: these lines stand in it {len(places)} times:\n{before}"
    return text[: places[0]] + after + text[places[0] + len(before) :]


def imports(name: str) -> int:
    """How often the word stands in a file of the tree; never in a file that is not there."""
    path = ROOT / name
    return path.read_text(encoding="utf-8").count("import") if path.exists() else 0


class Copy:
    """A copy of the tree, its packages importable as `littlegiants`, with the changes of one section."""

    def __init__(self, compiled: Path, tree: Path, title: str) -> None:
        self.tree = tree
        shutil.copytree(compiled, tree)
        self.touched = apply(SECTIONS[title], tree)
        (tree / "importable" / "littlegiants").mkdir(parents=True)
        for folder in PACKAGES:
            (tree / "importable" / "littlegiants" / folder).symlink_to(tree / folder)

    def run(self, *command: str) -> str:
        """Run a program of the environment in the copy; return what it prints, and fail if it fails."""
        environment = {**os.environ, "PYTHONPATH": f"{self.tree / 'importable'}"}
        done = subprocess.run(
            [str(Path(sys.executable).with_name(command[0])), *command[1:]],
            cwd=self.tree,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout[-6000:]}{done.stderr[-3000:]}"
        return done.stdout

    def python(self, program: str) -> str:
        """Run a program; return what it prints."""
        return self.run("python", "-c", program)

    def tests(self, *chosen: str) -> None:
        """Run some of the copy's tests, its own code under them."""
        self.run("pytest", "-q", "-p", "no:cacheprovider", "-n", "0", *chosen)

    def checked(self) -> None:
        """Lint what was touched, and check who imports whom where an import is new."""
        python = [name for name in self.touched if name.endswith(".py")]
        self.run("ruff", "check", "--no-cache", *python)
        self.run("ruff", "format", "--check", "--no-cache", *python)
        if any((self.tree / name).read_text(encoding="utf-8").count("import") != imports(name) for name in python):
            self.run("lint-imports", "--no-cache", "--no-logo")

    def dictionary(self) -> str:
        """Write the data dictionary anew, as the page says, and return it."""
        text = self.run("python", "-m", "littlegiants.features.dictionary")
        (self.tree / "docs" / "data-dictionary.md").write_text(text, encoding="utf-8")
        return text


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tree with its packages compiled, once for all copies: a copied file keeps its time, so that it stays so."""
    tree = tmp_path_factory.mktemp("compiled")
    for folder in (*PACKAGES, "tests", "docs"):
        shutil.copytree(ROOT / folder, tree / folder, ignore=shutil.ignore_patterns("__pycache__", "*.png"))
    for name in ("pyproject.toml", "Makefile", "README.md"):
        shutil.copy2(ROOT / name, tree / name)
    assert all(compileall.compile_dir(tree / folder, quiet=1) for folder in PACKAGES)
    return tree


@pytest.fixture
def copy(compiled: Path, tmp_path: Path) -> Iterator[Callable[[str], Copy]]:
    """Make a copy with the changes of a section, by its title."""

    def make(title: str) -> Copy:
        made = Copy(compiled, tmp_path / "tree", title)
        where = made.python("import littlegiants.features as f; print(f.__file__)")
        assert where.startswith(str(tmp_path))
        return made

    yield make
    shutil.rmtree(tmp_path / "tree", ignore_errors=True)


def test_hunk_must_fit_once():
    assert changed("a\nb\nc\n", " a\n-b\n+d\n", "f.py") == "a\nd\nc\n"
    with pytest.raises(AssertionError, match="2 times"):
        changed("a\na\n", " a\n+b\n", "f.py")
    with pytest.raises(AssertionError, match="0 times"):
        changed("a\n", " b\n+c\n", "f.py")


@pytest.mark.slow
def test_signal(copy):
    made = copy("A signal")
    assert "| `debt_rounds_count` | Loans so far | count | life |" in made.dictionary()
    made.checked()
    made.tests("tests/features/test_contract_kit.py", "tests/features/test_dictionary.py", "-k", "debt_rounds or page")
    made.tests("tests/features/families/test_funding.py")


GRANTS = "file_no,register_no,firm,decided_on,euros\n1,100,Lumi Oy,2021-05-20,50000\n2,100,Lumi Oy,2021-02-30,9000\n"


@pytest.mark.slow
def test_source(copy):
    made = copy("A source")
    assert "Import the grants of a town's business office." in made.run("giants", "import", "town-grants", "--help")
    reference = made.run("python", "-m", "littlegiants.cli.reference")
    assert "giants import town-grants" in reference
    (made.tree / "grants.csv").write_text(GRANTS, encoding="utf-8")
    said = made.run("giants", "import", "town-grants", "grants.csv", "--out", "data", "--json")
    assert json.loads(said)["tables"] == {"firms": 1, "grants": 1}
    made.checked()
    made.tests("tests/ingest/sources/test_town_grants.py", "tests/ingest/sources/test_discovery.py")


KNOWN = """
from datetime import date
from pathlib import Path
from littlegiants.features import Snapshot
from littlegiants.ingest import read_tables
from littlegiants.training import simulate

made = simulate(Path("economy"), firms=300)
tables = read_tables("economy")
print(len(tables.events["trademarks"]) == made.rows["trademarks"] > 0, tables.quarantine.frame().empty)
days = date(2021, 4, 29), date(2021, 4, 30)
print([Snapshot(read_tables("data"), day).trademarks.count().tolist() for day in days])
"""


@pytest.mark.slow
def test_table(copy):
    made = copy("A table")
    assert "### `trademarks`" in made.dictionary()
    data = made.tree / "data"
    data.mkdir()
    (data / "firms.csv").write_text("firm_id,founded_on\na,2019-01-01\n", encoding="utf-8")
    marks = "firm_id,trademark_id,registered_on\na,t1,2021-01-30\na,t2,2021-02-31\n"
    (data / "trademarks.csv").write_text(marks, encoding="utf-8")
    assert made.python(KNOWN).splitlines() == ["True True", "[[0.0], [1.0]]"]
    made.checked()
    chosen = ("tests/features/asof/test_snapshot.py", "tests/ingest/tables/test_known_on.py")
    made.tests(*chosen, "tests/features/test_dictionary.py", "-k", "trade or page")


TRAINED = """
from pathlib import Path
from littlegiants.ingest import read_tables
from littlegiants.models import read_artefact, write_artefact
from littlegiants.training import TrainConfig, simulate, train

simulate(Path("economy"), firms=2_400, seed=7)
small = {"booster": {"trees": 20, "leaf_firms": 15, "threads": 1}, "dates": {"fit_dates": 2}, "bootstrap": 20}
small |= {"label": {"outcome": "acquisition"}, "stability_fits": 0}
write_artefact(train(read_tables("economy"), TrainConfig.model_validate(small)).model, Path("model"))
print(read_artefact(Path("model")).manifest.label.outcome)
"""


@pytest.mark.slow
def test_outcome(copy):
    made = copy("An outcome")
    assert "market|exit|acquisition" in made.run("giants", "train", "--help")
    assert made.python(TRAINED).splitlines()[-1] == "acquisition"
    made.checked()
    made.tests("tests/training/test_labels.py", "tests/models/test_outcomes.py", "-k", "acquisition or outcome or exit")


SHOWN = """
from littlegiants.serving.http.api.schemas import components
from littlegiants.serving.http.protocol.limits import Limits
print(components(Limits())["Scored"]["properties"]["interval_width"])
"""


@pytest.mark.slow
def test_score_column(copy):
    made = copy("A score column")
    page = made.run("python", "-m", "littlegiants.models.scoring.score_columns")
    assert "| `interval_width` | number | 0, 1 | width of that interval |" in page
    (made.tree / "docs" / "scores.md").write_text(page, encoding="utf-8")
    assert made.python(SHOWN) == "{'type': ['number', 'null'], 'minimum': 0, 'maximum': 1}\n"
    made.checked()
    folder = "tests/models/scoring"
    made.tests(f"{folder}/test_model.py", f"{folder}/test_score_columns.py", "-k", "width or column or range or readme")
