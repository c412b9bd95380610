"""Checks of the days, by hand."""

from datetime import date

import pandas as pd
import pytest

from littlegiants.ingest.audit.run import audit_tables
from tests.ingest.audit.conftest import checks, found, sums

ROUNDS = "firm_id round_id announced_on kind known_on\n"
FIRMS = "firm_id founded_on\n"


def test_rows_that_do_not_say_when_they_were_known(export):
    folder = export(
        firms="firm_id founded_on\na 2010-05-05",
        rounds=f"{ROUNDS}a 1 2012-03-05 seed -\na 2 2013-03-05 seed 2013-03-05\na 3 2014-03-05 seed -",
    )
    assert sums(folder, "no_known_on", "rounds")[:2] == (2, 3)
    assert sums(folder, "known_by_rule", "firms")[:2] == (1, 1)
    assert ("no_known_on", "firms") not in checks(folder)


def test_delays_are_of_the_first_version(export):
    # 30 days is not more than 30; 31, 91 and 366 are each more than one bound; the correction of 1 does not count.
    folder = export(
        rounds=f"""{ROUNDS}a 1 2014-01-10 seed 2014-02-09
a 1 2014-01-10 angel 2019-01-01
a 2 2014-01-10 seed 2014-02-10
a 3 2014-01-10 seed 2014-04-11
a 4 2014-01-10 seed 2015-01-11
a 5 2014-01-10 seed -"""
    )
    late = [sums(folder, f"known_late_{days}", "rounds")[:2] for days in (30, 90, 365)]
    assert late == [(3, 4), (2, 4), (1, 4)]
    assert sums(folder, "known_early", "rounds")[:2] == (0, 4)


def test_no_delay_without_a_stated_day(export):
    folder = export(rounds=f"{ROUNDS}a 1 2014-01-10 seed -")
    assert not {("known_late_30", "rounds"), ("known_early", "rounds")} & checks(folder)


def test_delay_of_a_patent_is_after_its_publication(export):
    # Filed in January 2014: by rule known in July 2015. 20 days after that is no delay, two years are.
    folder = export(
        patents="""firm_id patent_id filed_on known_on
a 1 2014-01-10 2015-07-30
a 2 2014-01-10 2017-07-10"""
    )
    assert [sums(folder, f"known_late_{d}", "patents")[0] for d in (30, 365)] == [1, 1]


def test_known_before_it_happened(export):
    folder = export(
        firms="firm_id founded_on known_on\na 2010-05-05 2010-05-04\nb - 2010-01-01",
        rounds=f"{ROUNDS}a 1 2014-01-10 seed 2014-01-09\na 2 2014-01-10 seed 2014-01-10",
    )
    assert sums(folder, "known_early", "rounds")[:2] == (1, 2)
    assert sums(folder, "known_early", "firms")[:2] == (1, 1)


def test_heaps(export):
    folder = export(
        firms=f"{FIRMS}a 2010-01-01\nb 2010-07-01\nc 2010-03-01\nd 2010-12-01\ne 2010-01-02\nf -",
        rounds="firm_id round_id announced_on kind\na 1 2014-01-01 seed\na 2 2014-01-01 seed\na 3 2014-01-31 seed",
    )
    heaps = ("on_new_year", "on_mid_year", "on_month_start")
    assert [sums(folder, check, "firms.founded_on")[:2] for check in heaps] == [(1, 5), (1, 5), (2, 5)]
    assert [sums(folder, check, "rounds.announced_on")[:2] for check in heaps] == [(2, 3), (0, 3), (0, 3)]


def test_heaps_before_1970(export):
    folder = export(firms=f"{FIRMS}a 1955-01-01\nb 1955-07-01\nc 1969-12-01")
    assert [sums(folder, c, "firms.founded_on")[0] for c in ("on_new_year", "on_mid_year", "on_month_start")] == [
        1,
        1,
        1,
    ]


def test_events_before_founding(export):
    # b has no founding date, so its round cannot be told; on the very day is not before.
    folder = export(
        firms=f"{FIRMS}a 2010-05-05\nb -",
        rounds="""firm_id round_id announced_on kind
a 1 2010-05-04 seed
a 2 2010-05-05 seed
b 3 2001-01-01 seed""",
    )
    assert sums(folder, "before_founding", "rounds.announced_on")[:2] == (1, 2)


def test_future_dated(export):
    folder = export(
        firms=f"{FIRMS}a 2010-05-05",
        rounds=f"""{ROUNDS}a 1 2014-01-10 seed -
a 2 2014-01-11 seed -
a 3 2014-01-01 seed 2014-02-01
a 4 2099-01-01 seed -""",
    )
    # By today's calendar only the round of 2099 is to come; on the export's day two more were.
    assert sums(folder, "future_dated", "rounds")[:2] == (1, 4)
    audit = audit_tables(folder, exported=date(2014, 1, 10))
    assert (found(audit, "future_dated", "rounds").count, found(audit, "future_dated", "firms").count) == (3, 0)


def rounds_of(*days: str) -> pd.DataFrame:
    return pd.DataFrame(
        {"firm_id": "a", "round_id": [str(n) for n in range(len(days))], "announced_on": days, "kind": "seed"}
    )


@pytest.mark.parametrize(("end", "years"), [("2013-12-30", "2003 to 2012"), ("2013-12-31", "2004 to 2013")])
def test_growth_is_measured_on_whole_years(export, end, years):
    # 2002 lies before the ten years; 2003-01-01 and 2007-12-31 in the older half of 2003..2012, 2012 in the newer.
    days = ("2002-12-31", "2003-01-01", "2007-12-31", "2008-01-01", "2012-12-31", end)
    audit = audit_tables(export(rounds=rounds_of(*days)))
    growth = found(audit, "coverage_growth", "rounds")
    # To 2012 the newer half has 2008 and 2012; to 2013 it has 2012 and 2013, and 2007 and 2008 the older half.

    assert (growth.count, growth.of, growth.detail) == (2, 4, years)


def test_rows_by_year_and_last_days(export):
    folder = export(
        firms=f"{FIRMS}a 1999-05-05\nb -",
        rounds=rounds_of("2011-01-01", "2011-12-31", "2012-06-01", "2099-01-01"),
        financials="firm_id period_end revenue currency\na 2012-12-31 5 EUR",
    )
    audit = audit_tables(folder)
    assert audit.years == {"firms": {1999: 1}, "rounds": {2011: 2, 2012: 1, 2099: 1}, "financials": {2012: 1}}
    # The round of 2099 is no last day; accounts are known 120 days after their period.
    assert audit.last_days == {
        "firms": date(1999, 5, 5),
        "rounds": date(2012, 6, 1),
        "financials": date(2013, 4, 30),
    }
    assert set(audit_tables(folder, exported=date(2014, 1, 1)).last_days.values()) == {date(2014, 1, 1)}
