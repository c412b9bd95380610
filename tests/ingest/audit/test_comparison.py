"""Two exports of one source, by hand."""

from datetime import date

import pytest

from littlegiants.ingest.audit.comparison import CHANGES
from littlegiants.ingest.audit.run import audit_tables
from tests.ingest.audit.conftest import found

ROUNDS = "firm_id round_id announced_on kind amount currency known_on\n"
EARLIER = f"""{ROUNDS}a 1 2011-05-05 seed 100 USD -
a 2 2012-05-05 seed - - -
a 3 2012-06-06 seed 300 USD -
b 4 2012-12-31 seed 400 USD -"""


@pytest.fixture
def pair(export):
    """Audit two exports of rounds, of firms a, b and c."""

    def audited(later: str, earlier: str = EARLIER, **options):
        firms = "firm_id founded_on\na 2005-05-05\nb 2006-05-05\nc 2007-05-05"
        return audit_tables(
            export("earlier", firms=firms, rounds=earlier), export("later", firms=firms, rounds=later), **options
        )

    return audited


def lines(audit) -> list[tuple[str, ...]]:
    return [tuple(line) for line in audit.changes.to_numpy().tolist()]


def test_back_filled_rows_by_year(pair):
    # Of the rows up to 2012-12-31 the later export has 4 + 2; 2013 came after, and is no back-fill.
    audit = pair(f"{EARLIER}\nc 5 2011-01-01 seed 1 USD -\nc 6 2012-12-31 seed 1 USD -\nc 7 2013-01-01 seed 1 USD -")
    filled = found(audit, "back_filled", "rounds")
    assert (filled.count, filled.of, filled.severity, filled.detail) == (2, 6, "caution", "")
    (rounds,) = (c for c in audit.comparisons if c.table == "rounds")
    assert rounds.years == {2011: (2, 1), 2012: (4, 1)}
    assert (rounds.rows, rounds.added, rounds.declared, rounds.earlier, rounds.vanished) == (6, 2, 0, 4, 0)
    assert lines(audit) == [
        ("back-filled", "rounds", "c", "5", "announced_on", "", "2011-01-01"),
        ("back-filled", "rounds", "c", "6", "announced_on", "", "2012-12-31"),
    ]


def test_a_stated_day_makes_a_back_filled_row_harmless(pair):
    audit = pair(f"{EARLIER}\nc 5 2011-01-01 seed 1 USD 2014-03-03\nc 6 2011-02-02 seed 1 USD 2012-03-03")
    filled = found(audit, "back_filled", "rounds")
    # Two rows of six are new. One says it was learnt later; the other says it was known all along, and was not there.
    assert (filled.count, filled.of, filled.detail) == (2, 6, "1 of them state a known_on after that day")
    (rounds,) = (c for c in audit.comparisons if c.table == "rounds")
    assert (rounds.added, rounds.declared) == (2, 1)
    # One silent row of six weighs no more than that: Wilson's lower end is 3 %.
    assert filled.severity == "caution"


def test_the_day_of_the_export_decides_what_is_due(pair):
    later = f"{EARLIER}\nc 5 2012-12-31 seed 1 USD -\nc 7 2013-01-01 seed 1 USD -"
    audit = pair(later, exported=date(2013, 1, 1))
    assert (found(audit, "back_filled", "rounds").count, found(audit, "back_filled", "rounds").of) == (2, 6)


def test_vanished_rows(pair):
    audit = pair("\n".join(line for line in EARLIER.splitlines() if not line.startswith("a 3")))
    gone = found(audit, "vanished", "rounds")
    assert (gone.count, gone.of) == (1, 4)
    assert lines(audit) == [("vanished", "rounds", "a", "3", "announced_on", "2012-06-06", "")]


def test_changed_facts(pair):
    audit = pair(
        f"""{ROUNDS}a 1 2011-05-05 angel 100.00 USD -
a 2 2012-05-05 seed 250 EUR -
a 3 2012-06-07 seed - - -
b 4 2012-12-31 seed 401.5 USD 2013-02-02"""
    )
    assert lines(audit) == [
        ("changed", "rounds", "a", "1", "kind", "seed", "angel"),
        ("changed", "rounds", "a", "2", "amount", "", "250"),
        ("changed", "rounds", "a", "2", "currency", "", "EUR"),
        ("changed", "rounds", "a", "3", "amount", "300", ""),
        ("changed", "rounds", "a", "3", "announced_on", "2012-06-06", "2012-06-07"),
        ("changed", "rounds", "a", "3", "currency", "USD", ""),
        ("changed", "rounds", "b", "4", "amount", "400", "401.5"),
    ]
    amount = found(audit, "changed_fact", "rounds.amount")
    assert (amount.count, amount.of, amount.detail) == (3, 4, "1 filled in, 1 rewritten, 1 emptied")
    assert found(audit, "changed_fact", "rounds.kind").count == 1
    assert found(audit, "changed_fact", "rounds.known_on").count == 0


