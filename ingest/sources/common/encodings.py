"""How the bytes of a published file are read as text: by the encoding that is declared, or the one that is found out.

Finding out goes from what proves itself to what is only likely: a byte order mark, the zero bytes of UTF-16, valid
UTF-8, GB18030 in Chinese lists, the line ends of the classic Mac OS, Big5, and else Windows-1252.
"""

import re
from pathlib import Path

from charset_normalizer import from_bytes

from littlegiants.ingest.errors import ConfigError, TableError

# GB18030 contains GBK and GB 2312, so that a list in either is declared by the one name.
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "big5", "cp1252", "mac_roman")
GARBLED = "\ufffd"
_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_WESTERN = "cp1252"
_WORDS = re.compile("[^\x00-\x7f]{2,}")
# Share of the characters that must be common ones for a text to be Chinese.
_MOSTLY = 0.8


def check_encoding(encoding: str | None) -> None:
    """Refuse a declared encoding that is not one of `ENCODINGS`; None is for finding it out.

    Raises
    ------
    ConfigError
        If it is not known.
    """
    if encoding not in (None, *ENCODINGS):
        raise ConfigError(f"encoding {encoding!r} is not known; it is one of {', '.join(ENCODINGS)}")


def decode(raw: bytes, declared: str | None, path: Path) -> tuple[str, str]:
    """Return the text of a file, without a byte order mark, and its encoding.

    Parameters
    ----------
    raw
        All of the file.
    declared
        One of `ENCODINGS`; what is not text in it becomes `GARBLED`. None finds the encoding out, and nothing is
        garbled then.
    path
        Where the file lies, for the message.

    Raises
    ------
    TableError
        If the bytes are not of the declared encoding, or of none that can be found out.
    """
    encoding = declared or detect(raw, path)
    text = raw.decode(encoding, errors="replace" if declared else "strict").removeprefix("\ufeff")
    if declared is None:
        return text, encoding
    # Chinese UTF-8 is almost always valid GB18030 as well, and says other characters in it.
    if not encoding.startswith("utf") and not raw.isascii() and _decodes(raw, "utf-8"):
        raise TableError(f"{path} is declared as {encoding} but is valid UTF-8; declare utf-8, or nothing")
    lines = [line for line in text.splitlines() if not line.isascii()]
    wrong = sum(GARBLED in line for line in lines)
    if wrong and (GARBLED in text.partition("\n")[0] or 2 * wrong > len(lines)):
        raise TableError(f"{path} is not {encoding}, see {wrong:,} of its lines; declare another encoding, or nothing")
    return text, encoding


def detect(raw: bytes, path: Path) -> str:
    """Return the encoding that all of the bytes are valid in.

    Raises
    ------
    TableError
        If there is none among `ENCODINGS`, or UTF-8 is mixed with another.
    """
    marked = next((name for mark, name in _MARKS.items() if raw.startswith(mark)), None) or _unmarked_utf16(raw)
    if not marked and _decodes(raw, "utf-8"):
        return "utf-8"
    lines = raw.splitlines()
    if marked:
        encoding = marked
    elif _is_gb18030(raw):
        encoding = "gb18030"
    elif b"\n" not in raw and len(lines) > 1:
        # Only programs of the classic Mac OS, and Excel for Mac after them, end lines with a lone carriage return.
        encoding = "mac_roman"
    elif any(_decodes(line, "utf-8") for line in lines if not line.isascii()):
        raise TableError(f"{path} is UTF-8 in some lines and not in others; save it as UTF-8")
    else:
        encoding = "big5" if _is_big5(raw) else _WESTERN
    if not _decodes(raw, encoding):
        raise TableError(f"{path} is neither UTF-8 nor {encoding}; save it as UTF-8")
    return encoding


def _unmarked_utf16(raw: bytes) -> str | None:
    """Name UTF-16 without a mark: half of each delimiter and line end is a zero byte, always the same half."""
    if b"\0" not in raw:
        return None
    high, low = raw[::2].count(0), raw[1::2].count(0)
    if len(raw) % 2 or (high + low) * 50 < len(raw) or max(high, low) < 10 * min(high, low):
        return None
    return "utf-16-be" if high > low else "utf-16-le"


def _is_gb18030(raw: bytes) -> bool:
    """Say whether the bytes are GB18030, nearly all of it characters of the first standard, GB 2312.

    Accented letters of western encodings are pairs of GB18030 too, but rare characters that only its extensions have.
    charset-normalizer is not asked here: it takes short lists in GB18030 for UTF-16.
    """
    if not _decodes(raw, "gb18030"):
        return False
    foreign = [char for char in raw.decode("gb18030") if not char.isascii()]
    common = sum(len(char.encode("gb2312", "ignore")) for char in foreign) / 2
    return common > _MOSTLY * len(foreign)


def _is_big5(raw: bytes) -> bool:
    """Say whether charset-normalizer sees Big5, and nearly all characters are frequent ones within words.

    Left alone, charset-normalizer takes "Noël" for Big5, and French lists for encodings of eastern Europe.
    """
    found = from_bytes(raw, cp_isolation=["big5", _WESTERN]).best()
    if found is None or found.encoding != "big5" or not _decodes(raw, "big5"):
        return False
    text = raw.decode("big5")
    # The 5,401 frequent characters begin with these bytes, and words have two or more of them in a row. Accented
    # letters are pairs of the rare ones, or alone.
    frequent = sum(0xA4 <= char.encode("big5")[0] <= 0xC6 for char in "".join(_WORDS.findall(text)))
    return frequent > _MOSTLY * sum(not char.isascii() for char in text)


def _decodes(raw: bytes, encoding: str) -> bool:
    try:
        raw.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
