"""Late and corrected rows."""

import numpy as np
import pytest

from littlegiants.models.outcomes import MARKET_ROUNDS
from littlegiants.training.simulator import accounts, investors, registers
from littlegiants.training.simulator.reporting_delay import RULES, blurred
from littlegiants.training.simulator.world import END
from tests.training.simulator.small_world import materialised, rough_usd

BUILD = {
    "rounds": accounts.rounds,
    "grants": accounts.grants,
    "outcomes": registers.outcomes,
    "financials": accounts.financials,
    "investments": lambda world, rng: investors.investments(world, accounts.rounds(world, rng), rng),
}
KEYS = {
    "rounds": ["round_id"],
    "grants": ["grant_id"],
    "outcomes": ["firm_id"],
    "financials": ["firm_id", "period_end"],
    "investments": ["round_id", "investor"],
}


def before_and_after(table):
    before = BUILD[table](materialised(), np.random.default_rng(5))
    return before, blurred(table, before, np.random.default_rng(6))


def keys(table, columns):
    return np.array(["|".join(map(str, row)) for row in zip(*(columns[name] for name in KEYS[table]), strict=True)])


def known(table, columns):
    rule = RULES[table]
    usual = columns[rule.event].astype("M8[D]") + rule.usual
    return np.where(np.isnat(columns["known_on"]), usual, columns["known_on"])


@pytest.mark.parametrize("table", sorted(RULES))
def test_no_row_is_known_before_its_event_or_after_the_end(table):
    _, after = before_and_after(table)
    event = after[RULES[table].event].astype("M8[D]")
    assert np.all(known(table, after) >= event)
    assert np.all(after["known_on"][~np.isnat(after["known_on"])] <= END)


@pytest.mark.parametrize("table", sorted(RULES))
def test_shares_of_late_and_corrected_rows(table):
    before, after = before_and_after(table)
    rule, size = RULES[table], len(before["firm_id"])
    corrections = len(after["firm_id"]) - size
    late = np.sum(~np.isnat(after["known_on"])) - corrections
    error = 4 * np.sqrt(rule.late * (1 - rule.late) / size)
    assert abs(late / size - rule.late) < error
    # Left out are corrections that would come after the end, and those of amounts that nobody knows.
    share = rule.corrected * np.mean(~np.isnan(before[rule.amount]))
    assert 0.6 * share < corrections / size < share + 4 * np.sqrt(rule.corrected / size)


@pytest.mark.parametrize("table", sorted(RULES))
def test_a_correction_has_the_key_of_an_earlier_row_and_another_amount_later(table):
    before, after = before_and_after(table)
    name, amount, day = keys(table, after), after[RULES[table].amount], known(table, after)
    repeated = np.unique(name)[np.unique(name, return_counts=True)[1] > 1]
    assert len(repeated) == len(name) - len(before["firm_id"]) > 0
    for key in repeated[:200]:
        old, new = np.flatnonzero(name == key)[np.argsort(day[name == key])]
        assert day[old] < day[new]
        for column in after.keys() - {"known_on", RULES[table].amount}:
            assert after[column][old] == after[column][new] or after[column][old] != after[column][old]
    assert np.mean([len(set(amount[name == key])) == 2 for key in repeated[:200]]) > 0.9


def test_corrections_never_move_a_round_across_a_million():
    before, after = before_and_after("rounds")
    big = {key: usd >= 1e6 for key, usd in zip(before["round_id"], rough_usd(before), strict=True)}
    market = np.isin(after["kind"], MARKET_ROUNDS)
    for key, usd in zip(after["round_id"][market], rough_usd(after)[market], strict=True):
        assert (usd >= 1e6) == big[key]


def test_tables_without_a_rule_stay_as_they_are():
    patents = registers.patents(materialised(), np.random.default_rng(5))
    assert blurred("patents", patents, np.random.default_rng(6)) is patents
