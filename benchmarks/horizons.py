"""Several horizons, signs and stacking against the recipe of the 2013 benchmark: the table of decision 13.

    python benchmarks/horizons.py --data ../shared/data

The same origins, figures and intervals as `recipes.py`, whose chosen recipe stands first. Early outcomes are those
within some months of a newer date; a second booster is fitted to them (`littlegiants.training.training_sets`). A hazard
is the probability of the outcome within one interval of the time since the as-of date, for firms that had none before
(discrete-time survival, Singer and Willett 1993; Allison 1982). It learns from every interval that had ended at the
origin, so also from as-of dates whose whole window had not. One booster fits all intervals, given the number of the
interval as a column more; the probability by a horizon is one less the product of what is survived, and so never falls
as the horizon grows.
"""

import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from crunchbase_2013 import WINDOW_DAYS, load
from recipes import BOTH, LAST, METRICS, ORIGINS, Origin, Recipe, compare, origin

from littlegiants.features.matrix import CATEGORICAL, FEATURES
from littlegiants.ingest.arrays import Floats
from littlegiants.models.label_timespan import LabelTimespan
from littlegiants.models.scoring.baselines import logistic
from littlegiants.models.scoring.booster import fit_booster, log_odds
from littlegiants.models.scoring.model import current_categories
from littlegiants.training.config import LabelConfig, TrainConfig
from littlegiants.training.labels import MARKET, label
from littlegiants.training.panel import Panel
from littlegiants.training.split import schedule_before
from littlegiants.training.training_sets import market_training_set

Scores = Callable[[Origin], Floats]
_INTERVAL = "interval"
_TINY = 1e-12


@dataclass(frozen=True, slots=True)
class Hazard:
    """A recipe by intervals.

    Attributes
    ----------
    recipe
        As-of dates, weights and booster.
    ends
        Last days of the intervals, counted from the as-of date; one of them is that of the outcome's window.
    newer
        Further as-of dates: as late as the first interval, or the first two and so on, had ended at the origin.
    """

    recipe: Recipe
    ends: tuple[int, ...]
    newer: bool = True

    def scores(self, at: Origin) -> Floats:
        """Return the log-odds of the outcome within its window, for the firms at the origin."""
        values, events, weights = self._periods(at)
        through = at.day if self.recipe.fresh else at.outcomes_known
        words = current_categories(at.population(through))
        categorical = [column for column, some in words.items() if some]
        names, seed = (*FEATURES, _INTERVAL), self.recipe.seeds[0]
        booster = fit_booster(values, events, weights, names, categorical, self.recipe.booster, seed)
        test = at.panel((at.day,), through).values
        survived = np.ones(len(test))
        for number in range(self.ends.index(WINDOW_DAYS) + 1):
            survived *= 1 - 1 / (1 + np.exp(-log_odds(booster, _numbered(test, number))))
        return np.log((1 - survived + _TINY) / (survived + _TINY))

    def dates(self, at: Origin) -> tuple[date, ...]:
        """Return the as-of dates to fit on."""
        recipe = self.recipe
        schedule = schedule_before(at.day, at.known.rule.timespan, recipe.fit_dates, recipe.spacing_months)
        newer = [at.day - timedelta(days=end) for end in self.ends if end < WINDOW_DAYS] if self.newer else []
        return (*schedule.fit, schedule.calibrate, *sorted(newer))

    def _periods(self, at: Origin) -> tuple[Floats, Floats, Floats]:
        """Return one row for each firm, as-of date and interval that the firm began and that had ended by then."""
        days, through = self.dates(at), at.day if self.recipe.fresh else at.outcomes_known
        first = replace(at.known, rule=replace(at.known.rule, timespan=LabelTimespan(days=self.ends[0])))
        panel = first.panel(days, at.population(through))
        weight = panel.weights(self.recipe.half_life_months)
        values, events, weights = [], [], []
        before = np.zeros(len(panel))
        for number, end in enumerate(self.ends):
            so_far, ended = _by(at, panel, end, self.recipe.credit)
            rows = np.flatnonzero(ended & (before < 1))
            values.append(_numbered(panel.values[rows], number))
            # What counts in part was counted in the interval that it fell in.
            events.append(np.where(so_far == 1, 1.0, so_far - before)[rows])
            weights.append(weight[rows])
            before = np.maximum(before, so_far)
        return np.concatenate(values), np.concatenate(events), np.concatenate(weights)


def _numbered(values: Floats, interval: int) -> Floats:
    return np.column_stack((values, np.full(len(values), float(interval))))


def _by(at: Origin, panel: Panel, end: int, credit: float) -> tuple[Floats, np.ndarray]:
    """Return what had happened to each row by that many days, and whether so many days had passed at the origin."""
    so_far, ended = np.zeros(len(panel)), np.zeros(len(panel), bool)
    rule = replace(at.known.rule, timespan=LabelTimespan(days=end))
    for place, day in enumerate(panel.dates):
        rows = np.flatnonzero(panel.as_of == place)
        if day + timedelta(days=end) > at.day:
            continue
        firms = np.searchsorted(at.known.tables.firm_ids, panel.firm_ids[rows])
        ended[rows] = True
        so_far[rows] = label(at.known.tables, firms, day, at.day, rule) == MARKET
        if credit:
            near = label(at.known.tables, firms, day, at.day, replace(rule, partial=True)) == MARKET
            so_far[rows] = np.maximum(so_far[rows], credit * near)
    return so_far, ended


