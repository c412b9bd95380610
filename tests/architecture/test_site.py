"""The documentation as a site: a page for each public name, links that lead somewhere, nothing from the network."""

import importlib
import os
import re
import subprocess
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.slow


def _site_pages():
    spec = spec_from_file_location("site_pages", ROOT / "docs" / "site_pages.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SITE = _site_pages()


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    """Folder of the site, built strictly: a warning fails it."""
    folder: Path = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    return folder


def names() -> list[tuple[str, str]]:
    return [(package, name) for package in SITE.PACKAGES for name in SITE.public_names(package)]


@pytest.mark.parametrize("package", SITE.PACKAGES)
def test_each_public_name_has_a_page(package):
    exported = importlib.import_module(f"littlegiants.{package}").__all__
    pages = SITE.api_pages()
    assert [name for name in exported if f"api/{package}/{name}.md" not in pages] == []
    assert SITE.public_names(package) == sorted(exported, key=str.lower)


def test_every_package_of_the_library_is_in_the_api():
    folders = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert folders - {"cli"} == set(SITE.PACKAGES)


@pytest.mark.parametrize(
    ("page", "link", "moved"),
    [
        ("README.md", "docs/audit.md", "audit.md"),
        ("README.md", "docs/adr/0004-x.md#why", "adr/0004-x.md#why"),
        ("README.md", "CONTRIBUTING.md", "contributing.md"),
        ("CONTRIBUTING.md", "README.md", "index.md"),
        ("docs/audit.md", "adr/0004-x.md", "adr/0004-x.md"),
        ("docs/audit.md", "../CONTRIBUTING.md", "contributing.md"),
        ("docs/adr/0004-x.md", "../../CHANGELOG.md", "../changelog.md"),
        ("docs/adr/0004-x.md", "0005-y.md", "0005-y.md"),
        ("docs/audit.md", "https://example.org/docs/a.md", "https://example.org/docs/a.md"),
    ],
)
def test_links_between_files_become_links_between_pages(page, link, moved):
    assert SITE.site_links(f"see [it]({link}).", page) == f"see [it]({moved})."


def test_each_decision_is_listed():
    listed = (ROOT / "docs" / "adr" / "README.md").read_text(encoding="utf-8")
    for page in sorted((ROOT / "docs" / "adr").glob("[0-9]*.md")):
        title = page.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ")
        assert f"- [{title}]({page.name})" in listed


@pytest.mark.slow
def test_the_site_says_what_each_public_name_takes(built):
    for package, name in names():
        page = (built / "api" / package / f"{name}.html").read_text(encoding="utf-8")
        assert f'id="littlegiants.{package}.{name}"' in page
        assert 'class="doc doc-contents' in page
    page = (built / "api" / "ingest" / "read_tables.html").read_text(encoding="utf-8")
    assert "constant_prices" in page
    assert "TableError" in page


@pytest.mark.slow
def test_no_page_loads_anything_from_the_network(built):
    loading = re.compile(
        r'<(?:script|img|iframe|source)\b[^>]*\bsrc="(?!data:)[a-z]*:?//|<link\b[^>]*\bhref="[a-z]*:?//'
    )
    pages = sorted(built.rglob("*.html"))
    assert len(pages) > 40
    assert [page.name for page in pages if loading.search(page.read_text(encoding="utf-8"))] == []
    styles = [path.read_text(encoding="utf-8") for path in built.rglob("*.css")]
    assert [text for text in styles if re.search(r"""(?:url\(|@import\s*)["']?(?:https?:)?//""", text)] == []
    # The theme's script fetches diagrams' library and a repository's stars only where a page has them.
    assert [page.name for page in pages if 'class="mermaid"' in page.read_text(encoding="utf-8")] == []
    assert [page.name for page in pages if 'data-md-component="source"' in page.read_text(encoding="utf-8")] == []
