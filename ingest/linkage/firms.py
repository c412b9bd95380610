"""Firms of one side as they are compared: keys, forms, locations, websites and registration ids."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from littlegiants.ingest.entities.ids import ID_COLUMNS, find_ids
from littlegiants.ingest.entities.names import is_generic, is_han, is_suspect, match_key, split_name
from littlegiants.ingest.entities.places import LOCATION_COLUMNS
from littlegiants.ingest.entities.websites import registrable_domain
from littlegiants.ingest.errors import TableError

REQUIRED = ("firm_id", "name")
# One form to compare: before it goes public, a 有限公司 becomes a 股份有限公司.
_CHINESE = ("股份有限公司", "有限公司", "公司")


@dataclass(frozen=True, slots=True)
class Firms:
    """One side of a linkage, ordered by ``firm_id``.

    Attributes
    ----------
    frame
        ``firm_id, name, key, form, domain, country, region, city`` and the flags ``suspect, generic, han``.
    ids
        Valid registration ids, one a row: ``firm`` (position in ``frame``), ``scheme`` and ``id``.
    invalid_ids
        How many registration ids are not valid in their scheme; they are not used.
    """

    frame: pd.DataFrame
    ids: pd.DataFrame
    invalid_ids: int

    def column(self, name: str) -> npt.NDArray[np.object_]:
        """Return a column of ``frame`` as objects."""
        return self.frame[name].to_numpy(object)


def read_firms(frame: pd.DataFrame, side: str) -> Firms:
    """Make the firms of one side comparable.

    Parameters
    ----------
    frame
        One firm a row: ``firm_id`` and ``name``; where known ``country`` (ISO 3166-1 alpha-2), ``region``, ``city``,
        ``website`` and registration ids (`littlegiants.ingest.entities.ids.ID_COLUMNS`).
    side
        How to call the frame in an error.

    Raises
    ------
    TableError
        If a column is missing, or a ``firm_id`` is empty or stands twice.
    """
    missing = [name for name in REQUIRED if name not in frame]
    if missing:
        raise TableError(f"{side}: column {missing[0]!r} is missing; firms are linked by firm_id and name")
    text = frame.reset_index(drop=True).fillna("").astype("str")
    twice = text["firm_id"].duplicated() | (text["firm_id"] == "")
    if twice.any():
        raise TableError(f"{side}: firm_id {text.loc[twice, 'firm_id'].iloc[0]!r} must stand once and not be empty")
    text = text.sort_values("firm_id", ignore_index=True)
    keys, forms = _per_value(text["name"], split_name)
    (domains,) = _per_value(_or_blank(text, "website"), lambda website: (registrable_domain(website),))
    out = pd.DataFrame(
        {"firm_id": text["firm_id"], "name": text["name"], "key": keys, "form": forms, "domain": domains}
    )
    out["form"] = out["form"].mask(out["form"].isin(_CHINESE), _CHINESE[-1])
    for flag, found in (("generic", is_generic), ("han", is_han)):
        out[flag] = out["key"].map(found).astype(bool)
    out["suspect"] = text["name"].map(is_suspect).astype(bool)
    for place in LOCATION_COLUMNS:
        (out[place],) = _per_value(_or_blank(text, place), lambda value: (match_key(value),))
    return Firms(out, *_ids(text))


def _or_blank(frame: pd.DataFrame, column: str) -> pd.Series:
    return frame[column] if column in frame else pd.Series("", index=frame.index, dtype="str")


def _per_value(values: pd.Series, function: Callable[[str], tuple[str, ...]]) -> list[pd.Series]:
    """Return a function's results for every value, computed once for each distinct one."""
    codes, distinct = pd.factorize(values)
    results: Sequence[tuple[str, ...]] = [function(value) for value in distinct] or [function("")]
    return [pd.Series(np.array(column, object)[codes], dtype="str") for column in zip(*results, strict=True)]


def _ids(text: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    countries = _or_blank(text, "country").tolist()
    rows: list[tuple[int, str, str]] = []
    invalid = 0
    for column in (name for name in ID_COLUMNS if name in text):
        for firm, cell in enumerate(text[column].tolist()):
            found, wrong = find_ids(column, cell, countries[firm]) if cell else ([], 0)
            rows += [(firm, one.partition(":")[0], one) for one in found]
            invalid += wrong
    # The importers of lists with checked registration numbers name a firm by its number.
    for firm, (cell, country) in enumerate(zip(text["firm_id"], countries, strict=True)):
        found, _ = find_ids("registration_id", cell, country if country.upper() == "FR" else "")
        rows += [(firm, one.partition(":")[0], one) for one in found]
    ids = pd.DataFrame(rows, columns=["firm", "scheme", "id"]).astype({"firm": "int64", "scheme": "str", "id": "str"})
    return ids.drop_duplicates(ignore_index=True), invalid
