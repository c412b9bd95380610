"""The checks of an audit: the shares from which each is a note, a caution or serious, and its meaning for a model."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Check:
    """One question to the tables.

    Attributes
    ----------
    title
        What is counted, to stand before "of n".
    meaning
        One sentence: what it means for a model and what to do.
    note, caution, serious
        The shares from which a finding has that severity. At zero, any row is enough; ``inf`` is never reached.
    """

    title: str
    meaning: str
    note: float = 0.0
    caution: float = inf
    serious: float = inf


_YEAR = 365.25
_CHECKS: dict[str, Check] = {
    "no_known_on": Check(
        "rows that do not say when they became known",
        "They count from the day of the event itself, so old as-of dates look better informed than anyone was: state "
        "known_on, or measure the back-fill with --against and prefer recent as-of dates.",
        caution=0.05,
        serious=0.5,
    ),
    "known_by_rule": Check(
        "rows that are known by their table's rule only",
        "They count from the day the rule names (founding, publication, filing of accounts), which fits registers and "
        "not hand-kept lists: state known_on where the source learnt of them later.",
        caution=0.05,
    ),
    "known_late_30": Check(
        "dated rows that became known more than 30 days late",
        "A snapshot hides them until then, as it should; rows of the same source without known_on are as late and are "
        "not hidden: let no as-of date stand closer to the export than this delay.",
        caution=0.25,
    ),
    "known_late_90": Check(
        "dated rows that became known more than 90 days late",
        "The last quarter before any as-of date is thinner than the years before it: end the label window at least "
        "this delay before the export.",
        caution=0.1,
        serious=0.5,
    ),
    "known_late_365": Check(
        "dated rows that became known more than 365 days late",
        "The source adds whole years afterwards, so labels near the export look like failures: drop the last year from "
        "training and testing.",
        caution=0.02,
        serious=0.2,
    ),
    "known_early": Check(
        "dated rows that say they were known before they happened",
        "One of the two dates is wrong, and the row counts from the event: mend known_on in the source.",
        caution=0.01,
        serious=0.1,
    ),
    "on_new_year": Check(
        "dates that are 1 January",
        "Most are years without a day, so ages and windows are off by up to a year and events count months too early: "
        "treat such a day as the end of its year, or as missing.",
        note=1 / _YEAR,
        caution=0.02,
        serious=0.2,
    ),
    "on_month_start": Check(
        "dates that are the first of a month, January and July left out",
        "Many are months without a day, so events count up to a month too early: put as-of dates on the last day of a "
        "month, or move such a day to its month's end.",
        note=10 / _YEAR,
        caution=0.1,
        serious=0.5,
    ),
    "on_mid_year": Check(
        "dates that are 1 July",
        "It is the usual filling for a year without a day, so half of them count months too early: treat it as the end "
        "of the year, or as missing.",
        note=1 / _YEAR,
        caution=0.02,
        serious=0.2,
    ),
    "before_founding": Check(
        "events before their firm was founded",
        "One of the two dates is wrong, or it is another firm's event: the firm's age is missing until then and too "
        "low afterwards, so mend the join or clear the founding date.",
        caution=0.02,
        serious=0.1,
    ),
    "future_dated": Check(
        "rows dated after the export",
        "Nobody knew them when the tables were made; plans or slips of the keyboard become outcomes once an as-of date "
        "reaches them: remove them.",
        caution=0.0005,
        serious=0.01,
    ),
    "coverage_growth": Check(
        "rows of the last five whole years among those of the last ten",
        "A half is steady; far more means that the source has grown, and a model takes its growth for that of the "
        "market: begin the training dates where coverage is level.",
        note=0.6,
        caution=0.75,
        serious=0.9,
    ),
    "undated_exits": Check(
        "exits without a date",
        "No label window can see them: training gives such an acquisition or IPO no label and takes such a closure for "
        "a stalled firm whenever it was, so find the dates before reading base rates.",
        caution=0.05,
        serious=0.25,
    ),
    "no_exits": Check(
        "firms with an exit, dated or not",
        "Without any, nobody ever left and success by exit cannot be learnt: give outcomes, or ask for market rounds "
        "only and read the cohort as survivors.",
    ),
    "no_closures": Check(
        "firms with a dated closure",
        "Without any, the tables hold survivors only or keep the dead among the living, and chances look better than "
        "they were: add closed firms with their dates, or say so beside every figure.",
    ),
    "never_filled": Check(
        "rows without a value in a column that nobody has filled",
        "Its signals are missing everywhere and a model learns nothing from them: leave it, or find a source.",
    ),
    "constant_column": Check(
        "rows that share the column's one value",
        "It tells no firm from another; for a date or a figure it is a placeholder: make sure it is true, or clear it.",
    ),
    "unit_jump": Check(
        "steps from one year to the next at which the median amount changes a thousandfold",
        "A unit was lost (thousands, or ten thousands as 万元), and every amount of those years misleads: convert them "
        "before the import.",
        serious=0.0,
    ),
    "unit_between_currencies": Check(
        "currencies whose median amount in dollars is a thousand times above or below the others'",
        "Its amounts are in another unit (万元 is 10,000 yuan), and firms of one country look a thousand times richer "
        "or poorer: convert them before the import.",
        serious=0.0,
    ),
    "unit_outlier": Check(
        "amounts ten thousand times above or below their currency's median of the year",
        "Single rows in another unit move sums and largest rounds: check them one by one against the source.",
        caution=0.005,
        serious=0.02,
    ),
    "unit_own_history": Check(
        "amounts a thousand times above or below the median of their firm's own",
        "One year or round in another unit (万元 as 元) turns a firm's growth upside down: check the row against the "
        "source and convert it before the import.",
        caution=0.0,
        serious=0.01,
    ),
    "duplicate_name": Check(
        "firms that share their name with another firm_id",
        "One firm under two ids has half a history under each and may stand in training and in test: merge those that "
        "are the same firm.",
        caution=0.02,
        serious=0.1,
    ),
    "back_filled": Check(
        "rows of the later export that belong before the earlier one's last day and were not in it",
        "This is what an as-of date before the export wrongly sees: expect scores of the past to be better than live "
        "ones by that much information, and train on exports kept from their day.",
        caution=0.02,
        serious=0.1,
    ),
    "vanished": Check(
        "rows of the earlier export that the later one has no more",
        "A model trained on the later export never sees them, often because firms died or were merged: keep the "
        "earlier rows with their day of knowledge.",
        caution=0.005,
        serious=0.05,
    ),
    "changed_fact": Check(
        "rows in both exports whose value is another in the later one",
        "Past as-of dates see the later value: write a correction as a further row of the same key with its own "
        "known_on, so that both are seen at their time.",
        caution=0.01,
        serious=0.05,
    ),
}
CHECKS: Mapping[str, Check] = MappingProxyType(_CHECKS)
