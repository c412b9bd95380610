"""Rows that were learned of late, and rows that were corrected: what makes the simulated tables bitemporal.

Neither ever reaches past the last observed day or moves a round across USD 1 m, so that a label judged at the end of
the data is the event that happened; what was known at an earlier as-of date is blurred as it is in life.
"""

from dataclasses import dataclass

import numpy as np

from littlegiants.ingest.arrays import Floats
from littlegiants.ingest.tables.money import to_cents
from littlegiants.training.simulator.world import END, Columns, Days

_NOT_A_DAY = np.datetime64("NaT", "D")


@dataclass(frozen=True, slots=True)
class ReportingDelay:
    """How late one table's rows are known.

    Attributes
    ----------
    event
        Column of the event's date.
    amount
        Column that corrections change.
    usual
        Days after the event on which a punctual row is known.
    late, corrected
        Shares of rows.
    """

    event: str
    amount: str = "amount"
    usual: int = 0
    late: float = 0.10
    corrected: float = 0.02


RULES = {
    "rounds": ReportingDelay("announced_on"),
    "grants": ReportingDelay("awarded_on"),
    "outcomes": ReportingDelay("happened_on"),
    "investments": ReportingDelay("announced_on", late=0.15),
    "financials": ReportingDelay("period_end", amount="revenue", usual=120, late=0.05),
}


def blurred(table: str, columns: Columns, rng: np.random.Generator) -> Columns:
    """Return the table with ``known_on`` and its corrected rows, ordered by event; tables without a rule unchanged.

    Parameters
    ----------
    table
        Its name.
    columns
        Its columns, each (n,).
    rng
        Source of chance.
    """
    rule = RULES.get(table)
    if rule is None:
        return columns
    event: Days = columns[rule.event].astype("datetime64[D]")
    size, punctual = len(event), event + rule.usual
    # Two weeks to half a year, most of them short; what would be learned after the end is learned on the last day.
    delay = 14 + np.minimum(rng.exponential(45, size=size), 166).astype(np.int64)
    late = rng.random(size) < rule.late
    known = np.where(late, np.minimum(punctual + delay, END), punctual)
    known = np.maximum(known, event)
    fixed_on = known + rng.integers(60, 400, size=size)
    amount: Floats = columns[rule.amount].astype(float)
    fixed = np.flatnonzero((rng.random(size) < rule.corrected) & (fixed_on <= END) & ~np.isnan(amount))
    factor = np.exp(0.15 * rng.standard_normal(size))
    if table == "rounds":
        factor = _on_its_side(columns, factor)
    rows = np.concatenate([np.arange(size), fixed])
    result = {name: values[rows] for name, values in columns.items()}
    result[rule.amount] = np.concatenate([amount, np.maximum(np.rint((amount * factor)[fixed] / 1e3), 1) * 1e3])
    result["known_on"] = np.concatenate([np.where(late, known, _NOT_A_DAY), fixed_on[fixed]])
    order = np.argsort(result[rule.event], kind="stable")
    return {name: values[order] for name, values in result.items()}


def _on_its_side(columns: Columns, factor: Floats) -> Floats:
    """Let corrections raise rounds of at least USD 1 m and lower the others."""
    years = columns["announced_on"].astype("datetime64[Y]").astype(np.int64) + 1970
    cents = to_cents(columns["amount"].astype(float), columns["currency"].astype(object), years)
    up = np.maximum(factor, 1 / factor)
    return np.where(cents >= 1e8, up, 1 / up)
