"""Features whose distribution is another one than in the reference cohort."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from scipy import stats

from littlegiants.models.distribution import Counts, psi
from littlegiants.models.reference_cohort import ReferenceCohort
from littlegiants.serving.watch.checks import Check
from littlegiants.serving.watch.summary import CohortSummary

# The index from which a shift is commonly called large; see Siddiqi (2006), credit risk scorecards.
LARGE_PSI = 0.25
_RARE, _ENOUGH = 1, 5  # expected rows of a bin: by Cochran (1954) the chi-square test needs five


def feature_checks(reference: ReferenceCohort, scored: CohortSummary, columns: tuple[str, ...]) -> Iterator[Check]:
    """Yield a check of each feature.

    Parameters
    ----------
    reference, scored
        The cohort of the training, and the scored one.
    columns
        The features that the scores rest on.

    Notes
    -----
    A feature may move as far as it did between the dates of the training, if that is more than `LARGE_PSI`: some
    follow the season or the market.
    """
    for name in columns:
        distribution = reference.features[name]
        before, now = np.array(distribution.counts), scored.counts(name)
        yield Check(
            kind="feature",
            name=name,
            before=float(before[0] / before.sum()),
            now=float(now[0] / now.sum()),
            moved=psi(before, now),
            limit=max(LARGE_PSI, distribution.usual),
            p_value=p_value(before, now),
        )


def p_value(before: Counts, now: Counts) -> float:
    """Return how likely two samples of one distribution are to differ as much as two counts over the same bins.

    Parameters
    ----------
    before, now : ndarray of int64, shape (k,)
        The reference is a sample too, so that a small one cannot raise an alarm against a large cohort.

    Notes
    -----
    Bins in which fewer than one row is expected are one group, against all others, by Fisher's exact test. The others
    are joined with their neighbours until five rows are expected, and compared by the chi-square test. The smaller
    result counts, doubled where there are two. Which bins are which depends on the reference and the size alone.

    Examples
    --------
    >>> p_value(np.array([50, 50]), np.array([5, 5]))
    1.0
    >>> round(p_value(np.array([50, 50]), np.array([50, 10])), 6)
    2.5e-05
    """
    expected = before * (min(before.sum(), now.sum()) / before.sum())
    rare = expected < _RARE
    groups = _groups(expected[~rare])
    found = []
    if groups.max(initial=0) > 0 and now[~rare].sum():
        table = np.array([np.bincount(groups, counts[~rare]) for counts in (before, now)])
        found.append(stats.chi2_contingency(table, correction=False).pvalue)
    if rare.any():
        found.append(stats.fisher_exact([[c[rare].sum(), c[~rare].sum()] for c in (before, now)]).pvalue)
    return min(1.0, float(len(found) * min(found))) if found else 1.0


def _groups(expected: npt.NDArray[np.float64]) -> npt.NDArray[np.intp]:
    """Return the group of each bin: neighbours are joined until a group has enough; what is left joins the last."""
    groups = np.zeros(len(expected), np.intp)
    group, rows = 0, 0.0
    for i, more in enumerate(expected):
        if rows >= _ENOUGH:
            group, rows = group + 1, 0.0
        groups[i], rows = group, rows + more
    if rows < _ENOUGH and group:
        groups[groups == group] = group - 1
    return groups
