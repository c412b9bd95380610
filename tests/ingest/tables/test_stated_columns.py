"""The optional columns that tables say anything in."""

from littlegiants.ingest.tables.stated_columns import stated_columns
from littlegiants.ingest.tables.tables import Tables
from tests.features.hand_tables import frame

FIRMS = frame("firm_id country city founded_on sectors\na NO - 2001-01-01 -\nb - - - -")
ROUNDS = frame("firm_id round_id announced_on kind amount currency investor_count\na 1 2010-01-01 seed - - 0")


def test_columns_with_a_value_of_each_kind_are_stated_and_empty_ones_are_not():
    stated = stated_columns(
        Tables.from_frames({"firms": FIRMS, "rounds": ROUNDS, "grants": frame("firm_id grant_id awarded_on")})
    )
    assert stated == {"firms": ("country", "founded_on"), "rounds": ("investor_count",)}


def test_choices_lists_and_amounts_are_seen():
    grants = frame("firm_id grant_id awarded_on level amount currency\na g 2010-01-01 local 5 USD")
    firms = FIRMS.assign(sectors="robotics")
    stated = stated_columns(Tables.from_frames({"firms": firms, "grants": grants}))
    assert (stated["firms"][-1], stated["grants"]) == ("sectors", ("amount", "level"))
