"""A model: booster, calibration, population and manifest, and the one way from a feature matrix to scores."""

from dataclasses import dataclass, field
from typing import Any

import lightgbm as lgb
import numpy as np
import numpy.typing as npt

from littlegiants.features.matrix import (
    BUILDER,
    BUILDER_VERSION,
    CATEGORICAL,
    FEATURES,
    FIRST_BUILDER,
    FeatureMatrix,
)
from littlegiants.features.population.population import Population
from littlegiants.ingest.arrays import Floats
from littlegiants.ingest.errors import ArtefactError
from littlegiants.models.digests import row_digests
from littlegiants.models.manifest import Manifest
from littlegiants.models.reference_cohort import ReferenceCohort
from littlegiants.models.scoring import reasons
from littlegiants.models.scoring.abstain import abstain_reason
from littlegiants.models.scoring.booster import contributions, log_odds, splits
from littlegiants.models.scoring.calibration import Calibration, probability
from littlegiants.models.scoring.interval import Spread
from littlegiants.models.scoring.score_columns import REASON_COLUMNS, SCORE_COLUMNS

QUANTILES = 1_001
Scores = dict[str, npt.NDArray[Any]]  # one array for each of `SCORE_COLUMNS`, one value for each firm


@dataclass(frozen=True, slots=True)
class Head:
    """A booster with the calibration of its log-odds."""

    booster: lgb.Booster
    calibration: Calibration


