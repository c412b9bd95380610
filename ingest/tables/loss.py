"""The share of a table that may be lost: above it, what is left is another data set than the one that was given."""

from collections.abc import Iterable

from littlegiants.ingest.errors import ConfigError, LossError
from littlegiants.ingest.tables.limits import MAX_QUARANTINED
from littlegiants.ingest.tables.quarantine import Reconciliation

# The very same row again takes nothing away.
_NO_LOSS = "duplicate_row"
# A single bad row never fails a command, in a table of three rows either.
_FEW = 1


def check_loss(reconciliations: Iterable[Reconciliation], most: float = MAX_QUARANTINED) -> None:
    """Stop the work if more than a share of any table's rows is quarantined.

    Parameters
    ----------
    reconciliations
        The sums of the tables.
    most
        The share, from 0 to 1; 1 never stops. A single row never does either.

    Raises
    ------
    LossError
        Naming each such table and why its rows were quarantined.
    ConfigError
        If the share is outside 0 to 1.

    Examples
    --------
    >>> check_loss([Reconciliation("rounds", 8, 6, 2, {"missing_date": 2})])
    Traceback (most recent call last):
        ...
    littlegiants.ingest.errors.LossError: rounds: 2 of 8 rows (25.0 %) are quarantined (missing_date 2), more than \
20 %; mend them, or allow it with --max-quarantined
    """
    if not 0 <= most <= 1:
        raise ConfigError(f"{most:g} is no share of rows; give one from 0 to 1, such as 0.2")
    lost = [sums for sums in reconciliations if _lost(sums) > max(_FEW, most * sums.read)]
    if lost:
        said = "; ".join(map(_said, lost))
        raise LossError(f"{said}, more than {100 * most:g} %; mend them, or allow it with --max-quarantined")


def _lost(sums: Reconciliation) -> int:
    return sums.quarantined - sums.by_code.get(_NO_LOSS, 0)


def _said(sums: Reconciliation) -> str:
    by_code = {code: count for code, count in sums.by_code.items() if code != _NO_LOSS}
    codes = ", ".join(
        f"{code} {count:,}" for code, count in sorted(by_code.items(), key=lambda pair: (-pair[1], pair[0]))
    )
    rows = sum(by_code.values())
    return f"{sums.table}: {rows:,} of {sums.read:,} rows ({100 * rows / sums.read:.1f} %) are quarantined ({codes})"
