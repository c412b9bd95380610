"""What each family of signals adds: the model without it, and a model of it alone, on a date nothing has seen.

    python benchmarks/ablation.py --data ../shared/data   # the 2013 export, as of 2011-07-31
    python benchmarks/ablation.py --simulated             # the simulated economy

The recipe is that of the benchmark of the same data. Differences are paired: every model is measured on the same
resamples of the test firms, so the intervals at 95 % say what chance in the choice of firms can do; chance in fitting
is dampened by averaging a few boosters' log-odds. A family whose signals never vary in the fitted rows is *unproven*:
these data can say nothing for it or against it.
"""

import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
import typer
from crunchbase_2013 import Share, configuration, load
from rich.console import Console
from rich.table import Table
from simulator import KNOWN_BY
from sklearn.metrics import average_precision_score, roc_auc_score

from littlegiants.features.matrix import FAMILIES, FEATURES
from littlegiants.features.population.population import Population
from littlegiants.ingest.readers.read import read_tables
from littlegiants.ingest.tables.tables import Tables
from littlegiants.models.outcomes import NAMES
from littlegiants.models.scoring.booster import log_odds
from littlegiants.training.config import DatesConfig, LabelConfig, TrainConfig
from littlegiants.training.panel import Panel, PanelSource, constant_columns
from littlegiants.training.simulator import simulate
from littlegiants.training.training_sets import TrainingSet, market_training_set

METRICS: dict[str, Callable[..., float]] = {"auc": roc_auc_score, "average_precision": average_precision_score}
_EDGES = (2.5, 97.5)


@dataclass(frozen=True, slots=True)
class Fitting:
    """What the final booster is fitted on, the rows it is measured on, and how many such boosters are averaged."""

    training_set: TrainingSet
    population: Population
    test: Panel
    config: TrainConfig
    fits: int

    def score(self, columns: list[str]) -> npt.NDArray[np.float64]:
        """Return the test firms' mean log-odds from boosters that know only these columns."""
        places = [FEATURES.index(name) for name in columns]
        values, seeds = self.test.values[:, places], range(self.config.seed, self.config.seed + self.fits)
        boosters = (self.training_set.fit(self.population, self.config, seed, columns) for seed in seeds)
        return np.mean([log_odds(booster, values) for booster in boosters], axis=0)


def prepare(tables: Tables, config: TrainConfig, undated: frozenset[str], fits: int) -> Fitting:
    """Make the panels of the recipe, as training does for its final booster and its test date."""
    known_by, rule = config.dates.known_by, config.label.rule()
    assert known_by is not None  # noqa: S101 - narrows the type; both recipes state it
    schedule = config.dates.schedule(rule.timespan, known_by)
    test = schedule.test
    assert test is not None  # noqa: S101 - narrows the type; both recipes hold a window out
    require_round, known = config.cohort.require_round, tables.known_by(known_by)
    learned = PanelSource(known.known_by(test), test, rule, require_round, undated)
    population = Population.fit(learned.tables, test if config.fresh_population else schedule.calibrate)
    observed = PanelSource(known, known_by, rule, require_round, undated)
    dates = (*schedule.fit, schedule.calibrate)
    training_set = market_training_set(learned, learned.panel(dates, population), test, population, config)
    return Fitting(training_set, population, observed.panel([test], population), config, fits)


def families() -> dict[str, list[str]]:
    """Return the columns of each family."""
    return {family: [column.__name__ for column in module.COLUMNS] for family, module in FAMILIES.items()}


def ablate(fitting: Fitting, resamples: int) -> dict[str, Any]:
    """Measure the whole model, and the differences that each family makes."""
    constant = set(constant_columns(fitting.training_set.panel.values))
    scores = {"all": fitting.score(list(FEATURES))}
    rows: dict[str, dict[str, Any]] = {}
    for family, columns in families().items():
        varying = [name for name in columns if name not in constant]
        rows[family] = {"signals": len(columns), "varying": len(varying), "unproven": not varying}
        if varying:
            scores[f"without {family}"] = fitting.score([name for name in FEATURES if name not in columns])
            scores[f"only {family}"] = fitting.score(columns)
    measured = resampled(fitting.test.market, scores, resamples, fitting.config.seed)
    for family, row in rows.items():
        if not row["unproven"]:
            row["adds"] = {m: figure(v["all"] - v[f"without {family}"]) for m, v in measured.items()}
            row["alone"] = {m: figure(v[f"only {family}"]) for m, v in measured.items()}
            row["alone_less_all"] = {m: figure(v[f"only {family}"] - v["all"]) for m, v in measured.items()}
    return {
        "as_of_date": fitting.test.dates[0].isoformat(),
        "fitted_rows": len(fitting.training_set.panel),
        "firms": len(fitting.test),
        "base_rate": float(fitting.test.market.mean()),
        "all": {metric: figure(values["all"]) for metric, values in measured.items()},
        "families": rows,
    }


