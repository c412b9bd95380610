"""Challengers whose files are damaged, forged, or too many."""

import json
import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

import numpy as np

from littlegiants.features.matrix import FEATURES
from littlegiants.training.promotion.candidate import Candidate
from tests.models.forging import edit, manifest_of, sign
from tests.training.promotion.world import World

Maker = Callable[[World], Candidate]


def broken_files() -> Iterator[tuple[str, str, Maker]]:
    """What is wrong, the reason code, and how it is made."""

    def file(world: World, name: str, old: bytes, new: bytes, signed: bool = False) -> Candidate:
        candidate = world.write(world.model)
        edit(candidate.folder / name, old, new)
        if signed:
            sign(candidate.folder)
        return replace(candidate, digest=manifest_of(candidate.folder)["digest"])

    def stored(world: World, change: Callable[[dict], object]) -> Candidate:
        candidate = world.write(world.model)
        path = candidate.folder / "calibration.json"
        plain = json.loads(path.read_text())
        change(plain)
        path.write_text(json.dumps(plain))
        sign(candidate.folder)
        return replace(candidate, digest=manifest_of(candidate.folder)["digest"])

    yield "a digit of a leaf changed", "artefact", lambda w: file(w, "model.txt", b"leaf_value=", b"leaf_value=1")
    yield "a digit of the calibration changed", "artefact", lambda w: file(w, "calibration.json", b"0.", b"1.")
    yield "a figure of the manifest changed", "artefact", lambda w: file(w, "manifest.json", b'"seed": 7', b'"seed": 8')
    yield "a byte of the population changed", "artefact", lambda w: file(w, "context.parquet", b"PAR1", b"PAR2")
    yield "a file too many", "artefact", _with_code
    yield "a file missing", "artefact", _without_population
    yield "a falling calibration", "artefact", lambda w: stored(w, lambda c: c["market"].update(slope=-1.0))
    yield "a flat calibration", "artefact", lambda w: stored(w, lambda c: c["market"].update(slope=0.0))
    yield (
        "a calibration that is no number",
        "artefact",
        lambda w: stored(w, lambda c: c["market"].update(slope=math.nan)),
    )
    yield "no calibration", "artefact", lambda w: stored(w, lambda c: c.pop("market"))
    yield "a drift below 0", "artefact", lambda w: stored(w, lambda c: c["interval"].update(drift=-0.1))
    yield "a drift that is no number", "artefact", lambda w: stored(w, lambda c: c["interval"].update(drift=math.nan))
    yield "no interval", "artefact", lambda w: stored(w, lambda c: c.pop("interval"))
    yield (
        "a digit of a variance changed",
        "artefact",
        lambda w: file(w, "interval_variance.txt", b"leaf_value=", b"leaf_value=1"),
    )
    yield "the bias of other columns", "artefact", lambda w: file(w, "interval_bias.txt", *_swapped(), signed=True)
    yield "column names swapped in the booster", "artefact", lambda w: file(w, "model.txt", *_swapped(), signed=True)
    yield "another artefact than was registered", "digest", lambda w: replace(w.write(w.model), digest="0" * 64)
    for up in (True, False):
        yield f"recorded score an ulp {'up' if up else 'down'}", "golden_rows", partial(_an_ulp, up)
    yield "no recorded scores", "golden_rows", lambda w: w.write(w.model, recorded_scores=())
    yield (
        "one leaf an ulp up, recorded scores as they were",
        "golden_rows",
        lambda w: w.write(w.leaves(lambda _t, _n, v: float(np.nextafter(v, 9))), recorded=False),
    )
    yield (
        "booster of another seed, recorded scores as they were",
        "golden_rows",
        lambda w: w.write(w.fit(seed=3), False),
    )


def _swapped() -> tuple[bytes, bytes]:
    names = f"feature_names={FEATURES[0]} {FEATURES[1]} "
    return names.encode(), f"feature_names={FEATURES[1]} {FEATURES[0]} ".encode()


def _with_code(world: World) -> Candidate:
    candidate = world.write(world.model)
    (candidate.folder / "run.py").write_text("print()")
    return candidate


def _without_population(world: World) -> Candidate:
    candidate = world.write(world.model)
    (candidate.folder / "context.parquet").unlink()
    return candidate


def _an_ulp(up: bool, world: World) -> Candidate:
    (row, *rest) = world.model.manifest.recorded_scores
    p, *others = row.scores.split()
    moved = float(np.nextafter(float(p), 1.0 if up else 0.0))
    return world.write(
        world.model, recorded_scores=(row.model_copy(update={"scores": " ".join([repr(moved), *others])}), *rest)
    )


def fat(world: World) -> Candidate:
    """An artefact of 25 MB."""
    # A note that LightGBM reads past: nothing is wrong with the model but its size.
    candidate = world.write(world.model)
    path = candidate.folder / "model.txt"
    path.write_bytes(
        path.read_bytes() + b"\nparameters:\n" + b"[note: " + b"x" * 25_000_000 + b"]\nend of parameters\n"
    )
    sign(candidate.folder)
    return replace(candidate, digest=manifest_of(candidate.folder)["digest"])
