"""What kinds of events the words of sources mean: a round and of which kind, a grant, or an exit."""

import re
import tomllib
import unicodedata
from importlib.resources import files

_FILLING = re.compile(r"[\s_\-–—:,.()\[\]]+")
_SERIES = re.compile(
    r"(?:^| )(?:series|round) ?([a-k])(?:[0-9]|plus|\+|/|$| )|^(?:pre ?)?([a-k])(?:[0-9+]*)(?:轮| ?round|$)"
)
_BY_LETTER = {"a": "series_a", "b": "series_b"}
# Behind a number that orders a firm's deals: "4. Early Stage VC (Series B)".
_NUMBERED = re.compile(r"^[0-9]+ ")


def _plain(word: str) -> str:
    text = unicodedata.normalize("NFKC", word).casefold()
    return _NUMBERED.sub("", _FILLING.sub(" ", text).strip())


def _read() -> tuple[dict[str, tuple[str, str]], frozenset[str]]:
    """Return the table and kind of each word, and the words by which a firm is said to be there."""
    text = (files("littlegiants.ingest.mapping") / "data" / "event_kinds.toml").read_text(encoding="utf-8")
    tables: dict[str, dict[str, list[str]]] = tomllib.loads(text)
    staying = frozenset(map(_plain, tables.pop("firms")["staying"]))
    kinds = {
        _plain(word): (table, kind)
        for table, by_kind in tables.items()
        for kind, words in by_kind.items()
        for word in words
    }
    return kinds, staying


_KINDS, _STAYING = _read()


def kind_of(word: str) -> tuple[str, str] | None:
    """Return the table and the kind of the event that a word names; None for a word that is not known.

    Examples
    --------
    >>> kind_of("Early Stage VC (Series B)"), kind_of("A+轮"), kind_of("Series E - Acme"), kind_of("Grant")
    (('rounds', 'series_b'), ('rounds', 'series_a'), ('rounds', 'series_c_plus'), ('grants', 'grant'))
    >>> kind_of("Merger/Acquisition"), kind_of("Buyout/LBO"), kind_of("tombola")
    (('outcomes', 'acquisition'), ('outcomes', 'acquisition'), None)
    """
    text = _plain(word)
    if text in _KINDS:
        return _KINDS[text]
    found = _SERIES.search(text)
    if not found or text.startswith("pre "):
        return None
    return "rounds", _BY_LETTER.get(found[1] or found[2], "series_c_plus")


def stays(word: str) -> bool:
    """Return whether the word of a status says that the firm is still there."""
    return _plain(word) in _STAYING