def resampled(
    labels: npt.NDArray[np.int8], scores: dict[str, npt.NDArray[np.float64]], resamples: int, seed: int
) -> dict[str, dict[str, npt.NDArray[np.float64]]]:
    """Return each metric of each model: first on the firms as they are, then on each resample, the same for all."""
    random, size = np.random.default_rng(seed), len(labels)
    samples = [np.arange(size), *(random.integers(0, size, size) for _ in range(resamples))]
    return {
        metric: {
            name: np.array([measure(labels[rows], values[rows]) for rows in samples]) for name, values in scores.items()
        }
        for metric, measure in METRICS.items()
    }


def figure(values: npt.NDArray[np.float64]) -> dict[str, float]:
    low, high = np.percentile(values[1:], _EDGES)
    return {"value": float(values[0]), "low": float(low), "high": float(high)}


def show(outcome: str, found: dict[str, Any], console: Console) -> None:
    """Print what was found for one outcome."""
    whole = found["all"]
    title = f"{outcome}: {found['firms']:,} firms as of {found['as_of_date']}, base rate {found['base_rate']:.3f}"
    grid = Table("family", "signals", "AUC it adds", "AP it adds", "AUC alone", "AP alone", title=title)
    for family, row in found["families"].items():
        signals = f"{row['varying']} of {row['signals']}"
        if row["unproven"]:
            grid.add_row(family, signals, "unproven", "unproven", "unproven", "unproven")
            continue
        adds = [_signed(row["adds"][metric]) for metric in METRICS]
        grid.add_row(family, signals, *adds, *(_plain(row["alone"][metric]) for metric in METRICS))
    grid.add_row("all", "", "", "", *(_plain(whole[metric]) for metric in METRICS), style="bold")
    console.print(grid)
    unproven = [family for family, row in found["families"].items() if row["unproven"]]
    if unproven:
        console.print(f"Unproven, for no signal of theirs varies in the fitted rows: {', '.join(unproven)}.")
    console.print("A family adds something only where its interval lies above 0 (marked *).\n")


def _plain(figure: dict[str, float]) -> str:
    return f"{figure['value']:.3f} [{figure['low']:.3f}, {figure['high']:.3f}]"


def _signed(figure: dict[str, float]) -> str:
    mark = "*" if figure["low"] > 0 else ""
    return f"{figure['value']:+.4f} [{figure['low']:+.4f}, {figure['high']:+.4f}]{mark}"


def main(
    data: Annotated[Path | None, typer.Option(help="Folder with crunchbase-2013-us/ and sbir/.")] = None,
    simulated: Annotated[bool, typer.Option("--simulated", help="Use a simulated economy instead.")] = False,
    firms: Annotated[int, typer.Option(help="Firms of the simulated economy.")] = 20_000,
    share: Share = 1,
    outcome: Annotated[list[str] | None, typer.Option(help="Only this outcome.")] = None,
    fits: Annotated[int, typer.Option(min=1, help="Boosters averaged behind each figure.")] = 3,
    resamples: Annotated[int, typer.Option(min=20, help="Resamples behind each interval.")] = 200,
    as_json: Annotated[Path | None, typer.Option("--json", help="Also write the figures here.")] = None,
) -> None:
    """Measure what each family of signals adds, for each outcome."""
    if (data is None) != simulated:
        raise SystemExit("give either --data with the folder of the public data, or --simulated")
    console, found = Console(width=140), {}
    with tempfile.TemporaryDirectory() as scratch:
        undated: frozenset[str] = frozenset()
        if data is None:
            simulate(Path(scratch) / "economy", firms=firms, seed=7)
            tables = read_tables(Path(scratch) / "economy")
        else:
            tables, undated, _, _ = load(data, Path(scratch) / "tables", share)
    for name in outcome or NAMES:
        config = (
            TrainConfig(label=LabelConfig(outcome=name), dates=DatesConfig(known_by=KNOWN_BY))
            if simulated
            else configuration(name, holdout=True)
        )
        found[name] = ablate(prepare(tables, config, undated, fits), resamples)
        show(name, found[name], console)
    if as_json is not None:
        as_json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
