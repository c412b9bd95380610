"""Which recipe ranks firms best at dates it was not trained on: the table of decision 11.

    python benchmarks/recipes.py --data ../shared/data

On the 2013 export, at rolling origins whose window of 793 days had ended by 2013-10-01: each recipe is fitted on what
was known at the origin, with labels complete by then, and ranks the firms at risk that day. Shown is the mean over the
origins of each figure, and of its difference to the first recipe, with the 95 % interval of a bootstrap that draws
firms, each with all its origins. 2011-07-31 stands apart: the recipes were not chosen on it, the first one was.
"""

import json
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from crunchbase_2013 import AS_OF, WINDOW_DAYS, load

from littlegiants.features.matrix import FAMILIES, FEATURES
from littlegiants.features.population.population import Population
from littlegiants.ingest.arrays import Floats
from littlegiants.ingest.tables.tables import Tables
from littlegiants.models.label_timespan import LabelTimespan
from littlegiants.models.scoring.booster import BoosterConfig, fit_booster, log_odds
from littlegiants.models.scoring.model import current_categories
from littlegiants.training.evaluation.metrics import DECISIONS, SKILL
from littlegiants.training.labels import LabelRule
from littlegiants.training.panel import Panel, PanelSource
from littlegiants.training.split import schedule_before

ORIGINS = (date(2008, 6, 1), date(2009, 5, 29), date(2010, 3, 1), date(2010, 7, 1), date(2010, 11, 1))
LAST = date(2011, 7, 31)
METRICS = {**SKILL, "precision_at_100": DECISIONS["precision_at_100"]}
_FORMER = BoosterConfig(trees=120, leaf_firms=200)
_RANDOM = BoosterConfig(trees=200, leaf_firms=200, random_splits=True)


@dataclass(frozen=True, slots=True)
class Recipe:
    """What is varied; the rest is that of `crunchbase_2013.configuration`."""

    booster: BoosterConfig = _FORMER
    fresh: bool = False
    credit: float = 0.0
    fit_dates: int = 3
    spacing_months: int = 12
    half_life_months: float | None = 12.0
    without: tuple[str, ...] = ()
    seeds: tuple[int, ...] = (7,)


# No recipe: fitted on other firms of the very date of the test, which shows what the drift between dates costs.
CEILING = "outcomes of the origin itself"
_FOLDS = 5
BOTH = Recipe(_RANDOM, fresh=True)
_COMMON = {
    "former": Recipe(),
    "former, 5 seeds averaged": Recipe(seeds=(7, 8, 9, 10, 11)),
    "former, dates every 6 months": Recipe(fit_dates=6, spacing_months=6),
    "former, no market heat": Recipe(without=("market heat",)),
    "former, 400 firms in a leaf": Recipe(BoosterConfig(trees=120, leaf_firms=400)),
    "population known at the origin": Recipe(fresh=True),
    "random splits": Recipe(_RANDOM),
    "random splits, population": BOTH,
    "both, stumps": replace(BOTH, booster=BoosterConfig(trees=300, leaves=2, leaf_firms=200, random_splits=True)),
    "both, all dates alike": replace(BOTH, half_life_months=None),
    "both, newest date only": replace(BOTH, half_life_months=0.5),
    "both, no heat and no breadth": replace(BOTH, without=("market heat", "sector breadth")),
}
RECIPES = {
    "market": _COMMON,
    "exit": _COMMON
    | {f"both, a round counts {credit}": replace(BOTH, credit=credit) for credit in (0.05, 0.1, 0.2, 0.3)}
    | {"former, a round counts 0.1": Recipe(credit=0.1)},
}


@dataclass(slots=True)
class Origin:
    """One as-of date: what was known by then, and what came; panels are made once for all recipes."""

    known: PanelSource
    observed: PanelSource
    _panels: dict[object, Panel] = field(default_factory=dict)
    _populations: dict[date, Population] = field(default_factory=dict)

    @property
    def day(self) -> date:
        """The as-of date."""
        return self.known.known_by

    def panel(self, days: Iterable[date], through: date) -> Panel:
        """Return the panel of dates as compared with the population of a date."""
        dates, source = tuple(days), self.observed if self.day in days else self.known
        if (dates, through) not in self._panels:
            self._panels[dates, through] = source.panel(dates, self.population(through))
        return self._panels[dates, through]

    def population(self, through: date) -> Population:
        """Return the population known at a date."""
        if through not in self._populations:
            self._populations[through] = Population.fit(self.known.tables, through)
        return self._populations[through]

    def scores(self, recipe: Recipe) -> Floats:
        """Return the log-odds of the firms at the origin."""
        schedule = schedule_before(self.day, self.known.rule.timespan, recipe.fit_dates, recipe.spacing_months)
        dates = (*schedule.fit, schedule.calibrate)
        through = self.day if recipe.fresh else schedule.calibrate
        fitting, test = self.panel(dates, through), self.panel((self.day,), through)
        labels = self.known.partial(fitting, recipe.credit)
        left_out = [builder.__name__ for family in recipe.without for builder in FAMILIES[family].COLUMNS]
        # A column without a value is one that no tree can split.
        values = np.where(np.isin(FEATURES, left_out), np.nan, fitting.values)
        categorical = [column for column, words in current_categories(self.population(through)).items() if words]
        weights = fitting.weights(recipe.half_life_months)
        boosters = (
            fit_booster(values, labels, weights, FEATURES, categorical, recipe.booster, seed) for seed in recipe.seeds
        )
        return np.mean([log_odds(booster, test.values) for booster in boosters], axis=0)

    def ceiling(self, config: BoosterConfig, seed: int) -> Floats:
        """Return the log-odds of the firms at the origin, each by a booster of the others' outcomes at that date."""
        panel, categories = self.outcomes(), current_categories(self.population(self.outcomes_known))
        categorical = [column for column, words in categories.items() if words]
        fold = np.random.default_rng(seed).permutation(np.arange(len(panel)) % _FOLDS)
        found = np.empty(len(panel))
        for number in range(_FOLDS):
            rest = panel.rows(fold != number)
            ones = np.ones(len(rest))
            booster = fit_booster(rest.values, rest.market, ones, FEATURES, categorical, config, seed)
            found[fold == number] = log_odds(booster, panel.values[fold == number])
        return found

    @property
    def outcomes_known(self) -> date:
        """The newest date whose outcomes are known at the origin."""
        return schedule_before(self.day, self.known.rule.timespan, 1, 1).calibrate

    def outcomes(self) -> Panel:
        """Return the firms at the origin with what came of them."""
        return self.panel((self.day,), self.outcomes_known)


