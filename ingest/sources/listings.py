"""Listings on stock exchanges, from an exchange's or a collector's list, as outcomes of the firms of another import.

A listing belongs to a firm by its id, or by its name together with something else that agrees: the region or city, a
founding year within five years, or that the import calls the firm listed and does not say when. A name alone is no
proof: in the public export of 2013, one in seven firms that bear a listed firm's name was founded in another decade.
"""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from littlegiants.ingest.entities.names import is_generic, match_keys
from littlegiants.ingest.entities.places import region_keys
from littlegiants.ingest.errors import ConfigError
from littlegiants.ingest.files.formula_guard import guard_frame
from littlegiants.ingest.sources.common.dates import to_iso
from littlegiants.ingest.sources.common.exports import Export, read_export
from littlegiants.ingest.sources.common.headers import Spellings, find_columns
from littlegiants.ingest.sources.common.imported import Imported, close
from littlegiants.ingest.sources.source import DATE_FORMAT, DELIMITER, ENCODING, Source

SOURCE = Source(
    name="listings",
    summary="Import listings on stock exchanges, which date the IPOs of firms imported before.",
    path="FILE",
    path_help="CSV file with a name and a listing date; also id, exchange, founding year, region, city.",
    examples=(
        "giants import listings ipos.csv --join --out cb --date-format %Y%m%d",
        "giants import listings szse.csv --join --out data/titles",
    ),
    options=(DATE_FORMAT, ENCODING, DELIMITER),
    joins=True,
    position=70,
)

_SPELLINGS: Spellings = {
    "name": ("公司全称", "企业名称", "公司名称", "name", "company name", "company", "issuer"),
    "listed_on": ("A股上市日期", "上市日期", "listed on", "listing date", "offer date", "ipo date", "date"),
    "id": ("统一社会信用代码", "firm id", "company id", "id"),
    "exchange": ("交易所", "exchange", "market"),
    "founded": ("成立日期", "founding year", "year founded", "founded on", "founded"),
    "region": ("省份", "省", "province", "state", "region"),
    "city": ("城市", "city"),
}
_UNDATED = "undated_exits"
_YEARS_APART = 5
_NO_MATCH, _SEVERAL, _UNSURE, _OTHER = "unmatched_firm", "ambiguous_firm", "uncertain_match", "implausible_match"


def import_listings(
    source: Path,
    firms: Path | None = None,
    *,
    date_format: str | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
) -> Imported:
    """Read a list and turn it into ``outcomes`` of kind IPO, each known on its day.

    Parameters
    ----------
    source
        The CSV file; Chinese and English headers are known.
    firms
        The folder of an import. Where it has ``undated_exits.csv``, the IPOs that get a date here leave that list.
    date_format
        How dates are written, see `littlegiants.ingest.sources.common.dates`; None for ISO.
    encoding, delimiter
        See `littlegiants.ingest.sources.common.exports.read_export`; None finds them out.

    Returns
    -------
    Imported
        ``beside`` holds ``review_listings``: listings that a firm's name fits, and nothing else or not it alone.

    Raises
    ------
    ConfigError
        If ``firms`` is not given: a list of listed firms alone is one of survivors, from which nothing can be learned.
    TableError
        If a file is absent, cannot be read as a whole, or has no column for the name or the date.
    """
    if firms is None:
        raise ConfigError("a list of listings is joined to firms; add --join to join those of --out")
    export = read_export(source, (), encoding=encoding, delimiter=delimiter)
    columns = find_columns(list(export.frame.columns), _SPELLINGS, ("name", "listed_on"), export.name)
    known, undated = _known(firms)
    listings = _listings(export, columns, date_format)
    found = _matched(listings, known)
    review = _review(listings, found)
    for code in (_NO_MATCH, _SEVERAL, _UNSURE, _OTHER):
        export.reject(found["code"].loc[export.frame.index] == code, columns["name"], code)
    outcomes = _outcomes(export, columns, listings, found, known)
    notes = [
        f"{len(outcomes):,} listings dated; {len(review):,} doubtful ones in review_listings.csv",
        f"{int(outcomes['firm_id'].isin(undated['firm_id']).sum()):,} of {len(undated):,} undated IPOs have a date now",
    ]
    beside = {"review_listings": guard_frame(review)}
    if (firms / f"{_UNDATED}.csv").is_file():
        beside[_UNDATED] = _still_undated(firms, outcomes)
    return close("listings", (export,), {"outcomes": outcomes}, notes, beside)


