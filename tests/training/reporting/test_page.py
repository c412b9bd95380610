"""The page: whole, asking for nothing, its numbers those of the backtest, its pictures with their numbers as tables."""

import re
from itertools import pairwise

import pytest

from littlegiants.reports.wording import percent
from littlegiants.training.reporting.page import evaluation_page, gain_points, scale
from littlegiants.training.reporting.sentences import percents, span
from tests.reports.test_portfolio_report import HOSTILE, Page
from tests.training.reporting.conftest import altered

TITLE = "A & B </title>"


@pytest.fixture(scope="module")
def html(found):
    return evaluation_page(found, TITLE)


@pytest.fixture(scope="module")
def page(html):
    return Page(html)


def test_tags_are_balanced_and_ids_are_unique(html, page):
    assert page.open == []
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids)) > 0
    assert html.startswith("<!DOCTYPE html>")


def test_page_asks_for_nothing_from_anywhere(html, page):
    links = [v for _, attributes in page.elements for k, v in attributes.items() if k in ("src", "href", "xlink:href")]
    assert all(link.startswith("#") for link in links)
    assert all(found.startswith("#") for found in re.findall(r"url\(([^)]*)\)", html))
    assert not {"script", "link", "iframe", "object", "embed", "form", "img"} & {tag for tag, _ in page.elements}
    assert not [k for _, attributes in page.elements for k in attributes if k.startswith("on")]
    policies = [a["content"] for a in page.of("meta") if a.get("http-equiv") == "Content-Security-Policy"]
    assert policies == ["default-src 'none'; style-src 'unsafe-inline'; img-src data:"]


def test_references_within_figures_lead_somewhere(html, page):
    ids = {attributes.get("id") for _, attributes in page.elements}
    assert set(re.findall(r"url\(#([^)]*)\)", html) + re.findall(r'href="#([^"]*)"', html)) <= ids


def test_every_picture_has_a_sentence_and_its_numbers(html):
    figures = re.findall(r"<figure.*?</figure>", html, re.DOTALL)
    assert len(figures) == 6
    for figure in figures:
        assert re.search(r"<figcaption>[A-Z].*?[.]", figure)
        assert "<caption>" in figure
        assert figure.count("<tr>") > 2


def test_every_table_has_a_caption_and_scoped_headings(page):
    assert len(page.of("caption")) == len(page.of("table")) > 12
    assert all(attributes.get("scope") in ("col", "row") for attributes in page.of("th"))
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert (levels[0], levels.count(1)) == (1, 1)
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_hostile_words_are_text(found):
    def hostile(plain):
        plain["pooled"]["slices"][0]["name"] = HOSTILE
        plain["pooled"]["slices"][0]["metrics"]["auc"] = {"value": 0.1, "low": 0.1, "high": 0.1}
        plain["pooled"]["slices"][1]["name"] = "DE\u202e$x$"

    page = Page(evaluation_page(altered(found, hostile), HOSTILE))
    assert page.open == []
    assert not page.of("script")
    assert page.text.count(HOSTILE) == 4  # the title twice, the part's row, and the sentence on where it fails
    assert "DE⟨U+202E⟩$x$" in page.text


def test_title_is_text(page):
    assert [data for tag, data in page.texts if tag == "title"] == [f"{TITLE}, evaluation"]


def test_every_origin_and_baseline_is_there_with_its_numbers(found, page):
    for origin in found.origins:
        assert span(origin.judged.measured.metrics["auc"]) in page.text
        for figures in (origin.twin.honest, origin.twin.random_split, origin.twin.leaky, origin.twin.flattery):
            assert span(figures["auc"]) in page.text
        for rival in origin.judged.baselines:
            assert percents(rival.metrics["precision_at_5%"]) in page.text
        assert origin.cohort.note in page.text
    for rival in found.pooled.baselines:
        for figure in rival.differences.values():
            assert f"{span(figure).partition(' (')[0]} {span(figure).partition('(')[2].rstrip(')')}" in page.text


def test_every_part_has_its_figures_or_says_why_not(found, page):
    for part in found.pooled.slices:
        said = part.note or span(part.metrics["auc"])
        assert f"{part.name} {said} {part.rows:,} {percent(part.predicted)} {percent(part.rate)}" in page.text


def test_unstable_reasons_are_marked_and_rare_ones_not_called_stable(found):
    def mark(plain):
        reasons = [reason for reason in plain["stability"]["reasons"] if reason["shown"]]
        for reason in reasons:
            reason.update(unstable=False, shown=100, reseeded=1.0, shifted=1.0)
        reasons[0].update(unstable=True, reseeded=0.25)
        reasons[1].update(shown=3, reseeded=0.0)

    text = Page(evaluation_page(altered(found, mark), "x")).text
    assert re.search(r"100 firms 25% 100% unstable", text)
    assert re.search(r"3 firms 0% 100% too rare to judge", text)


def test_portfolios(found, page):
    for held in found.portfolios:
        assert f"This model {held.hits} " in page.text
        for rival in held.baselines:
            assert f"{rival.name.capitalize()} {rival.hits} " in page.text


def test_origins_without_a_model_are_told(found, page):
    assert len(found.skipped) == 1
    assert f"No model at 31 December 2006. {found.skipped[0].reason}" in page.text


def test_one_origin_is_enough(found):
    one = altered(found, lambda plain: plain.update(origins=plain["origins"][-1:], skipped=(), back_fill=()))
    page = Page(evaluation_page(one, ""))
    assert page.open == []
    assert "There is one origin only" in page.text
    assert "At 1 origin," in page.text


def test_simulated_economies_are_said_to_be_so(found, page):
    assert "A simulated economy." in page.text
    real = altered(found, lambda plain: plain["pooled"]["intervals"].update(truth_coverage=None, truth_error=None))
    assert "imulated" not in Page(evaluation_page(real, "x")).text


def test_gain_curve_holds_all_successes_at_the_end(found):
    points = gain_points(found.pooled)
    assert points[-1] == pytest.approx((1.0, 1.0))
    best, bins = points[0], found.pooled.measured.reliability
    assert best == pytest.approx(
        (
            bins[-1].firms / found.pooled.measured.rows,
            bins[-1].observed * bins[-1].firms / found.pooled.measured.successes,
        )
    )
    assert all(after[1] >= before[1] for before, after in pairwise(points))


def test_scale_holds_every_interval(found):
    low, high = scale(found)
    for part in found.pooled.slices:
        if not part.note:
            assert low <= part.metrics["auc"].low <= part.metrics["auc"].high <= high


def test_same_input_same_bytes(found, html):
    assert evaluation_page(found, TITLE) == html
