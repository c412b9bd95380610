"""Models that were damaged, and bundles made to do harm: refused before any parser of models sees a byte.

CI tries 500 damaged artefacts; with ``LITTLEGIANTS_LONG_TESTS=20`` there are twenty times as many.
"""

import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import lightgbm as lgb
import pandas as pd
import pytest

from littlegiants.ingest.errors import ArtefactError
from littlegiants.models.artefact import artefact as reading
from littlegiants.models.artefact.artefact import read_artefact
from littlegiants.models.signing.signed_folders import read_signed, sign
from littlegiants.models.signing.trust import Trust
from tests.faults.damage import cut, damaged, digit, flip, hole, hostile, longer, swapped, twice, zeros
from tests.models.signatures import make_keys

LONG = int(os.environ.get("LITTLEGIANTS_LONG_TESTS") or 1)
# Memory for all bundles after another, on top of what imports took; the largest artefact to be read is far below.
MEGABYTES = 400
SECONDS = 5.0
TRIAL = """
import resource, sys, time
from pathlib import Path
from littlegiants.ingest.errors import ArtefactError
from littlegiants.models.artefact.artefact import read_artefact
read_artefact(Path(sys.argv[1]))
pages = int(open("/proc/self/statm").read().split()[0])
limit = pages * resource.getpagesize() + (int(sys.argv[2]) << 20)
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
for folder in sys.argv[3:]:
    began = time.perf_counter()
    try:
        read_artefact(Path(folder))
    except ArtefactError as error:
        print(f"{time.perf_counter() - began:.3f}\\t{Path(folder).name}\\t{error}", flush=True)
"""


@pytest.fixture
def copy(artefact, tmp_path) -> Path:
    return Path(shutil.copytree(artefact, tmp_path / "copy"))


@pytest.fixture
def parsed(monkeypatch) -> Counter:
    """How often each parser of a model's files was called; the parsers do their work."""
    calls: Counter = Counter()

    def counted(place, name):
        real = getattr(place, name)

        def spy(*arguments, **options):
            calls[name] += 1
            return real(*arguments, **options)

        monkeypatch.setattr(place, name, spy)

    counted(lgb, "Booster")
    counted(pd, "read_parquet")
    counted(reading._Calibrations, "model_validate_json")
    return calls


@pytest.fixture(scope="module")
def bundles(artefact, tmp_path_factory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "done").mkdir()
    return hostile(lambda name: Path(shutil.copytree(artefact, folder / str(name))), folder / "done" / "harm")


@pytest.fixture(scope="module")
def refused(bundles, artefact) -> dict[str, tuple[float, str]]:
    """Seconds and message of each bundle's refusal, in one process of bounded memory that survives them all."""
    command = [sys.executable, "-c", TRIAL, artefact, str(MEGABYTES), *bundles.values()]
    run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert run.returncode == 0, run.stderr[-2_000:]
    lines = [line.split("\t") for line in run.stdout.splitlines()]
    by_folder = {folder: (float(seconds), message) for seconds, folder, message in lines}
    return {name: by_folder[path.name] for name, path in bundles.items() if path.name in by_folder}


@pytest.fixture
def refuses(copy, parsed, tmp_path):
    """A check that the folder is refused as it is now, signed or not, and that no parser was called."""
    private, public = make_keys(tmp_path)
    sign(copy, private)
    trust = Trust.by(public)
    assert read_signed(copy, trust).manifest == read_artefact(copy).manifest
    assert set(parsed) == {"Booster", "read_parquet", "model_validate_json"}
    parsed.clear()

    def check(how: str) -> None:
        for read in (lambda: read_artefact(copy), lambda: read_signed(copy, trust)):
            with pytest.raises(ArtefactError) as caught:
                read()
            assert str(copy) in str(caught.value), how
        assert not parsed, (how, parsed)

    yield check
    read_signed(copy, trust)  # it was the damage that was refused


