"""Firms whose probability is withheld, and values that no training has seen."""

from collections.abc import Iterator, Mapping

import numpy as np
import numpy.typing as npt
from scipy import stats

from littlegiants.features.asof.snapshot import Snapshot
from littlegiants.models.reference_cohort import ReferenceCohort
from littlegiants.models.scoring.abstain import REASONS
from littlegiants.serving.watch.checks import Check

# So many more firms of all may be without a probability.
MORE = 0.05


def withheld_checks(reference: ReferenceCohort, found: Mapping[str, int], firms: int) -> Iterator[Check]:
    """Yield a check of each reason to withhold a probability: whether it holds for more firms than in the training.

    Parameters
    ----------
    reference
        The cohort of the training.
    found
        How many firms of the scored cohort have no probability, by the reason.
    firms
        How many it has.
    """
    for reason in REASONS:
        before, now = reference.withheld.get(reason, 0), found.get(reason, 0)
        table = [[now, firms - now], [before, reference.firms - before]]
        shares = before / reference.firms, now / firms
        p_value = float(stats.fisher_exact(table, alternative="greater").pvalue)
        yield Check("withheld", reason, *shares, shares[1] - shares[0], MORE, p_value)


def unseen_values(snapshot: Snapshot, firms: npt.NDArray[np.int64]) -> dict[str, dict[str, int]]:
    """Return how many firms state each country and sector that no firm of the training population has.

    Parameters
    ----------
    snapshot
        With the population of the model.
    firms
        The codes of the firms in the cohort.
    """
    sectors = snapshot.sectors
    chosen = np.isin(np.repeat(np.arange(len(snapshot)), sectors.lengths), firms)
    stated = {"country": snapshot.text("country")[firms], "sector": sectors.vocabulary[sectors.codes[chosen]]}
    return {kind: _unseen(texts, snapshot.population.seen[kind]) for kind, texts in stated.items()}


def _unseen(texts: npt.NDArray[np.object_], seen: Mapping[str, int]) -> dict[str, int]:
    if not seen:  # a training without any separates nothing by it
        return {}
    values, counts = np.unique(texts.astype(str), return_counts=True)
    found = {value: count for value, count in zip(values.tolist(), counts.tolist(), strict=True) if value}
    return {value: count for value, count in found.items() if value not in seen}