def test_a_correction_with_its_own_day_is_no_change(pair):
    # The row as it was known on the last day still stands; its correction counts from 2013 on only.
    audit = pair(f"{EARLIER}\na 1 2011-05-05 seed 999 USD 2013-07-07")
    assert lines(audit) == []
    assert found(audit, "changed_fact", "rounds.amount").severity == "fine"


def test_a_stated_day_of_knowledge_that_moves_is_a_change(pair):
    earlier = EARLIER.replace("b 4 2012-12-31 seed 400 USD -", "b 4 2012-12-31 seed 400 USD 2013-01-05")
    audit = pair(earlier.replace("2013-01-05", "2013-01-04"), earlier)
    assert lines(audit) == [("changed", "rounds", "b", "4", "known_on", "2013-01-05", "2013-01-04")]


def test_lists_are_the_same_in_any_order_and_text_is_not(export):
    earlier = export("earlier", firms="firm_id city sectors founded_on\na Oslo web;AI;ai 2010-05-05")
    later = export("later", firms="firm_id city sectors founded_on\na oslo ai;web 2010-05-05")
    assert lines(audit_tables(earlier, later)) == [("changed", "firms", "a", "", "city", "Oslo", "oslo")]


def test_what_happens_later_inside_a_row_is_no_change(export):
    # The grant came after the export, citations grow; a grant that moves is a change.
    head = "firm_id patent_id filed_on published_on granted_on citations known_on\n"
    earlier = export(
        "earlier", patents=f"{head}a 1 2010-05-05 2011-11-05 - 3 2011-11-05\na 2 2010-05-05 - 2012-05-05 - -"
    )
    later = export(
        "later", patents=f"{head}a 1 2010-05-05 2011-11-05 2014-05-05 9 2011-11-05\na 2 2010-05-05 - 2012-05-06 - -"
    )
    assert lines(audit_tables(earlier, later)) == [
        ("changed", "patents", "a", "2", "granted_on", "2012-05-05", "2012-05-06")
    ]


def test_rows_whose_key_holds_their_date(export):
    # An outcome is named by its kind and day, so a day that moves is a row gone and a row come.
    head = "firm_id happened_on kind\n"
    earlier = export("earlier", outcomes=f"{head}a 2012-05-05 ipo\nb 2012-06-06 closure")
    later = export("later", outcomes=f"{head}a 2012-05-04 ipo\nb 2012-06-06 closure")
    assert lines(audit_tables(earlier, later)) == [
        ("vanished", "outcomes", "a", "ipo 2012-05-05", "happened_on", "2012-05-05", ""),
        ("back-filled", "outcomes", "a", "ipo 2012-05-04", "happened_on", "", "2012-05-04"),
    ]


def test_accounts_are_due_when_the_rule_has_them_known(export):
    # The newest period ends in 2012, so the accounts of that year were due by 2013-04-30; those of 2013 were not.
    head = "firm_id period_end revenue currency\n"
    earlier = export("earlier", financials=f"{head}a 2012-12-31 5 EUR")
    later = export("later", financials=f"{head}a 2012-12-31 5 EUR\na 2011-12-31 4 EUR\na 2013-12-31 6 EUR")
    audit = audit_tables(earlier, later)
    assert (found(audit, "back_filled", "financials").count, found(audit, "back_filled", "financials").of) == (1, 2)


def test_only_tables_of_both_exports_are_compared(export):
    rounds = "firm_id round_id announced_on kind\na 1 2012-05-05 seed"
    audit = audit_tables(export("earlier", rounds=rounds), export("later", firms="firm_id founded_on\na 2001-05-05"))
    assert [comparison.table for comparison in audit.comparisons or ()] == []
    assert list(audit.changes.columns) == list(CHANGES)
    assert audit.changes.empty
