"""The page in a real browser: by mouse, by keyboard, without script; nothing from elsewhere, nothing that axe finds."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Error, HttpCredentials, Page, sync_playwright

from littlegiants.ingest.files.frames import to_csv
from littlegiants.ingest.readers.read import read_tables
from littlegiants.serving.http.auth.key_file import add_key
from littlegiants.serving.http.page import example
from littlegiants.serving.uploaded_tables import read_upload
from tests.serving.http.conftest import serving
from tests.serving.http.page.browser import ARGUMENTS, CHROMIUM, DESKTOP, PATIENCE, PHONE
from tests.serving.http.page.conftest import as_csv, as_parquet, as_workbook
from tests.small_model import AS_OF

WIDTHS = pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}, "preload": False}
# Says in the page's own console whatever the policy refuses.
WATCH = "document.addEventListener('securitypolicyviolation', e => console.error('refused', e.violatedDirective))"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        if os.environ.get("CI"):
            pytest.fail(f"no browser at {CHROMIUM}: CI is to install chromium")
        pytest.skip(f"NOT TESTED: no browser at {CHROMIUM}; install chromium, or name one in LITTLEGIANTS_CHROMIUM")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield found
        found.close()


@dataclass
class Visit:
    """A page of the browser, all that it asked for, and all that it complained of."""

    page: Page
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", lambda said: self.complaints.append(said.text) if said.type != "log" else None)

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name).click()


@pytest.fixture
def visit(browser, client, request) -> Iterator[Visit]:
    """A visit to the upload; at its end, nothing was asked of another host and nothing went wrong."""
    options = getattr(request, "param", {})
    context = browser.new_context(viewport=DESKTOP, accept_downloads=True, **options)
    context.set_default_timeout(PATIENCE)
    context.add_init_script(WATCH)
    found = Visit(context.new_page())
    found.page.goto(client.url)
    yield found
    context.close()
    assert [url for url in found.asked if not url.startswith((client.url, "data:"))] == []
    assert found.complaints == []


def firms(page: Page) -> list[str]:
    """The ids of the firms shown, from the top."""
    return page.locator("#firms tbody tr:visible .firm code").all_inner_texts()


def numbers(page: Page, column: int) -> list[float]:
    """The exact numbers of a column, from the top; of the interval's, the probability itself."""
    cells = page.locator(f"#firms tbody tr > :nth-child({column})")
    found: list[float] = cells.evaluate_all("cells => cells.map(c => Number(c.querySelector('data').value))")
    return found


def axe(page: Page) -> list[str]:
    found = Axe().run(page, options=RULES).response["violations"]
    return [
        f"{rule['id']}: {node['html'][:160]} {node['failureSummary'][:300]}" for rule in found for node in rule["nodes"]
    ]


def choose(visit: Visit, files: dict[str, bytes], folder: Path) -> None:
    """Choose files of the disk and the as-of date."""
    for name, content in files.items():
        (folder / name).write_bytes(content)
    visit.page.get_by_label("Portfolio").set_input_files([folder / name for name in files])
    visit.page.get_by_label("As of").fill(AS_OF.isoformat())


@WIDTHS
def test_example_in_one_click(visit, scorer, viewport):
    visit.page.set_viewport_size(viewport)
    visit.press("Score the simulated firms")
    visit.page.get_by_text("These firms are made up").wait_for()
    tables = read_upload(example.uploads()).tables
    scores = scorer.score(tables, example.AS_OF)
    given = scores[~scores["abstained"]].sort_values(["p_market", "firm_id"], ascending=[False, True])
    assert firms(visit.page) == given["firm_id"].tolist()
    assert numbers(visit.page, 3) == given["p_market"].tolist()
    assert visit.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize("write", [as_csv, as_parquet, as_workbook], ids=["csv", "parquet", "workbook"])
def test_files_uploaded_are_scored_and_downloaded_bit_for_bit(visit, scorer, portfolio, write, tmp_path):
    choose(visit, write(portfolio), tmp_path)
    visit.press("Score the portfolio")
    with visit.page.expect_download() as waiting:
        visit.page.get_by_role("link", name="Download the scores").click()
    (tmp_path / "own").mkdir()
    for name, content in as_csv(portfolio).items():
        (tmp_path / "own" / name).write_bytes(content)
    assert waiting.value.suggested_filename == f"scores-{AS_OF}.csv"
    assert Path(waiting.value.path()).read_bytes() == to_csv(scorer.score(read_tables(tmp_path / "own"), AS_OF))


