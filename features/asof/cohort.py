"""Which firms are at risk on an as-of date: known, and not yet acquired, listed or closed as far as was known."""

import numpy as np
import numpy.typing as npt

from littlegiants.features.asof.snapshot import Snapshot
from littlegiants.ingest.tables.contract import ENDING_TABLES


def cohort(snapshot: Snapshot, require_round: bool = False) -> npt.NDArray[np.int64]:
    """Return the codes of the firms at risk.

    Parameters
    ----------
    snapshot
        What was known on the as-of date. A firm whose exit was not yet known is still at risk: an investor would have
        believed so on the day.
    require_round
        Whether a firm must have at least one round of any kind.

    Returns
    -------
    ndarray of int64
        Ascending indices into ``snapshot.firm_ids``.
    """
    left = np.zeros(len(snapshot), bool)
    for name in ENDING_TABLES:
        left[getattr(snapshot, name).firm] = True
    at_risk = snapshot.known & ~left
    if require_round:
        funded = np.zeros(len(snapshot), bool)
        funded[snapshot.rounds.firm] = True
        at_risk &= funded
    return np.flatnonzero(at_risk)
