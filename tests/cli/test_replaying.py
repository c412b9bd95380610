"""``giants replay``: a model comes out of its record again, or the exit code says that it does not."""

import json
import shutil
from pathlib import Path

import pytest

from littlegiants.models.registry import registry
from tests.cli.conftest import giants


@pytest.mark.parametrize("run", ["1", "run", "folder"])
def test_a_model_comes_out_again(run, world):
    known = registry.versions(world.store)[-1]
    given = {"run": known.run_id, "folder": world.artefact}.get(run, run)
    done = giants("replay", given, "--data", world.data, "--store", world.store, "--json")
    assert (done.code, done.err) == (0, "")
    result = json.loads(done.out)
    assert (result["same"], result["digest"], result["differences"]) == (True, known.digest, [])


def test_other_data_do_not_give_it_again(world):
    shutil.copytree(world.data, "fewer")
    patents = Path("fewer/patents.csv")
    lines = patents.read_text(encoding="utf-8").splitlines()
    patents.write_text("\n".join(lines[:-100]) + "\n", encoding="utf-8")
    done = giants("replay", world.artefact, "--data", "fewer")
    assert done.code == 6
    assert done.err == f"giants: {world.artefact} does not come out again: data differ\n"
    assert "now:      not trained" in done.lines


def test_a_run_that_is_not_there(world):
    done = giants("replay", "0" * 32, "--data", world.data, "--store", world.store)
    assert (done.code, done.out) == (6, "")
    assert done.err.startswith("giants: no registered model is of the run '0000")
