"""An output that is an input by any name is refused."""

import pytest

from littlegiants.cli.overlaps import Input, Output, check_overlaps, is_same
from littlegiants.ingest.errors import ConfigError


@pytest.fixture
def place(tmp_path):
    """Tables, a model and a list, with links to them."""
    for name in ("data/firms.csv", "data/notes.csv", "model/manifest.json", "model/model.txt", "list.txt", "other.csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    (tmp_path / "soft.csv").symlink_to(tmp_path / "data" / "firms.csv")
    (tmp_path / "hard.csv").hardlink_to(tmp_path / "list.txt")
    (tmp_path / "way").symlink_to(tmp_path / "model")
    return tmp_path


def check(place, output, is_folder=False) -> None:
    tables, model = Input(place / "data", "the tables"), Input(place / "model", "the model", closed=True)
    firms = Input(place / "list.txt", "the file of --firms")
    check_overlaps([tables, model, firms], [Output(place / output, is_folder)])


@pytest.mark.parametrize(
    ("output", "message"),
    [
        ("list.txt", "is the file of --firms"),
        ("data/../list.txt", "is the file of --firms"),
        ("hard.csv", "is the file of --firms"),
        ("data", "is the tables"),
        ("data/firms.csv", "is a table"),
        ("data/rounds.parquet", "is a table"),
        ("data/FIRMS.CSV", "is a table"),
        ("data/import.json", "is a table"),
        ("soft.csv", "is a file among the tables"),
        ("model", "is the model"),
        ("way", "is the model"),
        ("model/scores.csv", "lies within the model"),
        ("way/scores.csv", "lies within the model"),
        ("model/below/scores.csv", "lies within the model"),
    ],
)
def test_an_output_that_is_an_input_is_refused(place, output, message):
    with pytest.raises(ConfigError, match=message):
        check(place, output)


@pytest.mark.parametrize("output", ["scores.csv", "other.csv", "data/scores.csv", "data/notes.csv", "new/scores.csv"])
def test_other_outputs_are_not(place, output):
    check(place, output)


def test_a_folder_that_would_take_an_input_with_it_is_refused(place):
    with pytest.raises(ConfigError, match="holds the tables"):
        check(place, ".", is_folder=True)
    check(place, "data/clean", is_folder=True)


def test_nothing_is_put_into_a_model_that_is_not_even_read(place):
    with pytest.raises(ConfigError, match="lies within the model"):
        check_overlaps([], [Output(place / "model" / "s.csv")])


def test_outputs_are_different_places(place):
    with pytest.raises(ConfigError, match="x is named twice; name a file for each of the two"):
        check_overlaps([], [Output(place / "x"), Output(place / "y" / ".." / "x")])
    with pytest.raises(ConfigError, match="lie one in the other"):
        check_overlaps([], [Output(place / "new", is_folder=True), Output(place / "new" / "x.csv")])


def test_a_file_that_is_read_and_written_may_be_itself_only(place):
    state = Input(place / "data" / "notes.csv", "the state")
    check_overlaps([Input(place / "data", "the tables"), state], [Output(state.path, own=state)])
    with pytest.raises(ConfigError, match="is the file of --firms"):
        check_overlaps([Input(state.path, "the file of --firms"), state], [Output(state.path, own=state)])


def test_the_same_place_by_many_ways(place):
    assert is_same(place / "way", place / "model")
    assert is_same(place / "data" / ".." / "list.txt", place / "hard.csv")
    assert not is_same(place / "list.txt", place / "other.csv")
