"""Take the pictures of the page in docs: ``python -m tests.serving.http.page.screenshots``, or ``make screenshots``.

A model of a simulated economy scores the example, in Chromium at the widths of a desk and of a phone. A font with
Chinese characters is needed for the names of some firms.
"""

import io
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from littlegiants.ingest.readers.read import read_tables
from littlegiants.serving.http.page import example
from littlegiants.serving.scorer import Scorer
from littlegiants.training.config import TrainConfig
from littlegiants.training.pipeline import train
from littlegiants.training.simulator import simulate
from tests.conftest import ROOT
from tests.serving.http.page.browser import ARGUMENTS, CHROMIUM, DESKTOP, PATIENCE, PHONE
from tests.serving.http.page.conftest import Service, served

DOCS = ROOT / "docs" / "page"
FIRMS = 4_000
_COLOURS = 96
_QUICK = {"booster": {"threads": 2}, "bootstrap": 100}


def trained() -> Scorer:
    """A model of a simulated economy."""
    with tempfile.TemporaryDirectory() as folder:
        simulate(Path(folder), firms=FIRMS)
        return Scorer(train(read_tables(folder), TrainConfig.model_validate(_QUICK)).model)


def main() -> None:
    """Take all pictures."""
    DOCS.mkdir(exist_ok=True)
    with served(Service(trained())) as client, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for width, viewport in (("desktop", DESKTOP), ("phone", PHONE)):
            page = browser.new_page(viewport=viewport, color_scheme="light")
            page.set_default_timeout(PATIENCE)
            page.goto(client.url)
            # The day of the picture would make it another one every day.
            page.get_by_label("As of").fill(example.AS_OF.isoformat())
            page.locator("h1").click()
            _take(page, f"upload-{width}")
            page.get_by_role("button", name="Score the simulated firms").click()
            _take(page, f"portfolio-{width}")
            page.locator("#ranking").evaluate("e => e.scrollIntoView()")
            _take(page, f"ranking-{width}")
            page.locator("#firms tbody tr .firm a").nth(1).click()
            page.locator("#firm-2").locator("..").evaluate("e => e.scrollIntoView()")
            _take(page, f"firm-{width}")
            page.locator("#data").evaluate("e => e.scrollIntoView()")
            _take(page, f"files-{width}")
        browser.close()


def _take(page: Page, name: str) -> None:
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    # A few colours are all there are, and a fifth of the bytes.
    picture.quantize(_COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(
        DOCS / f"{name}.png", optimize=True
    )


if __name__ == "__main__":
    main()
