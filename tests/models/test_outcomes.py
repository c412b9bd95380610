"""One declaration is all that another outcome needs."""

import subprocess
import sys

import pytest

from littlegiants.ingest.errors import ConfigError
from littlegiants.ingest.tables.contract import OUTCOME_KINDS, ROUND_KINDS
from littlegiants.models.outcomes import MARKET_ROUNDS, NAMES, OUTCOMES, described, outcome_named


def test_the_declared_outcomes():
    assert NAMES[:3] == ("market", "exit", "acquisition")
    assert described().startswith("market, or exit for IPO and acquisition only")
    assert [outcome_named(name) for name in NAMES] == list(OUTCOMES)
    assert outcome_named("market").rule.rounds == outcome_named("exit").rule.partial_rounds == MARKET_ROUNDS
    assert [outcome.rule.subsidised for outcome in OUTCOMES[:3]] == [True, False, False]
    assert "ipo" not in outcome_named("acquisition").rule.exits


@pytest.mark.parametrize("outcome", OUTCOMES, ids=NAMES)
def test_rules_name_kinds_of_the_contract(outcome):
    assert set(outcome.rule.exits) <= set(OUTCOME_KINDS)
    assert {*outcome.rule.rounds, *outcome.rule.partial_rounds} <= set(ROUND_KINDS)
    assert outcome.sentence.format(min_round="US$ 1 m").startswith(("a ", "an "))


def test_an_outcome_that_nobody_declared():
    with pytest.raises(ConfigError, match=rf"^there is no outcome 'ipo'; the outcomes are {', '.join(NAMES)}$"):
        outcome_named("ipo")


THIRD = """
from littlegiants.models import outcomes

rule = outcomes.EventRule(("ipo",), ("corporate",), partial_rounds=("debt",))
made_up = outcomes.Outcome(
    "listing", rule, ("listing", "listings"), "an IPO, or a corporate round of {min_round}", "for stock exchanges"
)
outcomes.OUTCOMES = (*outcomes.OUTCOMES, made_up)
outcomes.NAMES = tuple(outcome.name for outcome in outcomes.OUTCOMES)
outcomes.OutcomeName = outcomes.Literal[outcomes.NAMES]

from datetime import date

import numpy as np
import pandas as pd
from typer.testing import CliRunner

from littlegiants.cli.app import app
from littlegiants.ingest.tables.tables import Tables
from littlegiants.models.manifest import LabelDefinition
from littlegiants.reports.metric_names import success
from littlegiants.training.config import TrainConfig, describe
from littlegiants.training.labels import MARKET, STALLED, label

assert CliRunner().invoke(app, ["train", "--help"], env={"COLUMNS": "200"}).output.count("|listing") == 1
refused = CliRunner().invoke(app, ["train", "--data", ".", "--outcome", "both"], standalone_mode=False).exception
assert "'both' is not one of 'market', 'exit'," in refused.format_message(), refused
assert refused.format_message().endswith(", 'listing'."), refused
assert ("label.outcome", "market", f"{outcomes.described()}") in describe()
assert outcomes.described().endswith(", or listing for stock exchanges")

settings = TrainConfig.model_validate({"label": {"outcome": "listing", "min_round_usd": 5e6}})
rule = settings.label.rule()
firms = ["acquired", "corporate", "debt", "listed", "seed"]
rounds = pd.DataFrame({"firm_id": ["corporate", "debt", "seed"], "kind": ["corporate", "debt", "seed"]})
rounds = rounds.assign(round_id=rounds.index.astype(str), announced_on="2019-03-01", amount=5e6, currency="USD")
exits = pd.DataFrame({"firm_id": ["acquired", "listed"], "kind": ["acquisition", "ipo"], "happened_on": "2019-03-01"})
frames = {"firms": pd.DataFrame({"firm_id": firms, "founded_on": "2010-01-01"}), "rounds": rounds, "outcomes": exits}
tables = Tables.from_frames(frames)
found = label(tables, np.arange(5), date(2018, 1, 1), date(2021, 1, 1), rule)
assert dict(zip(firms, found == MARKET)) == {f: f in ("corporate", "listed") for f in firms}, found

definition = LabelDefinition(outcome="listing", timespan="24 months", min_round_usd=5e6, require_round=False)
assert success(definition) == "an IPO, or a corporate round of US$ 5 m"
assert outcomes.outcome_named("listing").nouns == ("listing", "listings")
"""


def test_a_third_outcome_needs_no_other_edit():
    found = subprocess.run([sys.executable, "-c", THIRD], capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr[-2000:]