# Together 500, and the files swapped.
@pytest.mark.parametrize("kind", [flip, longer, twice], ids=lambda kind: kind.__name__)
def test_m02_flipped_bits_are_refused_before_any_parser(copy, refuses, kind):
    for how in damaged(copy, [kind], {flip: 150, longer: 50, twice: 50}[kind] * LONG):
        refuses(how)


def test_m02_swapped_files_are_refused_before_any_parser(copy, refuses):
    for how in swapped(copy):
        refuses(how)


def test_m03_one_edited_digit_is_refused_before_any_parser(copy, refuses):
    for how in damaged(copy, [digit], 100 * LONG):
        refuses(how)


def test_m04_holes_zeros_and_cuts_are_refused_before_any_parser(copy, refuses):
    for how in damaged(copy, [hole, zeros, cut], 150 * LONG):
        refuses(how)


def test_hostile_bundles_are_refused_in_one_line_and_bounded_time_and_memory(bundles, refused):
    assert len(bundles) >= 20
    assert set(refused) == set(bundles)
    slow = {name: seconds for name, (seconds, _) in refused.items() if seconds > SECONDS}
    assert slow == {}
    ran = next(iter(bundles.values())).parent / "done" / "harm"
    assert not ran.exists()


def test_hostile_bundles_reach_no_native_parser(bundles, parsed):
    # What their digests would let through is refused by its first bytes, its keys, or what the manifest says.
    for name, folder in bundles.items():
        with pytest.raises(ArtefactError):
            read_artefact(folder)
        native = parsed["Booster"] + parsed["read_parquet"]
        assert native == (1 if name == "pickle behind the right beginning" else 0), name
        parsed.clear()


def expect(refused, *expected: tuple[str, str]) -> None:
    for name, text in expected:
        assert text in refused[name][1], (name, refused[name])


def test_m08_files_that_no_artefact_has_are_refused(refused):
    extra = "is not named in the manifest; an artefact holds nothing else"
    expect(refused, ("code", extra), ("native code", extra), ("path hook", extra), ("MLmodel", extra))
    expect(refused, ("code folder", "links, folders and devices are refused"), ("crowd", "files or more"))


def test_m10_pickles_of_every_kind_are_refused_and_not_run(refused):
    text = "model.txt is not a LightGBM model in text form"
    expect(refused, ("pickle", text), ("gzip", text), ("pickle behind the right beginning", text))
    expect(refused, ("cloudpickle", "model_subsidised.txt is not a LightGBM model in text form"))
    expect(refused, ("joblib", "is not JSON of calibrations"), ("skops", "context.parquet is not a Parquet file"))
    expect(refused, ("listed pickle", "lists 'model.pkl'"), ("pickled manifest", "is not the JSON of a manifest"))


def test_m11_yaml_objects_and_endless_json_are_refused(refused):
    expect(refused, ("yaml manifest", "is not the JSON of a manifest"), ("a million keys", "has more than 12 keys"))
    expect(refused, ("a million keys in the manifest", "is larger than 4,194,304 bytes"), ("depth", "calibration.json"))


def test_m12_links_and_ways_up_are_refused(refused):
    links = "links, folders and devices are refused"
    expect(refused, ("symbolic link", links), ("hard link", links), ("pipe", links), ("way up", "lists '../model.txt'"))
    expect(refused, ("huge", "model.txt is larger than 268,435,456 bytes"))


def test_m14_what_everyone_may_write_is_refused(refused):
    expect(refused, ("open to all", "can be written by everyone; remove that right before it is trusted"))


def test_m15_calibrations_that_give_no_probabilities_are_refused(refused):
    slope = "market.slope: Input should be greater than 0"
    expect(refused, ("reversed", slope), ("flat", slope), ("NaN", "calibration.json"), ("infinity", "calibration.json"))


def test_m15_intervals_without_a_width_are_refused(refused):
    expect(refused, ("negative drift", "interval.drift"), ("endless drift", "interval.drift"))
    expect(refused, ("no interval", "interval: Field required"))


def test_m16_other_signals_than_the_builder_computes_are_refused(refused):
    expect(refused, ("other signals", "lacks ['luck']"), ("signals of other meaning", "signals of version 2"))