def origin(tables: Tables, undated: frozenset[str], outcome: str, day: date) -> Origin:
    """Return one origin of an outcome."""
    observed = PanelSource(
        tables.known_by(AS_OF), AS_OF, LabelRule(outcome, LabelTimespan(days=WINDOW_DAYS)), True, undated
    )
    return Origin(replace(observed, tables=tables.known_by(day), known_by=day), observed)


def figures(panels: list[Panel], scores: list[Floats], counts: list[Floats] | None = None) -> Floats:
    """Return the mean over the origins of each of `METRICS`; firms are repeated as often as ``counts`` says."""
    found = []
    for place, (panel, score) in enumerate(zip(panels, scores, strict=True)):
        rows = np.arange(len(panel)) if counts is None else np.repeat(np.arange(len(panel)), counts[place])
        found.append([metric(panel.market[rows], score[rows]) for metric in METRICS.values()])
    return np.mean(found, axis=0)


def compare(panels: list[Panel], scores: dict[str, list[Floats]], resamples: int, seed: int) -> dict[str, Floats]:
    """Return for each recipe and metric: the figure, its difference to the first recipe, and the interval's ends."""
    names = list(scores)
    firms, codes = np.unique(np.concatenate([panel.firm_ids for panel in panels]), return_inverse=True)
    places = np.split(codes, np.cumsum([len(panel) for panel in panels])[:-1])
    random = np.random.default_rng(seed)
    drawn = []
    for _ in range(resamples):
        times = np.bincount(random.integers(len(firms), size=len(firms)), minlength=len(firms))
        counts = [times[place] for place in places]
        drawn.append([figures(panels, scores[name], counts) for name in names])
    point = np.array([figures(panels, scores[name]) for name in names])
    spread = np.array(drawn) - np.array(drawn)[:, :1]
    low, high = np.percentile(spread, [2.5, 97.5], axis=0)
    return {
        name: np.stack([point[row], point[row] - point[0], low[row], high[row]], axis=1)
        for row, name in enumerate(names)
    }


def main(
    data: Annotated[Path, typer.Option(help="Folder with crunchbase-2013-us/ and sbir/.")],
    resamples: Annotated[int, typer.Option(help="Resamples behind each interval.")] = 40,
    as_json: Annotated[Path | None, typer.Option("--json", help="Also write the figures here.")] = None,
) -> None:
    """Fit every recipe at every origin and compare them."""
    with tempfile.TemporaryDirectory() as scratch:
        tables, undated, _, _ = load(data, Path(scratch) / "tables")
    written = {}
    for outcome, recipes in RECIPES.items():
        for title, days in (("origins", ORIGINS), ("last origin", (LAST,))):
            panels: list[Panel] = []
            scores: dict[str, list[Floats]] = {name: [] for name in (*recipes, CEILING)}
            for day in days:
                here = origin(tables, undated, outcome, day)
                panels.append(here.outcomes())
                for name, recipe in recipes.items():
                    scores[name].append(here.scores(recipe))
                scores[CEILING].append(here.ceiling(_RANDOM, seed=7))
            table = compare(panels, scores, resamples, seed=7)
            print(f"\n{outcome}, {title} {', '.join(map(str, days))}: {', '.join(METRICS)}")
            for name, rows in table.items():
                shown = "  ".join(f"{p:.3f} {d:+.4f} [{low:+.4f}, {high:+.4f}]" for p, d, low, high in rows)
                print(f"  {name:<34} {shown}", flush=True)
            written[f"{outcome}, {title}"] = {name: rows.tolist() for name, rows in table.items()}
    if as_json is not None:
        as_json.write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
