"""The record of grants, by hand: many awards, programmes and phases; counts and amounts are in `test_subsidy`."""

import pytest

from tests.features.hand_tables import NONE, Case, check

AWARDS = "\n".join(
    f"{firm} {firm}{number} {day} - {phase}"
    for firm, several in {
        "serial": [(20, "2018-01-01", "I"), (1, "2019-06-30", "1"), (7, "2020-06-30", "II"), (9, "2015-06-30", "2")],
        "twenty": [
            (20, "2018-01-01", "I"),
            (1, "2014-06-30", "1"),
            (1, "2019-07-01", "I"),
            (1, "2019-07-01", "-"),
            (1, "2018-01-01", "2"),
        ],
        "doubt": [(20, "2018-01-01", "I"), (1, "2018-01-01", "-")],
        "new": [(30, "2020-01-01", "I")],
    }.items()
    for number, (day, phase) in enumerate((day, phase) for count, day, phase in several for _ in range(count))
)
SERIAL = Case(
    "many awards of phase 1",
    "2020-06-30",
    {
        "grants": f"firm_id grant_id awarded_on programme phase\n{AWARDS}",
        "rounds": "firm_id round_id announced_on kind\nnone r1 2020-01-01 seed",
    },
    {
        # Awards of phase 1 count in (2014-06-30, 2019-06-30]; one of unknown phase may be the twenty-first.
        "serial_grantee": {"serial": 1, "twenty": 0, "doubt": NONE, "new": 0, "none": 0},
        # Awards of phase 2 count in (2015-06-30, 2020-06-30].
        "phase_transition_rate": {"serial": 7 / 21, "twenty": 1 / 20, "doubt": 0, "new": NONE, "none": NONE},
        "grant_phase": {"serial": 2, "doubt": 1, "none": NONE},
    },
)
PHASES = Case(
    "programmes and phases as sources spell them",
    "2020-06-30",
    {
        "grants": """
            firm_id grant_id awarded_on programme phase
            a       g1       2017-01-01 NSF       I
            a       g2       2018-01-01 NSF       II+
            a       g3       2019-01-01 DoD       phaseI
            a       g4       2019-01-01 -         IV
            b       g5       2019-01-01 EIC       2b
            b       g6       2019-01-01 EIC       1
            c       g7       2019-01-01 NSF       III
            d       g8       2019-01-01 -         0
            e       g9       2020-07-01 NSF       3
        """
    },
    {
        "grant_programmes": {"a": 2, "b": 1, "c": 1, "d": NONE, "e": 0},
        "grant_phase": {"a": 2, "b": 2, "c": 3, "d": NONE, "e": NONE},
    },
)

CASES = (SERIAL, PHASES)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_numbers_computed_by_hand(case):
    check(case)
