"""The direction in which a signal may move the probability, for boosters that are held to it.

Only signals whose direction holds with all others fixed have one: more and newer private money is no bad news; an
overdue round, or public money in the place of private, is no good news.
"""

from collections.abc import Sequence

SIGNS: dict[str, int] = {
    "rounds_count_2y": 1,
    "raised_usd": 1,
    "raised_usd_3y": 1,
    "last_round_usd": 1,
    "largest_round_usd": 1,
    "raised_per_year": 1,
    "months_since_last_round": -1,
    "round_overdue": -1,
    "grant_share_3y": -1,
    "subsidy_over_revenue": -1,
    "patents_per_year_3y": 1,
    "revenue_usd": 1,
    "revenue_growth_1y": 1,
    "export_share": 1,
    "investors_last_round": 1,
}


def constraints(names: Sequence[str]) -> list[int]:
    """Return 1, -1 or 0 for each column: as LightGBM's ``monotone_constraints`` has it."""
    return [SIGNS.get(name, 0) for name in names]
