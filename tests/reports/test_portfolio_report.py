"""The report: one page that needs nothing else, says what the scores say, and runs nothing that a table holds."""

import math
import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from littlegiants.ingest.errors import ConfigError
from littlegiants.ingest.tables.tables import Tables
from littlegiants.models.scoring.abstain import REASONS
from littlegiants.models.scoring.model import Model
from littlegiants.models.scoring.reasons import Reason
from littlegiants.reports.metric_names import success
from littlegiants.reports.portfolio import ranking
from littlegiants.reports.portfolio_report import SHOWN, drivers, write_report
from littlegiants.reports.wording import describe_reason, signed
from littlegiants.serving.scorer import Scorer, score_frame
from tests.small_model import AS_OF

VOID = {"br", "meta", "hr", "img", "link", "input"}
HOSTILE = "<script>alert(\"x\")</script>' onmouseover='alert(1) {{ 7 * 7 }}"
TURNED = "Acme \u202egnp.exe"


class Page(HTMLParser):
    """The page as parsed: elements in order, ids, text by element, whether every tag is closed in its turn."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.texts: list[tuple[str, str]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        assert len(dict(attrs)) == len(attrs), f"an attribute stands twice in {tag} {attrs}"
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag):
        assert [tag] == self.open[-1:], f"</{tag}> closes {self.open}"
        self.open.pop()

    def handle_data(self, data):
        self.texts.append((self.open[-1] if self.open else "", data))

    @property
    def text(self) -> str:
        return " ".join(" ".join(data for tag, data in self.texts if tag != "style").split())

    def of(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(scope="module")
def write(tmp_path_factory):
    """Return a function that writes a report and returns its text."""

    def written(scores, model, tables, names=None, portfolio="Fund II"):
        path = tmp_path_factory.mktemp("report") / "report.html"
        write_report(path, scores, model, tables, names or {}, portfolio)
        return path.read_text(encoding="utf-8")

    return written


@pytest.fixture(scope="module")
def held(portfolio) -> Tables:
    return Tables.from_frames(portfolio)


@pytest.fixture(scope="module")
def held_scores(model, held) -> pd.DataFrame:
    return Scorer(model).score(held, AS_OF)


@pytest.fixture(scope="module")
def html(write, held_scores, model, held):
    best = held_scores.sort_values("p_market", ascending=False)["firm_id"].tolist()
    return write(held_scores, model, held, {best[0]: HOSTILE, best[1]: TURNED, best[2]: "国投 <b>&"}, "A & B </title>")


def changed(model: Model, **fields) -> Model:
    return replace(model, manifest=model.manifest.model_copy(update=fields))


def rescored(model: Model, scores: pd.DataFrame) -> pd.DataFrame:
    return scores.assign(model_version=model.version)


def test_tags_are_balanced_and_ids_are_unique(html):
    page = Page(html)
    assert page.open == []
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids)) > 0
    assert html.startswith("<!DOCTYPE html>")
    assert [attributes["lang"] for attributes in page.of("html")] == ["en"]


def test_page_asks_for_nothing_from_anywhere(html):
    page = Page(html)
    links = [v for _, attributes in page.elements for k, v in attributes.items() if k in ("src", "href", "xlink:href")]
    assert all(link.startswith("#") for link in links)
    assert all(found.startswith("#") for found in re.findall(r"url\(([^)]*)\)", html))
    assert "@import" not in html
    assert not {"script", "link", "iframe", "object", "embed", "form", "img"} & {tag for tag, _ in page.elements}
    assert not [k for _, attributes in page.elements for k in attributes if k.startswith("on")]
    policies = [a["content"] for a in page.of("meta") if a.get("http-equiv") == "Content-Security-Policy"]
    assert policies == ["default-src 'none'; style-src 'unsafe-inline'; img-src data:"]


def test_references_within_figures_lead_somewhere(html):
    ids = {attributes.get("id") for _, attributes in Page(html).elements}
    assert set(re.findall(r"url\(#([^)]*)\)", html) + re.findall(r'href="#([^"]*)"', html)) <= ids


def test_hostile_names_are_text_and_show_what_they_hide(html):
    page = Page(html)
    assert HOSTILE in page.text
    assert "Acme ⟨U+202E⟩gnp.exe" in page.text
    assert "\u202e" not in html
    assert "国投 <b>&" in page.text
    assert [data for tag, data in page.texts if tag == "title"] == [f"A & B </title>, 31 December {AS_OF.year}"]


def test_hostile_ids_words_and_columns_are_text(write, model, held):
    scores = Scorer(model).score_arrays(held, AS_OF)
    firm = ranking(scores, 1)[0]
    scores["firm_id"] = np.array([*scores["firm_id"][:firm], "<i>7</i>", *scores["firm_id"][firm + 1 :]], object)
    scores["reason_1"][firm] = Reason("region_code", "<u>\u202dMars</u>", 3.0)
    scores["reason_2"][firm] = Reason("<u>no column at all</u>", 1.0, 2.0)
    hostile = [replace(held.reconciliations[0], ignored_columns=("<u>x</u>",)), *held.reconciliations[1:]]
    page = Page(write(scores, model, replace(held, reconciliations=tuple(hostile))))
    assert not page.of("i")
    assert not page.of("u")
    for text in ("<i>7</i>", "Region: <u>⟨U+202D⟩Mars</u>", "<u>no column at all</u>", "ignored: <u>x</u>"):
        assert text in page.text


def test_a_frame_gives_the_page_that_its_arrays_give(write, model, held):
    arrays = Scorer(model).score_arrays(held, AS_OF)
    assert write(score_frame(arrays), model, held) == write(arrays, model, held)


def test_a_frame_without_reasons_gives_a_page_without_reasons(write, model, held):
    page = Page(write(Scorer(model).score(held, AS_OF, explain=False), model, held))
    assert "were not asked for" in page.text


def test_every_number_of_the_ranking_is_the_score_itself(html, held_scores):
    cells = [float(a["value"]) for a in Page(html).of("data")]
    given = held_scores[~held_scores["abstained"]].sort_values(["p_market", "firm_id"], ascending=[False, True])
    columns = ["p_market", "p_market_low", "p_market_high", "p_subsidised", "p_stalled", "percentile"]
    assert cells[0] == pytest.approx(given["p_market"].sum(), rel=1e-12)
    assert cells[1:] == given[columns].head(SHOWN).to_numpy().ravel().tolist()


def test_shown_text_rounds_the_number_beside_it(html):
    for exact, shown in re.findall(r'<data value="([^"]+)">([^<]+)%</data>', html):
        assert math.isclose(100 * float(exact), float(shown.strip("&lgt;")), abs_tol=0.051)


def test_ranking_says_how_many_more_there_are(write, model, tables, scores):
    page = Page(write(scores, model, tables))
    given = int((~scores["abstained"]).sum())
    assert f"The first 50 of {given:,} firms by probability" in page.text
    assert f"{given - 50:,} more are in the file of scores" in page.text
    assert [a["class"] for tag, a in page.elements if a.get("class") == "n rank quiet"] == ["n rank quiet"] * 50


def test_expected_number_and_its_range(html, held_scores):
    p = held_scores["p_market"].dropna().to_numpy()
    half = 1.96 * np.sqrt((p * (1 - p)).sum())
    low, high = int(np.floor(p.sum() - half)), int(np.ceil(p.sum() + half))
    page = Page(html)
    assert f"{p.sum():.1f} {max(low, 0)} to {high}" in page.text
    assert f"firms with a probability {len(p)}" in page.text
    assert f"firms withheld {len(held_scores) - len(p)}" in page.text


@pytest.mark.parametrize("code", ["unseen_country", "unseen_sector", "nothing_known"])
def test_withheld_firms_are_listed_with_their_reason(html, held_scores, code):
    page = Page(html)
    firms = held_scores.loc[held_scores["abstain_reason"] == code, "firm_id"]
    assert len(firms) > 0
    assert f"{REASONS[code]}: {len(firms)} firm" in page.text
    for firm in firms:
        assert f"{firm} {REASONS[code]}" in page.text


def test_withheld_for_want_of_a_table(write, model, portfolio):
    tables = Tables.from_frames({name: frame for name, frame in portfolio.items() if name != "patents"})
    scores = Scorer(model).score(tables, AS_OF)
    page = Page(write(scores, model, tables))
    assert f"{REASONS['table_missing']}: " in page.text
    assert "No firm has a probability on this date." in page.text
    assert "Not observed: patents. This table was not given." in page.text


def test_reasons_are_in_words(html, model, held):
    page, scores = Page(html), Scorer(model).score_arrays(held, AS_OF)
    for row in ranking(scores, SHOWN):
        words = describe_reason(scores["reason_1"][row])
        assert f"{signed(words.points)} {words.signal}: {words.value}" in page.text
    assert not re.search(r"[a-z0-9_]+=\S+ \([+-]\d+\)", page.text)


def test_unstable_reasons_are_said_never_to_be_shown(write, model, held, held_scores):
    assert "Never shown as a reason" not in Page(write(held_scores, model, held)).text
    other = changed(model, unstable_reasons=("age_years", "grant_share"))
    page = Page(write(rescored(other, held_scores), other, held))
    assert page.open == []
    assert "2 signals are never shown here, since other fits of the same data do not confirm them." in page.text
    assert re.search(r"Never shown as a reason, .* all the same: .*age_years .*grant_share", page.text)


def test_scores_without_reasons(write, model, held):
    page = Page(write(Scorer(model).score(held, AS_OF, explain=False), model, held))
    assert "were not asked for" in page.text


def test_metrics_stand_beside_those_of_the_baselines(html, model):
    page = Page(html)
    for figures in (model.manifest.metrics, *model.manifest.baselines.values()):
        assert f"{figures['auc'].value:.3f} {figures['auc'].low:.3f} to {figures['auc'].high:.3f}" in page.text
    head = [data for tag, data in page.texts if tag == "th"]
    assert [name for name in head if name in ("This model", "Logistic regression", "Total raised", "Base rate")] == [
        "This model",
        "Logistic regression",
        "Total raised",
        "Base rate",
    ]


def test_best_firms_stand_in_order(html, model):
    found = re.findall(r"the best ([0-9]+%?)", html)
    assert found == ["20", "100", "1%", "5%", "10%"]
    assert f"{100 * model.manifest.metrics['precision_at_20'].value:.0f}%" in Page(html).text


def test_without_a_holdout_the_page_says_so(write, model, held, held_scores):
    untested = changed(
        model,
        metrics={},
        baselines={},
        reliability=(),
        dates=model.manifest.dates.model_copy(update={"test": None}),
    )
    page = Page(write(rescored(untested, held_scores), untested, held))
    assert "Never tested." in page.text
    assert "no measurement to show" in page.text
    assert "Tested as of never" in page.text
    assert "AUC" not in page.text


def test_model_of_later_knowledge_looks_back(write, model, held):
    earlier = Scorer(model).score(held, date(2024, 6, 30))
    assert "This looks back." in Page(write(earlier, model, held)).text


def test_forecast_does_not_look_back(html):
    assert "This looks back." not in html


def test_model_without_subsidised_says_why(write, model, held, held_scores):
    note = "the fit dates hold 12 subsidised firms, fewer than 200"
    other = changed(model, subsidised_note=note)
    scores = rescored(other, held_scores).assign(p_subsidised=np.nan, p_stalled=np.nan)
    page = Page(write(scores, other, held))
    assert note in page.text
    assert "Stalled" not in [data for tag, data in page.texts if tag == "th"]
    assert "nan" not in page.text.lower().split()


def test_exit_model_speaks_of_exits(write, model, held, held_scores):
    label = model.manifest.label.model_copy(update={"outcome": "exit", "timespan": "793 days"})
    other = changed(model, label=label)
    page = Page(write(rescored(other, held_scores), other, held))
    assert "have an IPO or an acquisition within 793 days after 31 December 2025" in page.text
    assert "exits to expect" in page.text


def test_success_in_words(model):
    label = model.manifest.label.model_copy(update={"min_round_usd": 250_000.0})
    assert "a private round of at least US$ 250 k" in success(label)


def test_sums_of_every_table_and_the_codes_of_what_was_set_apart(html, held):
    page = Page(html)
    for table in held.reconciliations:
        assert f"{table.table} {table.read:,} {table.used:,} {table.quarantined:,}" in page.text
    assert "3 × negative_amount , an amount or count below zero" in page.text


def test_dates_digests_and_versions(html, model, held):
    manifest, text = model.manifest, Page(html).text
    facts = (manifest.digest, manifest.data_digest, held.digest(), model.version, "Labels known by 31 December 2025")
    assert all(fact in text for fact in facts)
    for name, version in manifest.versions.items():
        assert f"{name} {version}" in text
    assert all(name in text for name in manifest.constant_features)


def test_table_that_training_did_not_have_is_not_used(write, model, held, held_scores):
    other = changed(model, observed_tables=("rounds", "grants"))
    text = Page(write(rescored(other, held_scores), other, held)).text
    assert (
        "Not used: patents, recognitions, financials and investments. The model was trained without these tables."
        in text
    )


def test_nobody_at_risk(write, model, held, held_scores):
    page = Page(write(held_scores.iloc[:0], model, held, portfolio=""))
    assert "No firm has a probability on this date." in page.text
    assert "Portfolio" in page.text


def test_single_firm(write, model, held, held_scores):
    one = held_scores[~held_scores["abstained"]].head(1)
    assert "All 1 firm by probability" in Page(write(one, model, held)).text


def test_every_table_has_a_caption_and_scoped_headings(html):
    page = Page(html)
    assert len(page.of("caption")) == len(page.of("table")) > 4
    assert all(attributes.get("scope") in ("col", "row") for attributes in page.of("th"))
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_same_input_same_bytes(write, model, held, held_scores):
    shuffled = held_scores.sample(frac=1, random_state=1)
    assert write(held_scores, model, held) == write(shuffled, model, held)


def test_order_within_the_manifest_does_not_matter(write, model, held, held_scores):
    baselines = dict(reversed(model.manifest.baselines.items()))
    metrics = dict(reversed(model.manifest.metrics.items()))
    other = changed(model, baselines=baselines, metrics=metrics)
    assert write(held_scores, other, held) == write(held_scores, model, held)


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2) of a colour such as #1f5a94 or #fff."""
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_text_has_the_contrast_of_wcag_aa_in_every_theme(html):
    themes = [dict(re.findall(r"--([a-z-]+): (#[0-9a-f]+)", block)) for block in re.findall(r":root \{([^}]*)\}", html)]
    assert len(themes) == 3  # light, dark, print
    for theme in themes:
        theme = {**themes[0], **theme}
        for ink in ("ink", "muted", "accent", "down", "warn"):
            for paper in ("paper", "panel"):
                light, dark = sorted((luminance(theme[ink]), luminance(theme[paper])), reverse=True)
                assert (light + 0.05) / (dark + 0.05) >= 4.5, (ink, paper, theme)


