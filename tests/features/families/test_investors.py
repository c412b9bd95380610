"""Investors named, by hand."""

import pytest

from tests.features.hand_tables import MONTH, NONE, Case, check

NAMED = Case(
    "three rounds: who joins, who comes again, who stays away",
    "2020-06-30",
    {
        "rounds": """
            firm_id round_id announced_on kind
            a       r1       2018-01-01   seed
            a       r2       2019-01-01   series_a
            a       r3       2020-01-01   series_b
            a       r4       2020-02-01   debt
            none    r5       2019-01-01   seed
            half    r6       2019-01-01   seed
            half    r7       2020-01-01   series_a
        """,
        "investments": """
            firm_id announced_on investor kind      lead
            a       2018-01-01   Acorn    angel     -
            a       2018-01-01   Birch    venture   1
            a       2019-01-01   ACORN    -         -
            a       2019-01-01   Cedar    corporate -
            a       2020-01-01   Cedar    -         -
            a       2020-01-01   Dune     state     -
            a       2020-01-01   Elm      -         -
            a       2020-07-01   Fir      angel     -
            half    2020-01-01   Birch    venture   -
            half    2020-01-01   Crowd    crowd     -
            bare    2020-06-30   Acorn    -         -
        """,
    },
    {
        "investors_named": {"a": 1, "none": 0, "half": 1, "bare": 1},
        "named_round_share": {"a": 1, "none": 0, "half": 0.5, "bare": NONE},
        "investors_count": {"a": 5, "none": NONE, "half": 2, "bare": 1},
        "investors_named_last": {"a": 3, "none": NONE, "half": 2, "bare": 1},
        "new_investors_last": {"a": 2, "none": NONE, "half": 2, "bare": 1},
        # Of Cedar, Dune and Elm only Cedar was in before; of Acorn, Birch and Cedar two stay away.
        "insider_share_last": {"a": 1 / 3, "none": NONE, "half": NONE},
        "silent_investor_share": {"a": 2 / 3, "none": NONE, "half": NONE},
        # Acorn and Cedar, of five.
        "repeat_investor_share": {"a": 0.4, "none": NONE, "half": NONE},
        # 1 January to 30 June of a leap year: 181 days.
        "months_since_new_investor": {"a": 181 / MONTH, "none": NONE, "half": 181 / MONTH, "bare": 0},
        # The kind that was stated holds where a later row states none: an angel, a fund, a corporation and the state.
        "corporate_investor_share": {"a": 0.25, "none": NONE, "half": 0, "bare": NONE},
        "state_investor_share": {"a": 0.25, "half": 0, "bare": NONE},
        "angel_investor_share": {"a": 0.25, "half": 0.5, "bare": NONE},
    },
)
LATE = Case(
    "an investor named later than the round, and an insider round",
    "2020-06-30",
    {
        "investments": """
            firm_id announced_on investor known_on
            a       2019-01-01   Acorn    -
            a       2020-01-01   Acorn    -
            a       2020-01-01   Birch    2020-07-01
        """,
    },
    {
        "investors_count": {"a": 1},
        "insider_share_last": {"a": 1},
        "silent_investor_share": {"a": 0},
        "named_round_share": {"a": NONE},
        # 1 January 2019 to 30 June 2020 is 365 + 181 days.
        "months_since_new_investor": {"a": 546 / MONTH},
    },
)

CASES = (NAMED, LATE)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_numbers_computed_by_hand(case):
    check(case)
