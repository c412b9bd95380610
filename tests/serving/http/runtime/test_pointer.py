"""The pointer to the model: replaced whole, and what it points to is verified before it may answer."""

import math
import shutil
import threading

import pytest

from littlegiants.ingest.errors import ArtefactError, ConfigError, ContractError
from littlegiants.models.serving_contract import promised
from littlegiants.serving.http.runtime.pointer import (
    NAME,
    Pointer,
    Stamp,
    point,
    read_pointer,
    refuse,
    refused_model,
    verified,
)
from tests.models import forging


@pytest.fixture
def copy(artefact, tmp_path):
    """A copy of the artefact, to be damaged."""
    shutil.copytree(artefact, tmp_path / "copy")
    return tmp_path / "copy"


def test_what_was_pointed_to_is_read(tmp_path):
    pointer = Pointer("/models/a", "0" * 64, "models:/littlegiants@champion")
    point(tmp_path, pointer)
    assert read_pointer(tmp_path) == pointer
    assert [path.name for path in tmp_path.iterdir()] == [NAME]
    assert (tmp_path / NAME).stat().st_mode & 0o777 == 0o600


def test_each_replacement_changes_the_stamp(tmp_path):
    assert Stamp.of(tmp_path) is None
    stamps = []
    for digest in "ab":
        point(tmp_path, Pointer("/models/a", digest, ""))
        stamps.append(Stamp.of(tmp_path))
    assert None not in stamps
    assert stamps[0] != stamps[1]
    assert Stamp.of(tmp_path) == stamps[1]


def test_readers_see_the_old_pointer_or_the_new_one_and_never_half_of_it(tmp_path):
    written = [Pointer("/models/" + letter * 3_000, letter, "") for letter in "ab"]
    point(tmp_path, written[0])
    over = threading.Event()

    def write() -> None:
        for turn in range(100):
            point(tmp_path, written[turn % 2])
        over.set()

    writer = threading.Thread(target=write)
    writer.start()
    while not over.is_set():
        assert read_pointer(tmp_path) in written
    writer.join()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b'{"folder": "/a", "digest": "0"}',
        b'{"folder": "/a", "digest": 0, "reference": ""}',
        b'{"folder": "/a", "digest": "0", "reference": "", "more": 1}',
        b'{"folder": "' + b"a" * 20_000 + b'", "digest": "0", "reference": ""}',
    ],
)
def test_what_is_no_pointer_is_refused(tmp_path, content):
    (tmp_path / NAME).write_bytes(content)
    with pytest.raises(ArtefactError, match="the pointer to the model cannot be read"):
        read_pointer(tmp_path)


def test_no_pointer_is_no_model_yet(tmp_path):
    with pytest.raises(ArtefactError, match="no model has been found yet"):
        read_pointer(tmp_path)
    (tmp_path / NAME).mkdir()
    with pytest.raises(ArtefactError, match="cannot be read"):
        read_pointer(tmp_path)


def test_a_sound_model_is_verified(artefact, model):
    assert verified(artefact).manifest == model.manifest
    assert verified(artefact, model.manifest.digest).manifest == model.manifest


def test_another_model_than_was_named_is_refused(artefact, model):
    with pytest.raises(ArtefactError, match=model.manifest.digest):
        verified(artefact, "0" * 64)


def test_a_model_for_something_else_is_refused(artefact, model):
    assert verified(artefact, contract=promised("market", "24 months", "paid")).manifest == model.manifest
    with pytest.raises(ContractError, match=r"not 12 months$"):
        verified(artefact, contract=promised(timespan="12 months"))


def test_why_the_newest_model_was_refused_is_kept_until_one_is_taken(tmp_path):
    refuse(tmp_path, "")
    assert (refused_model(tmp_path), list(tmp_path.iterdir())) == ("", [])
    refuse(tmp_path, "it is for something else")
    assert refused_model(tmp_path) == "it is for something else"
    refuse(tmp_path, "")
    assert refused_model(tmp_path) == ""
    # Where nothing can be written, the log has it.
    refuse(tmp_path / "gone", "why")
    assert refused_model(tmp_path / "gone") == ""


def test_a_damaged_model_is_refused(copy):
    text = (copy / "model.txt").read_bytes()
    (copy / "model.txt").write_bytes(text.replace(b"0.1", b"0.2", 1))
    with pytest.raises(ArtefactError):
        verified(copy)


def test_a_model_whose_recorded_rows_score_otherwise_is_refused(copy):
    golden = forging.manifest_of(copy)["golden"]
    first, *others = golden[0]["scores"].split()
    golden[0]["scores"] = " ".join([repr(math.nextafter(float(first), 1)), *others])
    forging.sign(copy, golden=golden)
    with pytest.raises(ArtefactError, match=r"^1 of the rows recorded with the model score otherwise here"):
        verified(copy)


def test_a_model_that_learned_from_amounts_no_request_can_carry_is_refused(copy):
    money = forging.manifest_of(copy)["money"]
    forging.sign(copy, money={**money, "rates": "0" * 64})
    with pytest.raises(ConfigError, match="give its scorer the table of rates"):
        verified(copy)
