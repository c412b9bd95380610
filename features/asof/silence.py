"""How long each table has been silent on a day: the time since its newest event that was known then."""

from littlegiants.features.asof.snapshot import Snapshot
from littlegiants.ingest.tables.contract import SIGNAL_TABLES


def silent_days(snapshot: Snapshot) -> dict[str, int]:
    """Return the days from the newest event of each table to the as-of date; a table without any is left out.

    Examples
    --------
    >>> from datetime import date
    >>> import pandas as pd
    >>> from littlegiants.ingest.tables.tables import Tables
    >>> frames = {name: pd.DataFrame({"firm_id": ["a"], "grant_id": "g", "awarded_on": "2020-05-20"})
    ...           for name in ("firms", "grants")}
    >>> silent_days(Snapshot(Tables.from_frames(frames), date(2020, 6, 1)))
    {'grants': 12}
    """
    events = {name: getattr(snapshot, name) for name in SIGNAL_TABLES}
    return {name: int(snapshot.day - rows.day.max()) for name, rows in events.items() if len(rows)}
