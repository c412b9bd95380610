"""Lists of recognised firms, in the layout of the Chinese ministry's and the provinces' announcements.

One record a title: the firm, its region, the title or tier, the batch, and the day of the announcement. A title ends
three years after its award, the term of the ministry's measures, unless the list states another end.
"""

import re
from pathlib import Path

import numpy as np
import pandas as pd
from stdnum.cn import uscc

from littlegiants.ingest.errors import ConfigError, TableError
from littlegiants.ingest.excerpts import listed
from littlegiants.ingest.sources.common.dates import to_iso
from littlegiants.ingest.sources.common.exports import Export, read_export
from littlegiants.ingest.sources.common.headers import Spellings, find_columns, plain
from littlegiants.ingest.sources.common.identity import first_seen, identify, is_mangled
from littlegiants.ingest.sources.common.imported import Imported, close
from littlegiants.ingest.sources.common.titles import tier_of, title_end
from littlegiants.ingest.sources.source import COUNTRY, DATE_FORMAT, DELIMITER, ENCODING, Option, Source
from littlegiants.ingest.tables.contract import RECOGNITION_TIERS

SOURCE = Source(
    name="recognition-list",
    summary="Import a list of recognised firms, such as little giants; Chinese and English headers are known.",
    path="FILE",
    path_help="CSV file of firms and their titles.",
    examples=(
        "giants import recognition-list little-giants.csv --out data/titles",
        "giants import recognition-list gd.csv --tier 专精特新中小企业 --out data/gd",
    ),
    options=(
        Option("scheme", "NAME", "Whose titles they are.", default="MIIT"),
        COUNTRY,
        Option("tier", "TIER", "Tier of all, 1 to 4 or its title, for a list without one."),
        Option("awarded_on", "DATE", "Day of all awards, for a list without one.", is_date=True),
        DATE_FORMAT,
        ENCODING,
        DELIMITER,
    ),
    position=60,
)

_SPELLINGS: Spellings = {
    "name": ("企业名称", "公司名称", "单位名称", "firm name", "company name", "name"),
    "credit_code": ("统一社会信用代码", "社会信用代码", "credit code", "uscc"),
    "region": (
        "省份/地区",
        "省份",
        "地区",
        "所在地区",
        "所在省份",
        "推荐地区",
        "省市",
        "所属省份",
        "所属地区",
        "province",
        "region",
    ),
    "city": ("城市", "所在城市", "所在市", "所属城市", "city"),
    "tier": ("级别", "认定级别", "称号", "认定类型", "企业类型", "类型", "tier", "title"),
    "batch": ("批次", "认定批次", "batch"),
    # The announcement; a public notice comes before it and is still open to objections.
    "awarded_on": ("公布日期", "认定日期", "发布日期", "公告日期", "公示日期", "awarded on", "date"),
    "expires_on": ("有效期", "有效期至", "到期日期", "expires on", "valid until"),
}
# Of the lines of a list: nothing is lost with them.
_NUMBERS = ("序号", "编号", "no", "no.")
_UNTIL = re.compile("至|到|~|～|—")


def import_recognition_list(
    source: Path,
    *,
    scheme: str = "MIIT",
    country: str = "CN",
    tier: str | None = None,
    awarded_on: str | None = None,
    date_format: str | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
) -> Imported:
    """Read a list and turn it into ``recognitions`` and the ``firms`` that hold them.

    A firm is its unified social credit code where the list has one, else its name and region.

    Parameters
    ----------
    source
        The CSV file; Chinese and English headers are known.
    scheme, country
        Whose titles they are, and the country of the firms (ISO 3166-1 alpha-2).
    tier, awarded_on
        For a list that is all of one tier (its title, or 1 to 4) or of one day (ISO), and has no such column.
    date_format
        How its dates are written, see `littlegiants.ingest.sources.common.dates`; None for ISO.
    encoding, delimiter
        See `littlegiants.ingest.sources.common.exports.read_export`; None finds them out.

    Returns
    -------
    Imported
        ``recognitions`` has one column more than the contract, ``batch``.

    Raises
    ------
    ConfigError
        If an option is no tier, or a form of dates or an encoding that is not known.
    TableError
        If the file is absent, cannot be read as a whole, or has no column for the name, the tier or the day.
    """
    export = read_export(source, (), encoding=encoding, delimiter=delimiter)
    given = {"tier": tier, "awarded_on": awarded_on}
    required = ["name", *sorted(name for name, value in given.items() if value is None)]
    columns = find_columns(list(export.frame.columns), _SPELLINGS, required, export.name)
    unread = [name for name in export.frame.columns if name not in columns.values() and plain(name) not in _NUMBERS]
    if "awarded_on" not in columns and "batch" in columns:
        _check_one_batch(export, columns["batch"])
    _fill(export, columns, given)
    notes = [f"columns that are not read: {listed(unread)}"] if unread else []
    firm_id = identify(export, _codes(export, columns), columns["name"], columns["region"])
    firms = _described(export, columns, firm_id, country)
    # Each record for itself: a firm of several titles is described several times.
    each = firms.assign(firm_id=firms.index.astype("str"))
    kept = export.keep_valid("firms", each, columns).index
    recognitions = _recognitions(export, columns, firm_id.loc[kept], scheme, date_format, notes)
    firms = first_seen(firms.loc[recognitions.index], recognitions["awarded_on"])
    frames = {"firms": firms, "recognitions": recognitions}
    return close("recognition-list", (export,), frames, notes, {})


