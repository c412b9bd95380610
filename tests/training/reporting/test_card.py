"""The model card: all headings of the paper, every number the backtest's, nothing that Markdown would run."""

import json
import re

import pytest

from littlegiants.reports.wording import day
from littlegiants.training.backtest import BacktestConfig
from littlegiants.training.config import TrainConfig
from littlegiants.training.reporting.card import model_card
from littlegiants.training.reporting.sentences import percents, span
from tests.training.reporting.conftest import altered

# Mitchell et al. (2019), figure 1, and what it takes to do it again.
HEADINGS = [
    "Model details",
    "Intended use",
    "Factors",
    "Metrics",
    "Evaluation data",
    "Training data",
    "Quantitative analyses",
    "Ethical considerations",
    "Caveats and recommendations",
    "How to reproduce",
]


@pytest.fixture(scope="module")
def card(found, tables):
    return model_card(found, "fund|<b>", tables.reconciliations, "giants evaluate --data fund")


def test_headings_are_those_of_the_paper(card):
    assert re.findall(r"^## (.*)$", card, re.MULTILINE) == HEADINGS
    assert card.startswith("# Model card: fund\\|\\<b\\>\n")


def test_every_table_is_whole(card):
    for table in re.findall(r"(?:^\|.*\|\n)+", card, re.MULTILINE):
        widths = {len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}
        assert len(widths) == 1, table


def test_numbers_are_those_of_the_backtest(found, card):
    measured = found.pooled.measured
    for name in ("auc", "average_precision", "brier", "log_loss", "ece", "calibration_slope", "calibration_intercept"):
        assert f"**{span(measured.metrics[name])}**" in card
    for rival in found.pooled.baselines:
        assert span(rival.metrics["auc"]) in card
        assert percents(rival.metrics["precision_at_20"]) in card
    for part in found.pooled.slices:
        figures = "too few | too few" if part.note else span(part.metrics["auc"])
        assert f"| {part.by} | {part.name} | {part.rows:,} | {part.successes:,} | {figures} |" in card
    for origin in found.origins:
        days = ", ".join(map(str, origin.fit))
        assert f"| {origin.as_of} | {days} | {origin.calibrate} | {origin.fitted_rows:,} |" in card
    assert found.data_digest in card
    assert f"by {day(found.known_by)}" in card


def test_rows_of_the_tables_balance(tables, card):
    for table in tables.reconciliations:
        assert f"| {table.table} | {table.read:,} | {table.used:,} | {table.quarantined:,} |" in card


def test_caveats_name_what_is_not_known(found, card):
    newest = found.origins[-1]
    assert newest.constant_features
    assert all(f"`{name}`" in card for name in (*newest.constant_features, *found.stability.unstable))
    assert "**Not observed:** nothing" in card
    blind = altered(found, lambda plain: plain["origins"][-1].update(observed_tables=("rounds", "grants")))
    assert "**Not observed:** patents, recognitions, financials and investments." in model_card(blind, "x")


def test_simulated_data_are_said_to_be_so(found, card):
    assert "nothing here speaks of real firms" in card
    real = altered(found, lambda plain: plain["pooled"]["intervals"].update(truth_coverage=None, truth_error=None))
    assert "real firms" not in model_card(real, "x")


def test_settings_can_be_read_back(found, card):
    (block,) = re.findall(r"```json\n(.*?)```", card, re.DOTALL)
    settings = json.loads(block)
    assert TrainConfig.model_validate(settings["training"]).seed == found.config["seed"]
    assert BacktestConfig.model_validate(settings["backtest"]) == found.settings
    assert "```sh\ngiants evaluate --data fund\n```" in card


def test_hostile_words_are_text(found):
    def hostile(plain):
        part = plain["pooled"]["slices"][0]
        part.update(
            name="<img src=x>|`a`\n# b\u202e",
            metrics={**part["metrics"], "auc": dict.fromkeys(("value", "low", "high"), 0.1)},
        )

    text = model_card(altered(found, hostile), "x")
    assert not re.search(r"(?<!\\)<img", text)
    assert "\n# b" not in text
    assert "\u202e" not in text
    assert text.count("\\<img src=x\\>\\|\\`a\\`⟨U+000A⟩\\# b⟨U+202E⟩") >= 2
