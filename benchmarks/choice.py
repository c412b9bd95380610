"""Which settings of the booster rank best at dates up to November 2010, and what it costs to have chosen them.

    python benchmarks/choice.py --data ../shared/data

Each setting is fitted at rolling origins on what was known there (`recipes.py`), early outcomes aside. The best of them
looks better than it is, for it was chosen. The price of that is estimated by choosing again: on the origins before each
one, by the mean area under the curve, and measuring its lead over the mean of all settings there and on the origin
itself. 2011-07-31 has no part in it.
"""

import json
import tempfile
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from crunchbase_2013 import OUTCOMES, Share, configuration, load
from recipes import ORIGINS, Recipe, origin
from sklearn.metrics import roc_auc_score

from littlegiants.ingest.arrays import Floats
from littlegiants.models.scoring.booster import BoosterConfig

_DAYS = ORIGINS[1:]  # too little was known in 2008


def settings(outcome: str) -> dict[str, BoosterConfig]:
    """Return the settings compared, that of the benchmark among them."""
    some = _with(configuration(outcome, holdout=True).booster, trees=200, leaf_firms=200)
    return {
        "200 firms in a leaf": some,
        "100 firms in a leaf": _with(some, leaf_firms=100),
        "400 firms in a leaf": _with(some, leaf_firms=400),
        "300 trees, 100 in a leaf": _with(some, trees=300, leaf_firms=100),
        "400 trees": _with(some, trees=400),
        "120 trees, best splits": _with(some, trees=120, random_splits=False),
        "signs not held" if some.signs else "signs held": _with(some, signs=not some.signs),
    }


def _with(config: BoosterConfig, **fields: object) -> BoosterConfig:
    return BoosterConfig.model_validate({**config.model_dump(), **fields})


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen on the origins before one: its lead over the mean setting there, and on the origin itself."""

    day: str
    name: str
    promised: float
    kept: float


def choices(names: list[str], auc: Floats) -> list[Choice]:
    """Return the choice before each origin but the first two.

    Parameters
    ----------
    names
        The settings.
    auc : ndarray, shape (origins, settings)
        The figure of each.
    """
    found = []
    for place in range(2, len(auc)):
        before, here = auc[:place].mean(axis=0), auc[place]
        best = int(before.argmax())
        promised, kept = before[best] - before.mean(), here[best] - here.mean()
        found.append(Choice(str(_DAYS[place]), names[best], float(promised), float(kept)))
    return found


def main(
    data: Annotated[Path, typer.Option(help="Folder of the public data, crunchbase-2013-us/ and others.")],
    share: Share = 1,
    outcome: Annotated[list[str] | None, typer.Option(help="Only this outcome: market, exit or listed.")] = None,
    as_json: Annotated[Path | None, typer.Option("--json", help="Also write the figures here.")] = None,
) -> None:
    """Compare the settings at every origin, and choose among them as often as there were origins before."""
    written: dict[str, dict[str, Any]] = {}
    for title in outcome or OUTCOMES:
        name = OUTCOMES[title]
        with tempfile.TemporaryDirectory() as scratch:
            tables, undated, _, _ = load(data, Path(scratch) / "tables", share, title == "listed")
        some, auc = settings(name), []
        recipe = Recipe(fresh=True, credit=configuration(name, holdout=True).label.round_credit, seeds=(7, 8))
        for day in _DAYS:
            here = origin(tables, undated, name, day)
            labels = here.panel((day,), day).market
            auc.append([roc_auc_score(labels, here.scores(replace(recipe, booster=b))) for b in some.values()])
        made = choices(list(some), np.array(auc))
        written[title] = {
            "auc": dict(zip(some, np.transpose(auc).tolist(), strict=True)),
            "choices": [asdict(choice) for choice in made],
        }
        print(f"\n{title}, area under the curve at {', '.join(map(str, _DAYS))}")
        for label, row in written[title]["auc"].items():
            used = " (benchmark)" if some[label] == configuration(name, holdout=True).booster else ""
            print(f"  {label:<26} {np.mean(row):.4f}   {'  '.join(f'{value:.3f}' for value in row)}{used}")
        for choice in made:
            gains = f"{choice.promised:+.4f} there, {choice.kept:+.4f} here"
            print(f"  before {choice.day} the best was {choice.name!r}: {gains}")
        price = float(np.mean([choice.promised - choice.kept for choice in made]))
        print(f"  price of choice: {price:.4f}", flush=True)
        written[title]["price"] = price
    if as_json is not None:
        as_json.write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
