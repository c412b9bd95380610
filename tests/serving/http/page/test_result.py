"""The page on a portfolio: every number is the score itself, every row of the files is accounted for."""

import base64
import io
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from littlegiants.ingest.files.frames import to_csv
from littlegiants.serving.http.page import result
from littlegiants.serving.http.page.result import address, quarantined_rows, result_page, scores_file
from littlegiants.serving.scorer import Scorer
from littlegiants.serving.uploaded_tables import UploadedTables, read_upload
from littlegiants.serving.uploads import Upload
from tests.reports.test_portfolio_report import Page
from tests.serving.http.page.conftest import as_csv, as_parquet
from tests.small_model import AS_OF


def uploaded(files: dict[str, bytes]) -> UploadedTables:
    return read_upload([Upload(name, io.BytesIO(content)) for name, content in files.items()])


@pytest.fixture(scope="module")
def held(portfolio) -> UploadedTables:
    return uploaded(as_csv(portfolio))


@pytest.fixture(scope="module")
def page(scorer, held) -> Page:
    return Page(result_page(scorer, held, AS_OF))


@pytest.fixture(scope="module")
def scores(scorer: Scorer, held) -> pd.DataFrame:
    return scorer.score(held.tables, AS_OF)


def test_numbers_are_the_scores_themselves(page, scores):
    given = scores[~scores["abstained"]].sort_values(["p_market", "firm_id"], ascending=[False, True])
    columns = ["p_market", "p_market_low", "p_market_high", "p_subsidised", "p_stalled", "percentile"]
    expected = [value for rank, row in enumerate(given[columns].to_numpy().tolist(), 1) for value in (rank, *row)]
    cells = [float(a["value"]) for a in page.of("data")]
    assert cells[0] == pytest.approx(given["p_market"].sum(), rel=1e-12)
    assert cells[1 : 1 + len(expected)] == expected


def test_file_within_the_page_is_the_scores(page, scores):
    (link,) = (a["href"] for a in page.of("a") if a.get("download", "").startswith("scores-"))
    assert base64.b64decode(link.partition("base64,")[2]) == to_csv(scores)


def test_file_of_scores_is_what_is_written_elsewhere(scorer, held, scores):
    assert scores_file(scorer, held, AS_OF) == to_csv(scores)


def test_expected_number_and_withheld_are_told(page, scores):
    p = scores["p_market"].dropna().to_numpy()
    half = 1.96 * np.sqrt((p * (1 - p)).sum())
    assert f"{p.sum():.1f} {int(np.floor(p.sum() - half))} to {int(np.ceil(p.sum() + half))}" in page.text
    assert f"{int(scores['abstained'].sum())} firms withheld" in page.text or "firms withheld" in page.text
    assert "Training saw no firm of this country. 4 firms." in page.text


def test_bars_hold_every_firm(page, scores):
    rects = [float(a["height"]) for a in page.of("rect") if a.get("width") == "8.4"]
    assert len(rects) == 20
    firms = np.histogram(scores["p_market"].dropna(), 20, (0, 1))[0]
    assert rects == [round(92 * count / firms.max(), 2) for count in firms.tolist()]


def test_rows_set_apart_are_shown_as_a_spreadsheet_numbers_them(page, held):
    rows = list(quarantined_rows(held))
    assert [(row.table, row.row, row.column, row.value) for row in rows[:3]] == [
        ("grants", 2, "amount", "-5"),
        ("grants", 3, "amount", "-5"),
        ("grants", 4, "amount", "-5"),
    ]
    assert "An amount or count below zero, in a column that cannot be." in page.text
    (link,) = (a["href"] for a in page.of("a") if a.get("download") == "rows-set-apart.csv")
    listed = pd.read_csv(io.BytesIO(base64.b64decode(link.partition("base64,")[2])), dtype=str, keep_default_na=False)
    assert [tuple(r) for r in listed[["table", "row", "column", "value"]].itertuples(index=False)] == [
        (row.table, str(row.row), row.column, row.value)
        if not row.value.startswith("-")
        else (row.table, str(row.row), row.column, f"'{row.value}")
        for row in rows
    ]


def test_rows_of_parquet_are_counted_from_one(portfolio):
    assert next(quarantined_rows(uploaded(as_parquet(portfolio)))).row == 1


def test_sums_of_every_table_are_shown(page, held):
    for sums in held.sums:
        assert f"{sums.table} {sums.read:,} {sums.used:,} {sums.quarantined:,}" in page.text


def test_only_the_first_firms_are_looked_into(scorer, held, scores, monkeypatch):
    monkeypatch.setattr(result, "LOOKED_INTO", 3)
    monkeypatch.setattr(result, "RANKED", 5)
    page = Page(result_page(scorer, held, AS_OF))
    given = int((~scores["abstained"]).sum())
    assert [a["id"] for a in page.of("div") if a.get("id", "").startswith("firm-")] == ["firm-1", "firm-2", "firm-3"]
    assert f"The first 5 of {given} firms by probability" in page.text
    assert [a["id"] for a in page.of("tr") if "id" in a] == [f"rank-{n}" for n in range(1, 6)]


def test_file_too_large_for_a_page_is_not_in_it(scorer, held, monkeypatch):
    assert address(b"x" * 1_500_000)
    monkeypatch.setattr(result, "_INLINE_BYTES", 10)
    page = Page(result_page(scorer, held, AS_OF))
    assert "The file of scores is too large to be within this page" in page.text
    assert not [a for a in page.of("a") if "download" in a]


def test_model_that_does_not_tell_subsidised_from_stalled(scorer, held):
    model = scorer.model
    manifest = model.manifest.model_copy(update={"subsidised_note": "too few were seen"})
    page = Page(result_page(replace(scorer, model=replace(model, subsidised=None, manifest=manifest)), held, AS_OF))
    assert "are not told apart: too few were seen." in page.text
    assert not [a for a in page.of("td") if a.get("data-label") == "Stalled"]


def test_model_never_tested_says_so(scorer, held):
    manifest = scorer.model.manifest.model_copy(update={"metrics": {}, "baselines": {}})
    page = Page(result_page(replace(scorer, model=replace(scorer.model, manifest=manifest)), held, AS_OF))
    assert "Never tested." in page.text


def test_same_portfolio_is_the_same_page(scorer, portfolio):
    first, second = (result_page(scorer, uploaded(as_csv(portfolio)), AS_OF) for _ in range(2))
    assert first == second
