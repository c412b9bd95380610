"""What old labels cost, and why the calibration is anchored: the figures behind decision 3.

    python benchmarks/label_age.py --data ../shared/data

On the 2013 export, as of 2011-07-31, outcome `market`: the skill of boosters whose newest labels are ever older, and
the calibration error of the refitted model with the honest calibration's own intercept and with the anchored one. All
with the default settings of a training and with those of `benchmarks/crunchbase_2013.py`, chosen on this very date.
"""

import json
import tempfile
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from crunchbase_2013 import AS_OF, Share, configuration, load

from littlegiants.features.matrix import FEATURES
from littlegiants.features.population.population import Population
from littlegiants.ingest.arrays import Floats
from littlegiants.models.manifest import Figure
from littlegiants.models.scoring.booster import fit_booster, log_odds
from littlegiants.models.scoring.calibration import Calibration
from littlegiants.models.scoring.model import current_categories
from littlegiants.training.config import TrainConfig
from littlegiants.training.evaluation.bootstrap import Bootstrap
from littlegiants.training.evaluation.metrics import SKILL, Metric, ece
from littlegiants.training.panel import Panel, PanelSource
from littlegiants.training.split import make_schedule

TEST = date(2011, 7, 31)
NEWEST = (date(2009, 5, 29), date(2008, 5, 29), date(2007, 3, 28))
_METRICS: dict[str, Metric] = {"auc": SKILL["auc"], "ece": ece}


def scores(source: PanelSource, config: TrainConfig, dates: tuple[date, ...], scored_on: date) -> tuple[Floats, Panel]:
    """Return the log-odds of the firms at one date, by a booster of earlier ones, and their panel."""
    population = Population.fit(source.tables, dates[-1])
    fitting, scored = source.panel(dates, population), source.panel([scored_on], population)
    categorical = [column for column, words in current_categories(population).items() if words]
    weights = fitting.weights(config.recency_half_life_months)
    booster = fit_booster(fitting.values, fitting.market, weights, FEATURES, categorical, config.booster, config.seed)
    return log_odds(booster, scored.values), scored


def measure(source: PanelSource, config: TrainConfig) -> dict[str, dict[str, Figure]]:
    """Return the figures of one set of settings, by what was measured."""
    timespan, bootstrap = source.rule.timespan, Bootstrap()
    found = {}
    for newest in NEWEST:
        raw, panel = scores(source, config, (newest,), TEST)
        found[f"newest labels of {newest}"] = bootstrap.figures({"auc": SKILL["auc"]}, panel.market, raw)
    count, spacing = config.dates.fit_dates, config.dates.spacing_months
    schedule = make_schedule(AS_OF, timespan, count, spacing, holdout=True)
    earlier, calibrating = scores(source, config, schedule.fit, schedule.calibrate)
    honest = Calibration.fit(earlier, calibrating.market)
    every = (*schedule.fit, schedule.calibrate)
    raw, panel = scores(source, config, every, TEST)
    own, _ = scores(source, config, every, schedule.calibrate)
    anchored = honest.anchored(own, float(calibrating.market.mean()))
    for name, calibration in (("refitted, own intercept", honest), ("refitted, anchored", anchored)):
        found[name] = bootstrap.figures(_METRICS, panel.market, calibration.probability(raw))
    return found


def main(
    data: Annotated[Path, typer.Option(help="Folder with crunchbase-2013-us/ and sbir/.")],
    share: Share = 1,
    as_json: Annotated[Path | None, typer.Option("--json", help="Also write the figures here.")] = None,
) -> None:
    """Measure the age of labels and the anchor, with the default settings and with the benchmark's."""
    chosen = configuration("market", holdout=True)
    default = TrainConfig(label=chosen.label, cohort=chosen.cohort)
    with tempfile.TemporaryDirectory() as scratch:
        tables, undated, _, _ = load(data, Path(scratch) / "tables", share)
    source = PanelSource(tables.known_by(AS_OF), AS_OF, chosen.label.rule(), chosen.cohort.require_round, undated)
    result = {name: measure(source, config) for name, config in (("default", default), ("chosen", chosen))}
    for name, rows in result.items():
        print(f"{name} settings, market, as of {TEST}")
        for row, figures in rows.items():
            shown = ", ".join(f"{key} {f.value:.3f} [{f.low:.3f}, {f.high:.3f}]" for key, f in figures.items())
            print(f"  {row:<28} {shown}")
    if as_json is not None:
        plain = {
            name: {row: {key: figure.model_dump() for key, figure in figures.items()} for row, figures in rows.items()}
            for name, rows in result.items()
        }
        as_json.write_text(json.dumps(plain, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