def averaged(one: Scores, other: Scores) -> Scores:
    """Return the mean log-odds of two ways."""
    return lambda at: (one(at) + other(at)) / 2


def early(recipe: Recipe, months: int, outcome: str) -> Scores:
    """Return the recipe as the product fits it, with a second booster for what came early after a newer date."""
    label = LabelConfig(outcome=outcome, timespan_days=WINDOW_DAYS, round_credit=recipe.credit)
    config = TrainConfig(
        label=label,
        booster=recipe.booster,
        recency_half_life_months=recipe.half_life_months,
        early_months=months,
    )

    def scores(at: Origin) -> Floats:
        schedule = schedule_before(at.day, at.known.rule.timespan, recipe.fit_dates, recipe.spacing_months)
        through = at.day if recipe.fresh else schedule.calibrate
        fitting, population = at.panel((*schedule.fit, schedule.calibrate), through), at.population(through)
        training_set = market_training_set(at.known, fitting, at.day, population, config)
        return log_odds(training_set.fit(population, config, recipe.seeds[0]), at.panel((at.day,), through).values)

    return scores


def stacked(recipe: Recipe, share: float) -> Scores:
    """Return the recipe's log-odds averaged with those of a logistic regression on the same rows."""

    def scores(at: Origin) -> Floats:
        schedule = schedule_before(at.day, at.known.rule.timespan, recipe.fit_dates, recipe.spacing_months)
        through = at.day if recipe.fresh else schedule.calibrate
        fitting, test = at.panel((*schedule.fit, schedule.calibrate), through), at.panel((at.day,), through)
        places = tuple(FEATURES.index(column) for column in CATEGORICAL)
        linear = logistic(fitting.values, fitting.market, fitting.weights(recipe.half_life_months), places)
        p = np.clip(linear(test.values), _TINY, 1 - _TINY)
        return (1 - share) * at.scores(recipe) + share * np.log(p / (1 - p))

    return scores


def ways(outcome: str) -> dict[str, Scores]:
    """Return what is compared, the recipe that decision 11 came to first."""
    chosen = replace(BOTH, credit=0.1) if outcome == "exit" else BOTH
    year, window = 396, WINDOW_DAYS
    # A booster that fits two intervals at once has twice the rows, and half the outcomes in each.
    wider = replace(chosen, booster=chosen.booster.model_copy(update={"trees": 300}))
    signed = replace(chosen, booster=chosen.booster.model_copy(update={"signs": True}))
    return {
        "former recipe, one horizon": _plain(chosen),
        "averaged with early outcomes, 7 months": early(chosen, 7, outcome),
        "averaged with early outcomes, 13 months": early(chosen, 13, outcome),
        "averaged with hazard, 2 intervals, newer": averaged(_plain(chosen), Hazard(chosen, (year, window)).scores),
        "hazard, 2 intervals": Hazard(chosen, (year, window), newer=False).scores,
        "hazard, 2 intervals, newer date": Hazard(chosen, (year, window)).scores,
        "hazard, 2 intervals, newer, 300 trees": Hazard(wider, (year, window)).scores,
        "hazard, 4 intervals, newer dates": Hazard(chosen, (198, year, 595, window)).scores,
        "hazard, 12/26/36/60 months, newer date": Hazard(wider, (365, window, 1096, 1826)).scores,
        "signs": _plain(signed),
        "signs, averaged with early outcomes": early(signed, 13, outcome),
        "stacked, a quarter logistic": stacked(chosen, 0.25),
        "stacked, half logistic": stacked(chosen, 0.5),
    }


def _plain(recipe: Recipe) -> Scores:
    return lambda at: at.scores(recipe)


def main(
    data: Annotated[Path, typer.Option(help="Folder with crunchbase-2013-us/ and sbir/.")],
    resamples: Annotated[int, typer.Option(help="Resamples behind each interval.")] = 40,
    as_json: Annotated[Path | None, typer.Option("--json", help="Also write the figures here.")] = None,
) -> None:
    """Fit everything at every origin and compare."""
    with tempfile.TemporaryDirectory() as scratch:
        tables, undated, _, _ = load(data, Path(scratch) / "tables")
    written = {}
    for outcome in ("market", "exit"):
        for title, days in (("origins", ORIGINS), ("last origin", (LAST,))):
            here = [origin(tables, undated, outcome, day) for day in days]
            scores = {name: [score(at) for at in here] for name, score in ways(outcome).items()}
            table = compare([at.outcomes() for at in here], scores, resamples, seed=7)
            print(f"\n{outcome}, {title} {', '.join(map(str, days))}: {', '.join(METRICS)}")
            for name, rows in table.items():
                shown = "  ".join(f"{p:.3f} {d:+.4f} [{low:+.4f}, {high:+.4f}]" for p, d, low, high in rows)
                print(f"  {name:<40} {shown}", flush=True)
            written[f"{outcome}, {title}"] = {name: rows.tolist() for name, rows in table.items()}
    if as_json is not None:
        as_json.write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
