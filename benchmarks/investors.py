"""What investors' names add to the 2013 benchmark, and how much of it is that a firm's record names any.

    python benchmarks/investors.py --data ../shared/data

As of 2011-07-31, by the recipe of the benchmark: without investors; with whether and how completely they are named;
with their records in other firms alone; and with all that is known of them. Each is measured on all firms, and on those
that name an investor, where completeness cannot pose as quality. Differences are to the first and paired: every model
is measured on the same resamples of the firms.
"""

import json
import tempfile
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from ablation import Fitting, figure, prepare, resampled
from crunchbase_2013 import OUTCOMES, Share, configuration, load

from littlegiants.features.families import investor_reach, investor_records, investors
from littlegiants.features.matrix import FEATURES

EVERY = {column.__name__ for column in (*investors.COLUMNS, *investor_records.COLUMNS, *investor_reach.COLUMNS)}
KNOWN = {
    "without investors": set[str](),
    "named or not": {column.__name__ for column in investors.COMPLETENESS},
    "records alone": {column.__name__ for column in investor_records.COLUMNS},
    "all of investors": EVERY,
}
_FIRST = next(iter(KNOWN))


def ablate(fitting: Fitting, resamples: int) -> dict[str, Any]:
    """Return the figures of each model, on all firms and on those that name an investor."""
    scores = {
        name: fitting.score([column for column in FEATURES if column not in EVERY - known])
        for name, known in KNOWN.items()
    }
    named = fitting.test.values[:, FEATURES.index("investors_named")] == 1
    found: dict[str, Any] = {}
    for title, rows in (("all firms", np.ones(len(named), bool)), ("firms that name an investor", named)):
        labels = fitting.test.market[rows]
        measured = resampled(labels, {name: s[rows] for name, s in scores.items()}, resamples, fitting.config.seed)
        found[title] = {
            "firms": int(rows.sum()),
            "base_rate": float(labels.mean()),
            "models": {
                name: {
                    metric: {"value": figure(values[name]), "adds": figure(values[name] - values[_FIRST])}
                    for metric, values in measured.items()
                }
                for name in KNOWN
            },
        }
    return found


def show(outcome: str, found: dict[str, Any]) -> None:
    """Print what was found for one outcome."""
    for title, some in found.items():
        print(f"\n{outcome}, {title}: {some['firms']:,}, base rate {some['base_rate']:.3f}")
        for name, metrics in some["models"].items():
            shown = [
                f"{metric} {_plain(f['value'], '')}, adds {_plain(f['adds'], '+')}" for metric, f in metrics.items()
            ]
            print(f"  {name:<18} {'   '.join(shown)}", flush=True)


def _plain(found: dict[str, float], sign: str) -> str:
    return f"{found['value']:{sign}.4f} [{found['low']:{sign}.4f}, {found['high']:{sign}.4f}]"


def main(
    data: Annotated[Path, typer.Option(help="Folder of the public data, crunchbase-2013-us/ and others.")],
    share: Share = 1,
    outcome: Annotated[list[str] | None, typer.Option(help="Only this outcome: market, exit or listed.")] = None,
    fits: Annotated[int, typer.Option(min=1, help="Boosters averaged behind each figure.")] = 3,
    resamples: Annotated[int, typer.Option(min=20, help="Resamples behind each interval.")] = 200,
    as_json: Annotated[Path | None, typer.Option("--json", help="Also write the figures here.")] = None,
) -> None:
    """Measure what investors' names add, for each outcome."""
    found = {}
    for name in outcome or OUTCOMES:
        with tempfile.TemporaryDirectory() as scratch:
            tables, undated, _, _ = load(data, Path(scratch) / "tables", share, name == "listed")
        found[name] = ablate(prepare(tables, configuration(OUTCOMES[name], holdout=True), undated, fits), resamples)
        show(name, found[name])
    if as_json is not None:
        as_json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
