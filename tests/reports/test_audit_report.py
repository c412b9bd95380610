"""The audit's page: one page that needs nothing else, says what was found, and runs nothing that a table holds."""

import re
from datetime import date
from xml.etree import ElementTree as ET

import pandas as pd
import pytest

from littlegiants.ingest.audit.checks import CHECKS
from littlegiants.ingest.audit.run import audit_tables
from littlegiants.ingest.errors import ConfigError
from littlegiants.reports.audit_report import SHOWN_CHANGES, write_audit_report
from tests.reports.test_portfolio_report import HOSTILE, Page

ROUNDS = pd.DataFrame(
    {
        "firm_id": "a",
        "round_id": [str(number) for number in range(60)],
        "announced_on": [f"20{number // 6:02d}-01-0{1 + number % 3}" for number in range(60)],
        "kind": "seed",
        "amount": "100",
        "currency": "USD",
    }
)


@pytest.fixture(scope="module")
def audited(tmp_path_factory):
    """Return a function that audits a pair of exports whose cells are hostile."""
    base = tmp_path_factory.mktemp("audit")

    def write(name, firms, rounds):
        folder = base / name
        folder.mkdir()
        firms.to_csv(folder / "firms.csv", index=False)
        rounds.to_csv(folder / "rounds.csv", index=False)
        return folder

    firms = pd.DataFrame(
        {"firm_id": ["a", HOSTILE], "name": [HOSTILE, "Acme \u202egnp.exe"], "founded_on": "2001-01-01"}
    )
    firms = pd.concat(
        [firms.assign(city=HOSTILE), pd.DataFrame({"firm_id": [f"z{n}" for n in range(9)], "city": HOSTILE})]
    )
    earlier = write("earlier", firms, ROUNDS.iloc[::2])
    later = write(
        "later", firms.assign(name="b", **{"<u>x</u>": ""}), ROUNDS.assign(round_id=ROUNDS["round_id"] + "<i>")
    )
    return audit_tables(earlier, later, date(2011, 1, 1))


@pytest.fixture(scope="module")
def html(audited, tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "audit.html"
    write_audit_report(path, audited, "A & B </title>", path.with_name("<all>.csv"))
    return path.read_text(encoding="utf-8")


def test_tags_are_balanced_and_ids_are_unique(html):
    page = Page(html)
    assert page.open == []
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids)) > 0
    assert html.startswith("<!DOCTYPE html>")


def test_page_asks_for_nothing_from_anywhere(html):
    page = Page(html)
    links = [v for _, attributes in page.elements for k, v in attributes.items() if k in ("src", "href", "xlink:href")]
    assert all(link.startswith("#") for link in links)
    assert all(inner.startswith("#") for inner in re.findall(r"url\(([^)]*)\)", html))
    assert "@import" not in html
    assert not {"script", "link", "iframe", "object", "embed", "form", "img"} & {tag for tag, _ in page.elements}
    assert not [k for _, attributes in page.elements for k in attributes if k.startswith("on")]
    policies = [a["content"] for a in page.of("meta") if a.get("http-equiv") == "Content-Security-Policy"]
    assert policies == ["default-src 'none'; style-src 'unsafe-inline'; img-src data:"]


def test_figures_are_well_formed(html):
    figures = re.findall(r'<svg viewBox="0 0 [^"]*" aria-hidden="true">.*?</svg>', html, re.DOTALL)
    assert len(figures) == 4
    for figure in figures:
        ET.fromstring(figure.replace("xlink:href", "href"))  # noqa: S314 - our own page
    ids = {attributes.get("id") for _, attributes in Page(html).elements}
    assert set(re.findall(r"url\(#([^)]*)\)", html) + re.findall(r'href="#([^"]*)"', html)) <= ids


def test_hostile_cells_are_text(html):
    page = Page(html)
    assert not page.of("i")
    assert not page.of("u")
    assert HOSTILE in page.text
    assert "⟨U+202E⟩" in page.text
    assert "\u202e" not in html
    assert "all of them are in <all>.csv" in page.text
    assert [data for tag, data in page.texts if tag == "title"] == ["A & B </title>, audit"]


def test_every_finding_is_on_the_page_with_its_meaning(html, audited):
    page = Page(html)
    shares = [float(a["value"]) for a in page.of("data")]
    assert shares == [finding.share for finding in audited.findings]
    for finding in audited.findings:
        assert f"{finding.place} {CHECKS[finding.check].title}" in page.text
    for check in {finding.check for finding in audited.findings if finding.severity != "fine"}:
        assert CHECKS[check].meaning in page.text
    counts = audited.counts()
    assert f"finding{'s' * (counts['serious'] != 1)} {counts['serious']} caution" in page.text


def test_the_first_changes_are_shown(html, audited):
    assert len(audited.changes) > SHOWN_CHANGES
    assert f"The first {SHOWN_CHANGES} of {len(audited.changes)} changes" in Page(html).text


def test_equal_audits_give_equal_pages(html, audited, tmp_path):
    write_audit_report(tmp_path / "again.html", audited, "A & B </title>", tmp_path / "<all>.csv")
    assert (tmp_path / "again.html").read_text(encoding="utf-8") == html


def test_nothing_found_nothing_compared(tmp_path):
    (tmp_path / "firms.csv").write_text("firm_id\n")
    write_audit_report(tmp_path / "a.html", audit_tables(tmp_path, tmp_path), "")
    page = Page((tmp_path / "a.html").read_text(encoding="utf-8"))
    assert "Nothing that a model would need to mind." in page.text
    assert "The two exports have no dated table in common." in page.text
    write_audit_report(tmp_path / "b.html", audit_tables(tmp_path), "")
    assert "Against the later export" not in (tmp_path / "b.html").read_text(encoding="utf-8")


def test_only_pages_are_written(audited, tmp_path):
    with pytest.raises(ConfigError, match=r"a\.pdf ends in '\.pdf'"):
        write_audit_report(tmp_path / "a.pdf", audited, "")
