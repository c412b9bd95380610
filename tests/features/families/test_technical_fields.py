"""The technical fields of patents, by hand."""

import math

import pytest

from tests.features.hand_tables import NONE, Case, check

CLASSES = Case(
    "spread over subclasses",
    "2020-06-30",
    {
        "patents": """
            firm_id patent_id filed_on   classes
            even    p1        2015-01-01 H04L9/32;H04L12/00
            even    p2        2015-01-02 G06F1/16
            skewed  p3        2015-01-01 H04L9/32;G06F1/16;A61K31/00
            skewed  p4        2016-01-01 H04L9/40
            single  p5        2015-01-01 h04l9/32
            single  p6        2015-01-01 H04L
            bare    p7        2015-01-01 -
            hidden  p8        2015-01-01 H04L9/32
            hidden  p9        2020-01-01 G06F1/16
        """,
    },
    {
        "patent_class_entropy": {
            "even": math.log(2),  # H04L once (two symbols of one patent) and G06F once
            "skewed": -(0.5 * math.log(0.5) + 2 * 0.25 * math.log(0.25)),  # H04L twice, G06F and A61K once
            "single": 0,
            "bare": NONE,
            "hidden": 0,
        },
    },
)
BREADTH = Case(
    "recent fields against those of the three years before",
    "2020-06-30",
    {
        "patents": """
            firm_id  patent_id filed_on   classes
            wider    p1        2015-12-30 H04L9/32
            wider    p2        2015-12-31 H04L9/32;G06F1/16;G06F3/01
            wider    p3        2018-12-30 A61K31/00
            steady   p4        2014-01-01 G06F1/16
            steady   p5        2016-01-01 G06F3/01
            steady   p6        2017-01-01 G06F1/16;H04L9/32
            narrower p7        2012-12-31 H04L9/32
            narrower p8        2013-01-01 G06F1/16
            narrower p9        2017-01-01 H04L9/40
            again    p10       2012-12-30 H04L9/32
            again    p11       2018-01-01 A61K31/00
            again    p12       2018-02-01 A61K31/00
            again    p13       2018-02-01 H04L9/32
            again    p14       2018-12-31 B60L50/60
            young    p15       2018-01-01 H04L9/32;A61K31/00
            late     p16       2015-01-01 H04L9/32
            late     p17       2018-12-31 A61K31/00
            edge     p20       2015-12-30 H04L9/32
            edge     p21       2016-01-01 H04L9/32
            bare     p18       2015-01-01 -
            bare     p19       2018-01-01 -
        """,
    },
    {
        "patent_class_entropy_3y": {
            "wider": math.log(3),
            "steady": -(2 / 3 * math.log(2 / 3) + 1 / 3 * math.log(1 / 3)),
            "narrower": 0,
            "again": -(2 / 3 * math.log(2 / 3) + 1 / 3 * math.log(1 / 3)),  # p14 is public but too fresh
            "young": math.log(2),
            "late": NONE,
            "bare": NONE,
        },
        "patent_class_entropy_change": {
            "wider": math.log(3),
            "steady": -(2 / 3 * math.log(2 / 3) + 1 / 3 * math.log(1 / 3)),
            "narrower": -math.log(2),
            "again": NONE,  # p10 is a day too old to be of the three years before
            "young": NONE,
            "late": NONE,
        },
        "new_subclass_share_3y": {
            "wider": 1,  # p2 enters G06F and p3 A61K
            "steady": 1 / 2,
            "narrower": 0,
            "edge": 0,  # H04L was entered on the last day before these years
            "again": 2 / 3,  # p12 too: A61K is new to these three years
            "young": NONE,  # everything is new to it
            "late": NONE,
            "bare": NONE,
        },
    },
)

CASES = (CLASSES, BREADTH)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_numbers_computed_by_hand(case):
    check(case)