def _known(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the firms as they are compared, and the undated IPOs among them."""
    frame = read_export(folder / "firms.csv", ("firm_id", "name")).frame
    undated, dated = (_ipos(folder / f"{name}.csv") for name in (_UNDATED, "outcomes"))
    known = pd.DataFrame(
        {
            "firm_id": frame["firm_id"],
            "key": match_keys(frame["name"]),
            "founded": _year(_text(frame, "founded_on")),
            "region": region_keys(_text(frame, "region")),
            "city": region_keys(_text(frame, "city")),
            "ipo": frame["firm_id"].isin(undated["firm_id"]),
            "dated": frame["firm_id"].isin(dated["firm_id"]),
        }
    )
    return known.drop_duplicates("firm_id"), undated


def _ipos(path: Path) -> pd.DataFrame:
    if not path.is_file():
        return pd.DataFrame(columns=["firm_id", "kind"], dtype="str")
    frame = read_export(path, ("firm_id", "kind")).frame
    return frame.loc[frame["kind"] == "ipo"]


def _text(frame: pd.DataFrame, column: str | None) -> pd.Series:
    return frame[column] if column in frame else pd.Series("", frame.index, dtype="str")


def _year(dates: pd.Series) -> pd.Series:
    """Return the year that each date begins with, NaN for none and for a sentinel such as -99."""
    return pd.to_numeric(dates.str.extract(r"^([0-9]{4})")[0], errors="coerce").astype(float)


def _listings(export: Export, columns: dict[str, str], date_format: str | None) -> pd.DataFrame:
    frame = export.frame
    return pd.DataFrame(
        {
            "id": _text(frame, columns.get("id")),
            "name": frame[columns["name"]],
            "key": match_keys(frame[columns["name"]]),
            "listed_on": to_iso(frame[columns["listed_on"]], date_format),
            "exchange": _text(frame, columns.get("exchange")),
            "founded": _year(_text(frame, columns.get("founded"))),
            "region": region_keys(_text(frame, columns.get("region"))),
            "city": region_keys(_text(frame, columns.get("city"))),
        }
    )


def _matched(listings: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """Return for each listing ``firm_id``, ``code`` (empty where the firm is certain) and ``candidates``."""
    numbered = listings.assign(row=listings.index)
    by_id = numbered[numbered["id"] != ""].merge(known, left_on="id", right_on="firm_id", suffixes=("", "_firm"))
    rest = numbered[~numbered["row"].isin(by_id["row"]) & (numbered["key"] != "")]
    by_name = rest.merge(known[known["key"] != ""], on="key", suffixes=("", "_firm"))
    agrees, differs = _agreement(by_name)
    pairs = pd.concat([by_id.assign(sure=True, other=False), by_name.assign(sure=agrees, other=differs)])
    pairs = pairs.sort_values(["row", "firm_id"])
    likely = pairs[~pairs["other"]]
    sure = likely[likely["sure"]]
    firms = sure.groupby("row")["firm_id"]
    # Two listings of one firm, or one listing of two: nothing says which of them is meant.
    several = (firms.size() > 1).reindex(listings.index, fill_value=False)
    twice = sure.loc[sure.duplicated("firm_id", keep=False), "row"]
    firm_id = firms.first().reindex(listings.index).fillna("").astype("str")
    candidates = pairs.groupby("row")["firm_id"].agg(";".join).reindex(listings.index).fillna("").astype("str")
    code = np.select(
        [
            candidates == "",
            several | listings.index.isin(twice),
            firm_id != "",
            listings.index.isin(likely["row"]),
        ],
        [_NO_MATCH, _SEVERAL, "", _UNSURE],
        _OTHER,
    )
    return pd.DataFrame({"firm_id": firm_id, "code": code, "candidates": candidates}, listings.index)


def _agreement(pairs: pd.DataFrame) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Return which pairs of equal names have something else in common, and which contradict each other."""
    apart = (pairs["founded"] - pairs["founded_firm"]).abs()
    near = np.zeros(len(pairs), bool)
    for place in ("region", "city"):
        near |= ((pairs[place] != "") & (pairs[place] == pairs[f"{place}_firm"])).to_numpy(bool)
    differs = ((apart > _YEARS_APART) | (_year(pairs["listed_on"]) < pairs["founded_firm"])).to_numpy(bool)
    same = (apart <= _YEARS_APART).to_numpy(bool) | near | pairs["ipo"].to_numpy(bool)
    return same & ~differs & ~pairs["key"].map(is_generic).to_numpy(bool), differs


def _review(listings: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    doubtful = found[found["code"].isin([_SEVERAL, _UNSURE])]
    shown = listings.loc[doubtful.index, ["name", "listed_on", "exchange", "founded"]].astype({"founded": "Int64"})
    return shown.assign(row=shown.index, code=doubtful["code"], candidates=doubtful["candidates"])


def _outcomes(
    export: Export, columns: dict[str, str], listings: pd.DataFrame, found: pd.DataFrame, known: pd.DataFrame
) -> pd.DataFrame:
    dated = found["firm_id"].loc[export.frame.index].isin(known.loc[known["dated"], "firm_id"])
    export.reject(dated, columns["listed_on"], "duplicate_row")
    some = export.frame.index
    rows = {
        "firm_id": found["firm_id"].loc[some],
        "happened_on": listings["listed_on"].loc[some],
        "kind": "ipo",
        "exchange": listings["exchange"].loc[some],
    }
    sources = {"firm_id": columns["name"], "happened_on": columns["listed_on"]}
    firm_ids = np.unique(known["firm_id"].to_numpy(object))
    return export.keep_valid("outcomes", pd.DataFrame(rows).astype("str"), sources, firm_ids)


def _still_undated(folder: Path, outcomes: pd.DataFrame) -> pd.DataFrame:
    frame = read_export(folder / f"{_UNDATED}.csv", ("firm_id", "kind")).frame
    return frame.loc[~((frame["kind"] == "ipo") & frame["firm_id"].isin(outcomes["firm_id"]))]
