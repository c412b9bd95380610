"""A contract names an outcome, a timespan, a money rule and signals, and says which of them a model does not keep."""

import pytest

from littlegiants.ingest.errors import ConfigError, ContractError
from littlegiants.ingest.tables.money import MoneyRule
from littlegiants.models.serving_contract import ServingContract, of_features, of_label, of_money, promised

# What is changed in a manifest, and what the refusal says of it.
OTHERS = {
    "outcome": "its outcome is exit",
    "timespan": "its label timespan is 12 months, not 24 months",
    "money": "its money rule is 2015, not paid",
    "features": "its feature contract is",
}


def other(manifest, what: str):
    """A manifest that differs in one of the four."""
    match what:
        case "outcome":
            return manifest.model_copy(update={"label": manifest.label.model_copy(update={"outcome": "exit"})})
        case "timespan":
            return manifest.model_copy(update={"label": manifest.label.model_copy(update={"timespan": "12 months"})})
        case "money":
            return manifest.model_copy(update={"money": MoneyRule(constant_prices=2015)})
    return manifest.model_copy(update={"versions": {**manifest.versions, "signals": "2"}})


@pytest.mark.parametrize("what", OTHERS)
def test_a_model_that_differs_in_one_of_the_four_is_refused_and_the_difference_named(model, what):
    contract = ServingContract().check(model.manifest)
    assert contract == ServingContract.of(model.manifest) == contract.check(model.manifest)
    assert None not in (contract.outcome, contract.timespan, contract.money, contract.features)
    with pytest.raises(ContractError, match=f"^the model {model.version} is for something else: {OTHERS[what]}"):
        contract.check(other(model.manifest, what))


def test_all_that_differs_is_named_at_once(model):
    differing = other(other(model.manifest, "outcome"), "money")
    with pytest.raises(ContractError, match=r"its outcome is exit .*; its money rule is 2015, not paid$"):
        ServingContract.of(model.manifest).check(differing)


def test_what_a_contract_leaves_open_the_first_model_decides(model):
    named = promised("market", timespan="24 months", money="paid")
    assert named.check(model.manifest) == ServingContract.of(model.manifest)
    with pytest.raises(ContractError, match=r"its outcome is market \(.*\), not exit$"):
        promised("exit").check(model.manifest)


def test_whom_the_outcome_counts_for_is_part_of_it(model):
    label = model.manifest.label
    changed = [label.model_copy(update=update) for update in ({"min_round_usd": 5e6}, {"require_round": True})]
    assert len({of_label(found) for found in (label, *changed)}) == 3
    with pytest.raises(ContractError, match="its outcome is market"):
        ServingContract.of(model.manifest).check(model.manifest.model_copy(update={"label": changed[0]}))


def test_signals_in_another_order_are_other_signals(model):
    turned = model.manifest.model_copy(update={"features": model.manifest.features[::-1]})
    assert of_features(turned) != of_features(model.manifest)


def test_supplied_rates_are_named():
    assert of_money(MoneyRule("a" * 64, 2015)) == "2015 at the rates aaaaaaaaaaaa"


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ({"outcome": "fame"}, "there is no outcome 'fame'; the outcomes are market, exit"),
        ({"timespan": "2 years"}, "--timespan '2 years' is no label timespan; give it as '24 months' or '793 days'"),
        ({"money": "cheap"}, "--money 'cheap' is no money rule; give paid, or the year of constant prices"),
    ],
)
def test_a_value_that_no_model_has_is_refused(named, said):
    with pytest.raises(ConfigError, match=said):
        promised(**named)
