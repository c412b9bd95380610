"""The examples of the README and of examples/ run as they stand, on a small model."""

import re
import runpy
import shutil

import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.slow


def test_the_example_scores_firms_and_withholds_where_nothing_is_known(artefact, capsys):
    runpy.run_path(str(ROOT / "examples" / "score_a_portfolio.py"))["main"](artefact)
    header, *lines = capsys.readouterr().out.splitlines()
    assert header.split() == ["firm_id", "p_market", "p_market_low", "p_market_high", "abstain_reason", "reason_1"]
    chinese, german, unknown = (line.split() for line in lines)
    for firm in (chinese, german):
        point, low, high = map(float, firm[1:4])
        assert 0 < low <= point <= high < 1
        assert re.fullmatch(r"[a-z0-9_]+=\S+ \([+-]\d+\)", " ".join(firm[4:]))
    assert unknown == ["unknown-firm", "NaN", "NaN", "NaN", "nothing_known"]


def test_the_readme_scores_a_portfolio(artefact, universe, tmp_path, monkeypatch):
    shutil.copytree(artefact, tmp_path / "demo" / "model")
    shutil.copytree(universe, tmp_path / "demo" / "portfolio")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"^```python\n(.*?)^```", readme, re.MULTILINE | re.DOTALL)
    (tmp_path / "example.py").write_text(block, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert len(runpy.run_path("example.py")["scores"]) > 100
