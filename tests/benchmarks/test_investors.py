"""What investors' names add, as a reader measures it."""

import json

import pytest

from tests.benchmarks.commands import shown
from tests.conftest import LONG

pytestmark = pytest.mark.slow

WHOLE = LONG > 1
OUTCOMES = ["market", "exit", "listed"] if WHOLE else ["market"]
FEW = () if WHOLE else ("--share", "0.25", "--fits", "1", "--resamples", "20")


def test_records_add_to_ranking_and_are_measured_where_completeness_cannot_tell(real_data, tmp_path):
    written = tmp_path / "figures.json"
    chosen = [option for outcome in OUTCOMES for option in ("--outcome", outcome)]
    printed = shown("investors.py", "--data", str(real_data), *chosen, *FEW, "--json", str(written))
    for outcome, found in json.loads(written.read_text()).items():
        everyone, named = found["all firms"], found["firms that name an investor"]
        assert 0 < named["firms"] < everyone["firms"]
        assert f"{outcome}, all firms: {everyone['firms']:,}" in printed
        for some in (everyone, named):
            first, *others = some["models"].values()
            assert first["auc"]["adds"] == {"value": 0, "low": 0, "high": 0}
            for model in others:
                gain = model["auc"]["value"]["value"] - first["auc"]["value"]["value"]
                assert model["auc"]["adds"]["value"] == pytest.approx(gain)
        if WHOLE:
            assert everyone["models"]["all of investors"]["auc"]["adds"]["low"] > 0
