"""Investors of the simulated rounds."""

from functools import cache

import numpy as np
import pandas as pd

from littlegiants.training.simulator import accounts
from littlegiants.training.simulator.investors import investments
from tests.training.simulator.small_world import firm_rows, materialised


@cache
def made() -> tuple[pd.DataFrame, pd.DataFrame]:
    """The investments and their rounds."""
    rounds = accounts.rounds(materialised(), np.random.default_rng(5))
    return pd.DataFrame(investments(materialised(), rounds, np.random.default_rng(6))), pd.DataFrame(rounds)


def test_each_investment_is_of_a_round_of_its_firm_and_day_and_nobody_is_named_twice():
    named, rounds = made()
    both = named.merge(rounds, on=["firm_id", "round_id", "announced_on"], suffixes=("", "_round"))
    assert len(both) == len(named)
    assert not named.duplicated(["round_id", "investor"]).any()
    assert (both.groupby("round_id").size() <= both.groupby("round_id")["investor_count"].first().fillna(1)).all()
    assert np.nansum(both["amount"] > both["amount_round"]) == 0


def test_most_rounds_name_someone_and_a_round_has_one_lead_at_most():
    named, rounds = made()
    assert 0.55 < named["round_id"].nunique() / len(rounds) < 0.68
    assert named.groupby("round_id")["lead"].sum().max() == 1
    assert 0.6 < named["lead"].notna().mean() < 0.8


def test_the_state_and_banks_are_in_their_own_rounds_only():
    named, rounds = made()
    both = named.merge(rounds[["round_id", "kind", "state_backed_share"]], on="round_id", suffixes=("", "_round"))
    assert ((both["kind"] == "bank") == (both["kind_round"] == "debt")).all()
    first = both.drop_duplicates("round_id")
    not_debt = first[first["kind"] != "bank"]
    assert ((not_debt["kind"] == "state") == (not_debt["state_backed_share"] > 0)).all()


def test_the_other_firms_of_its_investors_tell_of_a_firms_quality():
    named, _ = made()
    quality = materialised().firms.quality[firm_rows(named)]
    pairs = named.assign(quality=quality).drop_duplicates(["firm_id", "investor"])
    group = pairs.groupby("investor")["quality"]
    others = (group.transform("sum") - pairs["quality"]) / (group.transform("size") - 1)
    assert 0.3 < others.corr(pairs["quality"]) < 0.7


def test_investors_come_again():
    named, _ = made()
    rounds = named.groupby("firm_id")["round_id"].transform("nunique")
    again = named[rounds >= 3].groupby(["firm_id", "investor"]).size() > 1
    assert 0.2 < again.mean() < 0.6
