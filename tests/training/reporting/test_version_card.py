"""The card of one trained model, from its manifest."""

import pytest

from littlegiants.models.manifest import Figure
from littlegiants.training.reporting.version_card import OWN, version_card


def test_every_figure_of_the_test_date_is_there_with_its_interval(model):
    card, manifest = version_card(model.manifest), model.manifest
    assert card.startswith("**market**: whether a firm succeeds within 24 months: ")
    auc = manifest.metrics["auc"]
    line = next(line for line in card.splitlines() if line.startswith("| AUC "))
    assert f"{auc.value:.3f}" in line
    assert f"{auc.low:.3f}" in line
    header = next(line for line in card.splitlines() if line.startswith("| metric "))
    assert [cell.strip() for cell in header.strip("|").split("|")] == ["metric", OWN, *manifest.baselines]
    assert f"{manifest.rows['test']:,} firms of" in card
    assert manifest.data_digest in card


def test_what_limits_the_model_is_said(model):
    changes = {
        "subsidised_note": "too few",
        "constant_features": ("a", "b"),
        "unstable_reasons": ("c_d",),
        "notes": ("n",),
    }
    card = version_card(model.manifest.model_copy(update=changes))
    for line in (
        "- n",
        "- P(subsidised) stays empty: too few",
        "- never observed or constant in these data: a, b",
        r"c\_d",
    ):
        assert line in card


def test_a_model_without_a_test_date_claims_no_skill(model):
    dates = model.manifest.dates.model_copy(update={"test": None})
    card = version_card(model.manifest.model_copy(update={"dates": dates, "metrics": {}, "baselines": {}}))
    assert "Nothing was held out to test on." in card
    assert "| metric" not in card


@pytest.mark.parametrize("name", ["a|b", "<script>"])
def test_names_from_tables_are_no_markup(model, name):
    figures = {name: {"auc": Figure(value=0.5, low=0.4, high=0.6)}}
    card = version_card(model.manifest.model_copy(update={"baselines": figures, "observed_tables": (name,)}))
    assert name not in card
