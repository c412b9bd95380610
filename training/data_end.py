"""Until when the data tell what became of firms, and what was known by then."""

from datetime import UTC, date, datetime, timedelta

import numpy as np

from littlegiants.ingest.errors import ConfigError
from littlegiants.ingest.tables.tables import Tables


def data_end(tables: Tables) -> date:
    """Return the day of the last round, grant or outcome.

    Raises
    ------
    ConfigError
        If that day has not come yet.
    TableError
        If there is no such event.
    """
    end = tables.data_end()
    if end > datetime.now(UTC).date() + timedelta(days=1):
        # One mistyped year would turn every firm whose window is still open into a failure.
        raise ConfigError(f"the latest event of the data is dated {end}, in the future; give known_by")
    return end


def known_on(tables: Tables, day: date) -> Tables:
    """Return what was known on a day; a firm that was not known itself leaves no trace, not even in the digest."""
    known = tables.known_by(day)
    return known.take(known.firm_ids[np.unique(known.firms.firm)])
