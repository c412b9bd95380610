"""The pages of the documentation site that are made, not written, as a hook of MkDocs.

The README becomes the index. Each public name has a page, made by mkdocstrings from its docstring. Decisions are listed
from their files. Nothing is written to the disk: the pages exist in the site only.
"""

import ast
import posixpath
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parents[1]

PACKAGES = ("ingest", "features", "models", "reports", "serving", "training")
# Pages at the top of the tree, and where they stand in the site.
TOP = {
    name: page
    for name, page in {
        "README.md": "index.md",
        "CONTRIBUTING.md": "contributing.md",
        "CHANGELOG.md": "changelog.md",
        "SECURITY.md": "security.md",
    }.items()
    if (ROOT / name).exists()
}
_LINK = re.compile(r"(\]\()([^)\s#:]+)(#[^)\s]*)?(\))")


def public_names(package: str) -> list[str]:
    """Return the names that a package exports, read from its source, so that nothing heavy is imported."""
    tree = ast.parse((ROOT / package / "__init__.py").read_text(encoding="utf-8"))
    (names,) = (
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and [getattr(target, "id", "") for target in node.targets] == ["__all__"]
    )
    return sorted(names, key=str.lower)


def api_pages() -> dict[str, str]:
    """Return the text of each page of the API by its path in the site."""
    pages = {"api/index.md": _api_index()}
    for package in PACKAGES:
        for name in public_names(package):
            pages[f"api/{package}/{name}.md"] = f"::: littlegiants.{package}.{name}\n"
    return pages


def _api_index() -> str:
    lines = ["# Public names", "", "Every other module is internal and may change without notice.", ""]
    for package in PACKAGES:
        summary = ast.get_docstring(ast.parse((ROOT / package / "__init__.py").read_text(encoding="utf-8"))) or ""
        links = ", ".join(f"[`{name}`]({package}/{name}.md)" for name in public_names(package))
        lines += [f"**`littlegiants.{package}`** {summary.splitlines()[0]} {links}", ""]
    return "\n".join(lines)


def site_links(text: str, page: str, tops: Mapping[str, str] = TOP) -> str:
    """Return a page's text with its links as they are in the site.

    Parameters
    ----------
    text
        Markdown whose links are relative to the page's own place in the tree.
    page
        That place, such as ``README.md`` or ``docs/audit.md``.
    tops
        Where the pages at the top of the tree stand in the site.
    """
    here = posixpath.dirname(tops.get(page, page.removeprefix("docs/")))

    def moved(link: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(posixpath.dirname(page), link[2]))
        place = tops.get(target, target.removeprefix("docs/") if target.startswith("docs/") else "")
        new = posixpath.relpath(place, here or ".") if place else link[2]
        return f"{link[1]}{new}{link[3] or ''}{link[4]}"

    return _LINK.sub(moved, text)


def _decisions() -> list[dict[str, str]]:
    pages = sorted((ROOT / "docs" / "adr").glob("[0-9]*.md"))
    return [{_title(page): f"adr/{page.name}"} for page in pages]


def _title(page: Path) -> str:
    return page.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ")


def on_config(config: "MkDocsConfig") -> None:
    """Add to the menu what is listed from the tree: decisions, public names, pages at the top."""
    api = [
        {f"littlegiants.{package}": [{name: f"api/{package}/{name}.md"} for name in public_names(package)]}
        for package in PACKAGES
    ]
    config.nav = [
        *(config.nav or []),
        {"API": ["api/index.md", *api]},
        {"Decisions": ["adr/README.md", *_decisions()]},
        {"Project": [place for place in TOP.values() if place != "index.md"]},
    ]


def on_files(files: "Files", config: "MkDocsConfig") -> None:
    """Add the pages that exist in the site only."""
    from mkdocs.structure.files import File

    pages = api_pages() | {place: (ROOT / name).read_text(encoding="utf-8") for name, place in TOP.items()}
    for place, text in pages.items():
        files.append(File.generated(config, place, content=text))


def on_page_markdown(markdown: str, page: "Page", **_: object) -> str:
    """Turn links between files of the tree into links between pages of the site."""
    place = page.file.src_uri
    written = {site: name for name, site in TOP.items()}.get(place, f"docs/{place}")
    return markdown if place.startswith("api/") else site_links(markdown, written)
