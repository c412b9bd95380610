"""Sources are found by their declarations, no importer is run for it, and each declaration is true."""

import inspect
import shlex
import subprocess
import sys

import pytest

from littlegiants.ingest.sources.discovery import FOLDER, find_importer, find_sources, read_declaration

SOURCES = find_sources()
EACH = pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
# What a declaration is and how it is found; every other module of the folder is a source.
NO_SOURCES = {"__init__", "discovery", "source"}
NEW = '''"""A new register."""

SOURCE = Source(
    name="new-register",
    summary="Import a new register.",
    path="FILE",
    path_help="CSV file.",
    examples=("giants import new-register x.csv --out data/new",),
    options=(Option("year", "YEAR", "Year of all."), COUNTRY),
    position=30,
)

raise RuntimeError("the module is run")
'''


def test_every_module_is_a_source_and_bears_its_name():
    assert {path.stem for path in FOLDER.glob("*.py")} - NO_SOURCES == {source.module for source in SOURCES}


def test_order_is_by_position_and_name():
    places = [(source.position, source.name) for source in SOURCES]
    assert places == sorted(set(places))


def test_a_new_module_is_all_that_a_source_needs(tmp_path):
    (tmp_path / "new_register.py").write_text(NEW, encoding="utf-8")
    (tmp_path / "helpers.py").write_text('"""No source."""\n', encoding="utf-8")
    (found,) = find_sources(tmp_path)
    assert (found.name, found.position) == ("new-register", 30)
    assert [option.name for option in found.options] == ["year", "country"]


def test_no_importer_and_no_heavy_library_is_loaded(tmp_path):
    program = "import sys, littlegiants.ingest.sources.discovery as d; d.find_sources(); print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True)
    loaded = set(run.stdout.split())
    assert not loaded & {"numpy", "openpyxl", "opencc", "pandas", "stdnum", "littlegiants.ingest.sources.cordis"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Source(name=open('x').read())", "malformed node"),
        ("Source(name='a' * 3)", "malformed node"),
        ("Source(name=UNKNOWN)", "malformed node"),
        ("Option('a', 'B', 'c')", "declares no source"),
    ],
)
def test_a_declaration_that_computes_is_refused(text, message):
    with pytest.raises(ValueError, match=message):
        read_declaration(text)


@EACH
def test_declaration_is_that_of_the_module_that_is_run(source):
    assert source == vars(sys.modules[find_importer(source).__module__])["SOURCE"]


@EACH
def test_importer_takes_the_declared_options_with_their_defaults(source):
    first, *others = inspect.signature(find_importer(source)).parameters.values()
    assert first.default is first.empty
    if source.joins:
        assert others.pop(0).name == "firms"
    assert [parameter.name for parameter in others] == [option.name for option in source.options]
    # The importer of the contract's own tables takes commas where nothing is said: its files are the project's.
    defaults = {parameter.name: parameter.default for parameter in others if parameter.default != ","}
    assert defaults == {option.name: option.default for option in source.options if option.name in defaults}


@EACH
def test_examples_call_the_source(source):
    assert source.examples
    for example in source.examples:
        assert shlex.split(example)[:3] == ["giants", "import", source.name]
