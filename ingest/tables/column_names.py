"""Which columns of a file are those of the contract: by name, whatever its case and the blanks around it.

A column that the contract does not know is not read. One that looks like a column that the table lacks is an error:
taken for an unknown column, a misspelt name would pass for missing data.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Sequence
from difflib import SequenceMatcher

from littlegiants.ingest.errors import ConfigError, TableError
from littlegiants.ingest.excerpts import excerpt
from littlegiants.ingest.tables.contract import FIRM_ID, KNOWN_ON, RATES, TABLES, Table
from littlegiants.ingest.tables.raw_table import RawTable

# At 0.86 "program" still is "programme" and "ammount" is "amount"; "count" is not "country", nor "round" "round_id".
# `tests/ingest/tables/test_column_names.py` tries the headers of real files.
_ALIKE = 0.86
# No name of the contract has so many letters that a likeness of 0.86 leaves more of them over.
_FURTHER = 5
_NAMED = 3


def match_columns(spec: Table, names: Sequence[object], ignored: Collection[str] = ()) -> dict[int, str]:
    """Return the columns of the contract by their index in a file's header.

    Parameters
    ----------
    spec
        The table.
    names
        The file's header.
    ignored
        Columns that somebody insists are not of the contract.

    Raises
    ------
    TableError
        If two columns bear one name of the contract, or one that is not read resembles one that is missing.
    ConfigError
        If a column to be ignored is of the contract.

    Examples
    --------
    >>> match_columns(TABLES["firms"], ["Firm_ID", " name", "note"])
    {0: 'firm_id', 1: 'name'}
    >>> match_columns(TABLES["firms"], ["firm_id", "fouded_on"])
    Traceback (most recent call last):
        ...
    littlegiants.ingest.errors.TableError: firms: column 'fouded_on' is not of the contract; did you mean \
'founded_on'? Rename it, or insist with --ignore-column
    """
    known = _known(spec)
    found: defaultdict[str, list[int]] = defaultdict(list)
    for index, name in enumerate(names):
        if (plain := normalised(name)) in known:
            found[plain].append(index)
    for name, indices in found.items():
        if len(indices) > 1:
            spelt = dict.fromkeys(repr(str(names[index])) for index in indices)
            also = f" ({', '.join(spelt)})" if len(spelt) > 1 else ""
            raise TableError(f"{spec.name}: column {name!r} stands {len(indices)} times{also}; keep one of them")
    matched = {indices[0]: name for name, indices in found.items()}
    _check_unread(spec, [name for index, name in enumerate(names) if index not in matched], set(found), ignored)
    return matched


def own_columns(spec: Table, raw: RawTable, ignored: Collection[str] = ()) -> RawTable:
    """Return a table with the columns of the contract alone, under their names; the others' names are in ``unread``.

    Parameters
    ----------
    spec, raw
        The table, and its rows as read.
    ignored
        Columns that somebody insists are not of the contract.

    Raises
    ------
    TableError, ConfigError
        As `match_columns`.
    """
    names = list(raw.frame.columns)
    matched = match_columns(spec, names, ignored)
    frame = raw.frame.iloc[:, list(matched)].set_axis(list(matched.values()), axis=1)
    unread = [str(name) for index, name in enumerate(names) if index not in matched]
    return RawTable(frame, raw.rows, raw.rejected, (*raw.unread, *unread))


def normalised(name: object) -> str:
    """Return a column's name without case, full-width forms and the blanks around it.

    Examples
    --------
    >>> normalised(" Founded_On ")
    'founded_on'
    """
    return unicodedata.normalize("NFKC", str(name)).strip().casefold()


def resembles(name: str, known: str) -> bool:
    """Return whether a name is probably another one misspelt.

    Examples
    --------
    >>> [resembles(name, "currency") for name in ("curency", "Currency ", "curren-cy", "country")]
    [True, True, True, False]
    """
    one, other = _letters(name), _letters(known)
    return _alike(one, set(one), other, set(other))


def _alike(one: str, its: set[str], other: str, others: set[str]) -> bool:
    # Nearly every column of a wide table ends here.
    if abs(len(one) - len(other)) > _FURTHER or len(its ^ others) > _FURTHER:
        return False
    return one == other or _one_slip(one, other) or SequenceMatcher(None, one, other, autojunk=False).ratio() >= _ALIKE


def check_ignored(ignored: Collection[str]) -> None:
    """Refuse to ignore a column that a table of the contract has.

    Raises
    ------
    ConfigError
        Naming it.
    """
    every = set().union(*(_known(spec) for spec in (*TABLES.values(), RATES)))
    of_contract = sorted(name for name in ignored if normalised(name) in every)
    if of_contract:
        raise ConfigError(
            f"column {of_contract[0]!r} is of the contract and cannot be ignored; take it out of the file"
        )


def _known(spec: Table) -> set[str]:
    own = set() if spec is RATES else {FIRM_ID.name}
    return {*own, KNOWN_ON.name, *(column.name for column in spec.columns)}


def _check_unread(spec: Table, unread: Sequence[object], present: set[str], ignored: Collection[str]) -> None:
    insisted = {normalised(name) for name in ignored}
    absent = [(known, (letters := _letters(known)), set(letters)) for known in sorted(_known(spec) - present)]
    doubts = []
    for name in unread:
        if normalised(name) in insisted:
            continue
        letters = _letters(str(name))
        own = set(letters)
        meant = next((known for known, its, theirs in absent if _alike(letters, own, its, theirs)), None)
        if meant is not None:
            doubts.append(f"column {excerpt(str(name))!r} is not of the contract; did you mean {meant!r}?")
        if len(doubts) == _NAMED:
            break
    if doubts:
        raise TableError(f"{spec.name}: {' '.join(doubts)} Rename it, or insist with --ignore-column")


def _letters(name: str) -> str:
    return re.sub(r"[\s_./-]", "", normalised(name))


def _one_slip(one: str, other: str) -> bool:
    """Return whether one letter is missing, too many or another, or two neighbours are exchanged."""
    if min(len(one), len(other)) < 3 or abs(len(one) - len(other)) > 1:
        return False
    start = _shared(one, other)
    one, other = one[start:], other[start:]
    end = _shared(one[::-1], other[::-1])
    one, other = one[: len(one) - end], other[: len(other) - end]
    return max(len(one), len(other)) <= 1 or (len(one) == 2 and one == other[::-1])


def _shared(one: str, other: str) -> int:
    """Return how many letters two texts begin with alike."""
    pairs = zip(one, other, strict=False)
    return next((place for place, (left, right) in enumerate(pairs) if left != right), min(len(one), len(other)))