@dataclass(frozen=True, slots=True)
class Model:
    """Everything that a score depends on besides the firm.

    Attributes
    ----------
    market
        Gives P(market).
    subsidised
        Gives P(subsidised | no market event), or None where training held too few subsidised firms.
    spread
        Gives the interval of P(market).
    population
        What was learned from the training population.
    reference : ndarray, shape (1001,)
        Quantiles of P(market) over the reference cohort (the calibration date's), ascending.
    manifest
        What the model is.
    cohort
        What scored cohorts are compared with, or None for a model from before it was kept. No score depends on it.
    columns
        The signals that scores, reasons and abstaining look at, in the order of ``manifest.features``.
    """

    market: Head
    subsidised: Head | None
    spread: Spread
    population: Population
    reference: Floats
    manifest: Manifest
    cohort: ReferenceCohort | None = None
    columns: tuple[str, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Note the columns that the trees split on once, since every request needs them."""
        object.__setattr__(self, "columns", self._used())

    def _used(self) -> tuple[str, ...]:
        split = splits(self.market.booster)
        # If a score has few reasons, signals without any weight are added, the first columns first.
        named = enumerate(zip(self.manifest.features, split, strict=False))
        shown = [place for place, (name, some) in named if not some and name not in self.manifest.unstable_reasons]
        used = np.any([splits(booster) for booster in self.boosters], axis=0)
        used[shown[: reasons.SHOWN]] = True
        flags = {f"{name}_observed" for name in self.manifest.observed_tables}
        return tuple(name for name, some in zip(self.manifest.features, used, strict=False) if some or name in flags)

    @property
    def boosters(self) -> tuple[lgb.Booster, ...]:
        """Every booster that a score depends on."""
        market = (self.market.booster, self.spread.bias, self.spread.variance)
        return market if self.subsidised is None else (*market, self.subsidised.booster)

    @property
    def version(self) -> str:
        """The name of the model: the first 12 digits of its manifest's digest."""
        return (self.manifest.digest or self.manifest.own_digest())[:12]

    def probabilities(self, values: Floats) -> Floats:
        """Return P(market) of each row of a feature matrix's values."""
        return self.market.calibration.probability(log_odds(self.market.booster, values))

    def interval(self, values: Floats) -> tuple[Floats, Floats, Floats]:
        """Return P(market) of each row of a feature matrix's values, and the ends of its interval."""
        calibrated = self.market.calibration.calibrated(log_odds(self.market.booster, values))
        return probability(calibrated), *self.spread.interval(calibrated, values)

    def score(self, matrix: FeatureMatrix, explain: bool = True) -> Scores:
        """Score a feature matrix.

        Parameters
        ----------
        matrix
            The signals of the firms, in the model's own column order.
        explain
            Whether to fill the reasons, which cost far more than the scores.

        Returns
        -------
        dict of ndarray
            `SCORE_COLUMNS`, in order, one value a firm. Numbers of a firm that is abstained on are NaN. ``reason_1`` to
            ``reason_3`` hold a `Reason`, or None.

        Raises
        ------
        ArtefactError
            If the matrix has other columns, or the same in another order: LightGBM would score them without a word.
        """
        if matrix.names != self.manifest.features:
            raise ArtefactError(_mismatch(matrix.names, self.manifest.features))
        reason = abstain_reason(matrix, self.manifest.observed_tables)
        withheld = reason != ""
        numbers = self.numbers(matrix.values)
        found: Scores = {
            "firm_id": matrix.firm_ids,
            "as_of_date": np.full(len(matrix), matrix.as_of.isoformat(), object),
            **{name: np.where(withheld, np.nan, column) for name, column in numbers.items()},
            "abstained": withheld,
            "abstain_reason": reason,
            **dict(zip(REASON_COLUMNS, self._reasons(matrix, withheld, explain), strict=True)),
            "outcome": np.full(len(matrix), self.manifest.label.outcome, object),
            "model_version": np.full(len(matrix), self.version, object),
            "data_digest": row_digests(matrix, self.columns),
        }
        return {name: found[name] for name in SCORE_COLUMNS}

    def numbers(self, values: Floats) -> dict[str, Floats]:
        """Return the numbers of a score, before any is withheld.

        Parameters
        ----------
        values : ndarray, shape (n, k)
            The values of a feature matrix.

        Returns
        -------
        dict of ndarray of shape (n,)
            The probabilities and the percentile rank of each row, by the name of the score column.
        """
        market, low, high = self.interval(values)
        subsidised = self.subsidised_share(values, market)
        return {
            "p_market": market,
            "p_market_low": low,
            "p_market_high": high,
            "p_subsidised": subsidised,
            "p_stalled": (1 - market) - subsidised,
            "percentile": self.percentile(market),
        }

    def percentile(self, market: Floats) -> Floats:
        """Return the place of each probability within the reference cohort, 0 to 100, in steps of a tenth."""
        place = np.searchsorted(self.reference, market, "right") - 1
        return np.asarray(np.maximum(place, 0) / 10, np.float64)

    def subsidised_share(self, values: Floats, market: Floats) -> Floats:
        """Return P(subsidised) of each row, given its P(market); NaN where the model cannot say."""
        if self.subsidised is None:
            return np.full(len(market), np.nan)
        given = self.subsidised.calibration.probability(log_odds(self.subsidised.booster, values))
        return (1 - market) * given

    def _reasons(
        self, matrix: FeatureMatrix, withheld: npt.NDArray[np.bool_], explain: bool
    ) -> list[npt.NDArray[np.object_]]:
        ranks = [np.full(len(matrix), None, object) for _ in range(reasons.SHOWN)]
        rows = np.flatnonzero(~withheld)
        if explain and len(rows):
            values = matrix.values[rows]
            moved = reasons.points(contributions(self.market.booster, values), self.market.calibration.slope)
            unstable, words = self.manifest.unstable_reasons, self.manifest.categories
            shown = reasons.strongest_reasons(moved, values, matrix.names, words, unstable)
            for column, found in zip(ranks, shown, strict=True):
                column[rows] = found
        return ranks


def quantiles(market: Floats) -> Floats:
    """Return the reference quantiles of a cohort's probabilities."""
    return np.quantile(market, np.linspace(0, 1, QUANTILES))


def current_categories(population: Population) -> dict[str, tuple[str, ...]]:
    """Return the words behind the codes of each category column."""
    return {column: population.vocabulary(category) for column, category in CATEGORICAL.items()}


def check_features(manifest: Manifest) -> None:
    """Refuse a model made for other signals than this version of the product computes.

    Raises
    ------
    ArtefactError
        If names, order or the version of their builder differ.
    """
    built = manifest.versions.get(BUILDER, str(FIRST_BUILDER))
    if built != str(BUILDER_VERSION):
        raise ArtefactError(f"it was trained on signals of version {built}, and these are of version {BUILDER_VERSION}")
    if manifest.features != FEATURES:
        raise ArtefactError(_mismatch(FEATURES, manifest.features))


def _mismatch(given: tuple[str, ...], expected: tuple[str, ...]) -> str:
    lacking, extra = sorted(set(expected) - set(given)), sorted(set(given) - set(expected))
    if not lacking and not extra:
        return "the feature matrix has the model's columns in another order; build it with feature_matrix()"
    return f"the feature matrix does not fit the model: it lacks {lacking or 'nothing'} and adds {extra or 'nothing'}"