def test_scores_alone_are_a_file(visit, scorer, portfolio, tmp_path):
    choose(visit, as_parquet(portfolio), tmp_path)
    with visit.page.expect_download() as waiting:
        visit.press("Only the scores, as CSV")
    lines = Path(waiting.value.path()).read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("firm_id,as_of_date,p_market")
    assert len(lines) == 1 + len(portfolio["firms"])


def test_sorting_by_each_column_both_ways(visit):
    visit.press("Score the simulated firms")
    heads = {"Rank": 1, "Market success": 3, "Subsidised": 4, "Stalled": 5, "Percentile": 6}
    for name, column in heads.items():
        head = visit.page.get_by_role("columnheader", name=name)
        for way in ("first", "second"):
            head.get_by_role("button").click()
            found, state = numbers(visit.page, column), head.get_attribute("aria-sort")
            assert state in ("ascending", "descending"), way
            assert found == sorted(found, reverse=state == "descending")
            assert visit.page.get_by_role("status").inner_text() == f"Sorted by {name.lower()}, {state}."
            assert visit.page.locator("th[aria-sort]").count() == 1
    visit.page.get_by_role("columnheader", name="Firm").get_by_role("button").click()
    names = visit.page.locator("#firms .firm").all_inner_texts()
    assert names == visit.page.evaluate(
        "names => names.toSorted((a, b) => a.toLowerCase().localeCompare(b.toLowerCase()))", names
    )


def test_phone_sorts_by_a_list_of_choices(visit):
    visit.page.set_viewport_size(PHONE)
    visit.press("Score the simulated firms")
    visit.page.get_by_label("Order").select_option("Stalled, descending")
    found = numbers(visit.page, 5)
    assert found == sorted(found, reverse=True)


def test_finding_firms_by_name_and_id(visit):
    visit.press("Score the simulated firms")
    everyone = firms(visit.page)
    visit.page.get_by_label("Find a firm").fill(everyone[3].lower())
    assert firms(visit.page) == [everyone[3]]
    assert visit.page.get_by_role("status").inner_text() == f"1 of {len(everyone)} firms shown."
    visit.page.get_by_label("Find a firm").fill("F000059")
    assert firms(visit.page) == []
    assert visit.page.locator("#withheld-firms tbody tr:visible").count() == 1
    assert visit.page.get_by_role("status").inner_text() == f"0 of {len(everyone)} firms shown, and 1 withheld."
    visit.page.get_by_label("Find a firm").fill("")
    assert firms(visit.page) == everyone


def test_link_of_a_firm_opens_its_part(visit):
    visit.press("Score the simulated firms")
    visit.page.locator("#firms tbody tr .firm a").nth(2).click()
    part = visit.page.locator("#firm-3")
    part.wait_for(state="visible")
    assert part.get_by_role("heading").all_inner_texts() == [
        "What drives it, in points",
        "What was known by 31 December 2025",
        "What it would take",
    ]
    visit.page.get_by_role("link", name="Back to rank 3").click()
    assert visit.page.url.endswith("#rank-3")