def test_drivers_leave_out_what_gained_nothing():
    found = drivers({"raised_usd": 0.25, "age_years": 0.75, "sector_code": 0.0})
    assert [driver.name for driver in found] == ["age_years", "raised_usd"]
    assert [driver.length for driver in found] == [1.0, pytest.approx(1 / 3)]
    assert drivers({"age_years": 0.0}) == []


def test_scores_of_another_model_are_refused(tmp_path, model, held, held_scores):
    with pytest.raises(ConfigError, match=r"the scores are of model 0{12}, the report of [0-9a-f]{12}; give the model"):
        write_report(tmp_path / "r.html", held_scores.assign(model_version="0" * 12), model, held, {}, "")
    assert list(tmp_path.iterdir()) == []


def test_scores_of_two_dates_are_refused(tmp_path, model, held, held_scores):
    both = pd.concat([held_scores, held_scores.assign(as_of_date="2024-12-31")])
    with pytest.raises(ConfigError, match="as of 2 dates, 2024-12-31 to 2025-12-31; report one at a time"):
        write_report(tmp_path / "r.html", both, model, held, {}, "")


def test_other_suffix_is_refused(tmp_path, model, held, held_scores):
    with pytest.raises(ConfigError, match=r"ends in '\.pdf'; name a file that ends in \.html or \.htm"):
        write_report(tmp_path / "r.pdf", held_scores, model, held, {}, "")


def test_missing_folder_is_one_line(tmp_path, model, held, held_scores):
    with pytest.raises(ConfigError, match="cannot be written: No such file or directory"):
        write_report(tmp_path / "none" / "r.html", held_scores, model, held, {}, "")