def _check_one_batch(export: Export, column: str) -> None:
    """Refuse one day for titles of several batches, each of which was announced on its own.

    Raises
    ------
    TableError
        Naming the batches.
    """
    batches = [batch for batch in export.frame[column].unique() if batch]
    if len(batches) > 1:
        raise TableError(
            f"{export.name}: column {column!r} has {listed(batches)}, each announced on its own day; give the days in "
            "a mapping of giants import table, see docs/importing.md"
        )


def _fill(export: Export, columns: dict[str, str], given: dict[str, str | None]) -> None:
    """Add the columns that the list does not have, with what is given for all; the list's own column goes first."""
    tier = given["tier"]
    if tier is not None and tier_of(tier) not in RECOGNITION_TIERS:
        raise ConfigError(f"tier {tier!r} is not known; it is 1 to 4, or a title such as 专精特新中小企业")
    for column in _SPELLINGS:
        if column not in columns:
            columns[column] = column
            export.frame[column] = given.get(column) or ""


def _codes(export: Export, columns: dict[str, str]) -> pd.Series:
    column = columns["credit_code"]
    export.reject(is_mangled(export.frame[column]), column, "numeric_id")
    code = export.frame[column].str.upper()
    export.reject((code != "") & ~code.map(uscc.is_valid).astype(bool), column, "malformed_id")
    return export.frame[column].str.upper()


def _described(export: Export, columns: dict[str, str], firm_id: pd.Series, country: str) -> pd.DataFrame:
    texts = {name: export.frame[columns[name]] for name in ("name", "region", "city")}
    return pd.DataFrame({"firm_id": firm_id, "country": country, **texts}).astype("str")


def _recognitions(
    export: Export,
    columns: dict[str, str],
    firm_id: pd.Series,
    scheme: str,
    date_format: str | None,
    notes: list[str],
) -> pd.DataFrame:
    tier = export.frame[columns["tier"]].map(tier_of)
    # An empty tier is missing, which the contract says itself.
    export.reject(~tier.isin(["", *RECOGNITION_TIERS]), columns["tier"], "unknown_value")
    source = export.frame
    awarded = to_iso(source[columns["awarded_on"]], date_format)
    stated = source[columns["expires_on"]]
    recognitions = pd.DataFrame(
        {
            "firm_id": firm_id.loc[source.index],
            "scheme": scheme,
            "tier": tier.loc[source.index],
            "awarded_on": awarded,
            "expires_on": _expiry(stated, awarded, date_format),
            "batch": source[columns["batch"]],
        }
    ).astype("str")
    firm_ids = np.unique(recognitions["firm_id"].to_numpy(object))
    recognitions = export.keep_valid("recognitions", recognitions, columns, firm_ids)
    export.reject(recognitions["expires_on"] < recognitions["awarded_on"], columns["expires_on"], "ends_before_start")
    recognitions = recognitions.loc[export.frame.index]
    unstated = int((stated.loc[recognitions.index] == "").sum())
    notes.append(f"{unstated:,} titles without a stated end: three years from the award")
    return recognitions


def _expiry(stated: pd.Series, awarded: pd.Series, form: str | None) -> pd.Series:
    """Return the last day of each title; what cannot be read stays as it is, for the contract to refuse."""
    until = to_iso(stated.map(lambda text: _UNTIL.split(text)[-1].strip()).astype("str"), form)
    pairs = zip(awarded, until, strict=True)
    return pd.Series([title_end(day, text) for day, text in pairs], index=stated.index, dtype="str")