def tab_to(page: Page, name: str) -> None:
    """Press the tabulator until the element of that text or label has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        focused = "e => `${e.innerText || ''} ${[...(e.labels || [])].map(l => l.innerText)}`"
        if name in page.evaluate(f"({focused})(document.activeElement)"):
            return
    raise AssertionError(f"{name} cannot be reached by keyboard")


def test_keyboard_alone_is_enough(visit, portfolio, tmp_path):
    page = visit.page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.innerText") == "Skip to the content"
    assert page.locator(".skip").evaluate("e => e.getBoundingClientRect().left >= 0")
    choose(visit, as_csv(portfolio), tmp_path)
    tab_to(page, "Score the portfolio")
    page.keyboard.press("Enter")
    page.wait_for_selector("#firms")
    tab_to(page, "Find a firm")
    everyone = firms(page)
    page.keyboard.type(everyone[1])
    assert firms(page) == [everyone[1]]
    tab_to(page, "Percentile")
    page.keyboard.press("Enter")
    assert page.get_by_role("columnheader", name="Percentile").get_attribute("aria-sort") == "descending"
    page.keyboard.press("Space")
    assert page.get_by_role("columnheader", name="Percentile").get_attribute("aria-sort") == "ascending"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.locator("#firm-2").wait_for(state="visible")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != ""


@pytest.mark.parametrize("visit", [{"java_script_enabled": False}], indirect=True, ids=["no script"])
def test_without_script_all_is_there_to_read(visit, portfolio, tmp_path):
    choose(visit, as_workbook(portfolio), tmp_path)
    visit.press("Score the portfolio")
    visit.page.wait_for_selector("#firms")
    assert [url for url in visit.asked if url.endswith(".js")] == []
    assert visit.page.locator(".tools").is_hidden()
    assert visit.page.locator("#firms tbody tr").count() > 50
    visit.page.locator("#firms tbody tr .firm a").first.click()
    assert visit.page.locator("#firm-1").is_visible()
    with visit.page.expect_download() as waiting:
        visit.page.get_by_role("link", name="Download the scores").click()
    assert Path(waiting.value.path()).stat().st_size > 0


STATES = ("home", "example", "looked into", "quarantined", "nothing to rank", "problem")
SEEN = [(state, "light", viewport) for state in STATES for viewport in (DESKTOP, PHONE)]
SEEN += [(state, "dark", DESKTOP) for state in ("home", "looked into", "problem")]


@pytest.mark.parametrize(
    ("state", "scheme", "viewport"), SEEN, ids=[f"{state}-{scheme}-{v['width']}" for state, scheme, v in SEEN]
)
def test_axe_finds_nothing(visit, portfolio, viewport, scheme, state, tmp_path):
    visit.page.emulate_media(color_scheme=scheme)
    visit.page.set_viewport_size(viewport)
    arrive(visit, state, portfolio, tmp_path)
    assert axe(visit.page) == []
    assert visit.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    if state == "problem":
        # Chromium itself notes the status 422 there.
        assert all("status of 422" in complaint for complaint in visit.complaints)
        visit.complaints.clear()


def arrive(visit: Visit, state: str, portfolio, folder: Path) -> None:
    if state in ("example", "looked into"):
        visit.press("Score the simulated firms")
        visit.page.wait_for_selector("#firms")
    if state == "looked into":
        visit.page.locator("details").evaluate_all("all => all.slice(0, 6).forEach(d => { d.open = true; })")
    if state == "quarantined":
        few = set(portfolio["grants"]["firm_id"].head(8)) | set(portfolio["firms"]["firm_id"].head(8))
        choose(visit, as_csv({name: f[f["firm_id"].isin(few)] for name, f in portfolio.items()}), folder)
        visit.press("Score the portfolio")
        visit.page.wait_for_selector("#apart")
    if state == "nothing to rank":
        choose(visit, {"firms.csv": as_csv(portfolio)["firms.csv"]}, folder)
        visit.press("Score the portfolio")
        visit.page.wait_for_selector("#withheld-firms")
    if state == "problem":
        choose(visit, {"firms.csv": b"name\nAcme\n"}, folder)
        visit.press("Score the portfolio")
        visit.page.wait_for_selector(".problem")


def test_axe_would_find_something(visit):
    visit.page.evaluate("document.querySelector('label').remove()")
    assert any(found.startswith("label:") for found in axe(visit.page))


def test_where_keys_are_asked_for_the_browser_asks_for_one(browser, artefact, tmp_path):
    token = add_key(tmp_path / "keys.json", "partner", ["portfolio"], 100)

    def scored(credentials: HttpCredentials | None) -> int:
        context = browser.new_context(http_credentials=credentials)
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.goto(f"http://127.0.0.1:{running.port}")
        try:
            with page.expect_navigation():
                page.get_by_role("button", name="Score the simulated firms").click()
            return int(page.get_by_role("heading", name="Example of simulated firms").count())
        finally:
            context.close()

    with serving(tmp_path, "--model", artefact, "--workers", 1, "--keys", tmp_path / "keys.json") as running:
        assert scored({"username": "partner", "password": token}) == 1
        with pytest.raises(Error, match="ERR_INVALID_AUTH_CREDENTIALS"):  # it asked, and nobody is there to answer
            scored(None)
