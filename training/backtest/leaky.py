"""The leaky twin: the same firms and outcomes as at an origin, measured in a way that flatters.

The *leaky twin* shuffles firms into random folds and computes their signals as of the end of the data, as many studies
do with a crawled export: it has seen the rounds and patents that came after the success it predicts (Kaufman, Rosset,
Perlich and Stitelman 2012). Two controls stand between it and the honest figure: random folds alone, with signals as of
the origin; and the honest recipe fitted on shuffled labels, which must find nothing.
"""

from datetime import date

import numpy as np

from littlegiants.features.matrix import FEATURES
from littlegiants.features.population.population import Population
from littlegiants.ingest.arrays import Floats
from littlegiants.ingest.tables.tables import Tables
from littlegiants.models.manifest import Figure
from littlegiants.models.scoring.booster import fit_booster, log_odds
from littlegiants.models.scoring.model import current_categories
from littlegiants.training.backtest.measures import ranking
from littlegiants.training.backtest.origin import Origin, matrix_of
from littlegiants.training.backtest.result import Result
from littlegiants.training.evaluation.bootstrap import Bootstrap, figure, figures
from littlegiants.training.evaluation.metrics import SKILL, Labels
from littlegiants.training.evaluation.pooled_outcomes import PooledOutcomes
from littlegiants.training.panel import Panel, PanelSource
from littlegiants.training.training_sets import training_labels


class Twin(Result):
    """The honest figures of an origin beside the flattering ones of the same firms.

    Attributes
    ----------
    as_of, crawled
        The origin, and the day as of which the leaky twin's signals were computed.
    honest
        The model of the backtest.
    random_split
        The same settings in random folds of the origin's own firms, signals as of the origin.
    leaky
        Random folds and signals as of ``crawled``.
    flattery
        Leaky less honest, with the interval of the paired bootstrap.
    shuffled_auc
        Mean AUC of the honest recipe fitted on shuffled labels, with the least and the greatest over the shuffles:
        about 0.5, or the recipe leaks.
    """

    as_of: date
    crawled: date
    honest: dict[str, Figure]
    random_split: dict[str, Figure]
    leaky: dict[str, Figure]
    flattery: dict[str, Figure]
    shuffled_auc: Figure


def leaky_twin(tables: Tables, origin: Origin, crawled: date, folds: int, shuffles: int, bootstrap: Bootstrap) -> Twin:
    """Measure an origin's firms honestly, in random folds, and with signals of the future.

    Parameters
    ----------
    tables
        All rows known by ``crawled``.
    origin
        The honest model and its firms.
    crawled
        The end of the data: the day as of which the leaky twin's signals are computed.
    folds, shuffles
        Folds of the random split, and how often labels are shuffled.
    bootstrap
        The resampling behind the intervals, the same firms for all.
    """
    test, outcomes = origin.test, origin.outcomes
    population = Population.fit(tables, crawled)
    later = matrix_of(tables, crawled, population, test).values
    label, at_risk = origin.config.label, origin.config.cohort.require_round
    labels = training_labels(PanelSource(tables, crawled, label.rule(), at_risk, frozenset()), test, origin.config)
    split = cross_scored(test.values, labels, origin.model.population, origin, folds)
    leaked = cross_scored(later, labels, population, origin, folds)
    honest, random, leaky = (
        bootstrap.replicates(outcomes, scores, at_each_origin=ranking)
        for scores in (origin.probabilities, split, leaked)
    )
    return Twin(
        as_of=origin.as_of,
        crawled=crawled,
        honest=figures(honest),
        random_split=figures(random),
        leaky=figures(leaky),
        flattery={name: figure(leaky[name] - honest[name]) for name in honest},
        shuffled_auc=_shuffled(origin, outcomes, shuffles),
    )


def cross_scored(values: Floats, labels: Labels | Floats, population: Population, origin: Origin, folds: int) -> Floats:
    """Return each firm's log-odds by a booster fitted on the other random folds, with the origin's settings.

    Parameters
    ----------
    values, labels
        Matrix (n, k) of one date's firms, and the labels that the boosters are fitted on, 0 to 1 (n,).
    population
        The one that ``values`` was computed with, for its categories.
    origin
        Whose settings are used.
    folds
        Number of folds.
    """
    config = origin.config
    fold = np.random.default_rng(config.seed).permutation(np.arange(len(labels)) % folds)
    scores = np.empty(len(labels))
    for one in range(folds):
        rest = fold != one
        booster = fit_booster(
            values[rest],
            labels[rest],
            np.ones(int(rest.sum())),
            FEATURES,
            _categorical(population),
            config.booster,
            config.seed,
        )
        scores[~rest] = log_odds(booster, values[~rest])
    return scores


def _shuffled(origin: Origin, outcomes: PooledOutcomes, shuffles: int) -> Figure:
    config, fitting = origin.config, origin.fitting
    weights, names = fitting.weights(config.recency_half_life_months), _categorical(origin.model.population)
    found = []
    for seed in range(config.seed, config.seed + shuffles):
        labels = shuffled_labels(fitting, origin.training_set.labels, seed)
        booster = fit_booster(fitting.values, labels, weights, FEATURES, names, config.booster, seed)
        found.append(SKILL["auc"](outcomes.labels, log_odds(booster, origin.test.values)))
    return Figure(value=float(np.mean(found)), low=min(found), high=max(found))


def shuffled_labels(panel: Panel, labels: Labels | Floats, seed: int) -> Labels | Floats:
    """Return the labels of a panel, shuffled among the firms of each as-of date.

    Parameters
    ----------
    panel
        The rows, with their dates.
    labels : ndarray, shape (len(panel),)
        The labels to shuffle.
    seed
        Seed of the shuffle.
    """
    random, shuffled = np.random.default_rng(seed), labels.copy()
    for place in range(len(panel.dates)):
        rows = np.flatnonzero(panel.as_of == place)
        shuffled[rows] = shuffled[random.permutation(rows)]
    return shuffled


def _categorical(population: Population) -> list[str]:
    return [column for column, words in current_categories(population).items() if words]
