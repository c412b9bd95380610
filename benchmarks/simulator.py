"""The simulated economy: the model against the true probabilities, which no model can beat.

    python benchmarks/simulator.py

Trains on what was known by 2025-12-31 and tests on the newest complete window, 2023-12-31 to 2025-12-31.
"""

import json
import tempfile
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import typer
from rich.console import Console
from rich.table import Table

from littlegiants.ingest.readers.read import read_tables
from littlegiants.models.manifest import Figure
from littlegiants.training.config import DatesConfig, TrainConfig
from littlegiants.training.evaluation.bootstrap import Bootstrap
from littlegiants.training.evaluation.metrics import CALIBRATION, SKILL
from littlegiants.training.pipeline import train
from littlegiants.training.simulator import simulate

KNOWN_BY = date(2025, 12, 31)


@dataclass(frozen=True, slots=True)
class Result:
    """What the benchmark measures; all on the test date, which training never saw.

    Attributes
    ----------
    share_of_truth
        AUC of the model over AUC of the true probabilities, on the same realised outcomes.
    coverage
        Share of firms whose true probability lies within the model's interval. The interval is about what the recipe
        would say with far more firms, and the truth knows what no signal tells, so less than 80 % is expected.
    width
        Mean width of the interval.
    mean_error
        Mean absolute difference between the model's and the true probability.
    """

    firms: int
    model: dict[str, Figure]
    truth: dict[str, Figure]
    baselines: dict[str, float]
    share_of_truth: float
    coverage: float
    width: float
    mean_error: float


def measure(folder: Path, firms: int, seed: int) -> Result:
    """Simulate into a folder, train, and hold the model against the truth."""
    simulate(folder, firms=firms, seed=seed)
    trained = train(read_tables(folder), TrainConfig(dates=DatesConfig(known_by=KNOWN_BY)))
    test = trained.test
    assert test is not None  # noqa: S101 - the configuration holds a window out
    probability, low, high = trained.model.interval(test.values)
    true = _truth(folder, test.dates[0]).reindex(test.firm_ids)["p_market"].to_numpy(np.float64)
    known = ~np.isnan(true)
    labels, true, probability = test.market[known], true[known], probability[known]
    figures = Bootstrap().figures({**SKILL, **CALIBRATION}, labels, probability)
    best = Bootstrap().figures({**SKILL, **CALIBRATION}, labels, true)
    return Result(
        firms=int(known.sum()),
        model=figures,
        truth=best,
        baselines={name: found["auc"].value for name, found in trained.model.manifest.baselines.items()},
        share_of_truth=figures["auc"].value / best["auc"].value,
        coverage=float(((low[known] <= true) & (true <= high[known])).mean()),
        width=float((high - low)[known].mean()),
        mean_error=float(np.abs(true - probability).mean()),
    )


def _truth(folder: Path, as_of: date) -> pd.DataFrame:
    frame = pd.read_parquet(folder / "truth" / "truth.parquet")
    return frame[pd.to_datetime(frame["as_of_date"]).dt.date == as_of].set_index("firm_id")


def main(
    firms: Annotated[int, typer.Option(help="Firms ever founded.")] = 20_000,
    seed: Annotated[int, typer.Option(help="Seed of the economy.")] = 7,
    as_json: Annotated[Path | None, typer.Option("--json", help="Also write the figures here.")] = None,
) -> None:
    """Simulate, train and compare."""
    with tempfile.TemporaryDirectory() as scratch:
        result = measure(Path(scratch) / "economy", firms, seed)
    grid = Table("metric", "model", "true probabilities", title=f"{result.firms:,} firms, out of time")
    for name, figure in result.model.items():
        best = result.truth[name]
        grid.add_row(
            name,
            f"{figure.value:.4f} [{figure.low:.4f}, {figure.high:.4f}]",
            f"{best.value:.4f} [{best.low:.4f}, {best.high:.4f}]",
        )
    console = Console()
    console.print(grid)
    for name, auc in result.baselines.items():
        console.print(f"auc of {name}: {auc:.4f}")
    console.print(f"share of the truth's auc: {result.share_of_truth:.4f}")
    console.print(f"true probability within the interval: {result.coverage:.1%}, mean width {result.width:.4f}")
    console.print(f"mean absolute error of the probability: {result.mean_error:.4f}")
    if as_json is not None:
        plain = asdict(result) | {
            "model": {name: figure.model_dump() for name, figure in result.model.items()},
            "truth": {name: figure.model_dump() for name, figure in result.truth.items()},
        }
        as_json.write_text(json.dumps(plain, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
