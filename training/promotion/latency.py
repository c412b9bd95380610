"""How long scoring takes, as a ratio to the champion in the same process: an absolute time would test the machine."""

from collections.abc import Callable
from time import perf_counter

from littlegiants.ingest.arrays import Floats
from littlegiants.models.scoring.model import Model
from littlegiants.training.promotion.decision import Check, found
from littlegiants.training.promotion.policy import Policy

_REPEATS = 7
_BATCH = 2_000


def latency(model: Model, champion: Model, values: Floats, policy: Policy) -> Check:
    """Check that scoring one row, or a batch, does not take many times as long as with the champion.

    Parameters
    ----------
    model, champion
        The two models.
    values : ndarray, shape (n, k)
        Rows to score.
    policy
        The thresholds.
    """
    ratios = {name: _ratio(model, champion, values[:rows]) for name, rows in (("one_row", 1), ("batch", _BATCH))}
    text = f"{ratios['one_row']:.1f} times the champion's time for one row, {ratios['batch']:.1f} for many"
    wrong = f"{text}; {policy.slower:g} are allowed" if max(ratios.values()) > policy.slower else ""
    return found("latency", wrong, text, ratios)


def _ratio(model: Model, champion: Model, rows: Floats) -> float:
    """Return the ratio of the shortest times; other work on the machine can only lengthen a time."""
    mine, its = [], []
    for _ in range(_REPEATS):
        mine.append(_time(lambda: model.interval(rows)))
        its.append(_time(lambda: champion.interval(rows)))
    return min(mine) / min(its)


def _time(work: Callable[[], object]) -> float:
    start = perf_counter()
    work()
    return perf_counter() - start
