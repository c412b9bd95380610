"""Panels of annual accounts: what firms booked as government subsidies (政府补助), a row for each firm and year.

They become ``financials.subsidy_income`` and never ``grants``. The figure of an annual report is income recognised in a
period (IAS 20, CAS 16): it spreads one award over years, adds up all that the firm received, and has neither an award's
day nor its id. Counted as grants beside a register of awards, the same money would count twice.
"""

import re
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
from stdnum.cn import uscc

from littlegiants.ingest.errors import ConfigError, TableError
from littlegiants.ingest.sources.common.amounts import AmountForm, plain_amounts
from littlegiants.ingest.sources.common.dates import end_of_year, to_iso
from littlegiants.ingest.sources.common.exports import Export, read_export
from littlegiants.ingest.sources.common.headers import Spellings, find_columns, plain
from littlegiants.ingest.sources.common.identity import first_seen, identify, is_mangled
from littlegiants.ingest.sources.common.imported import Imported, close
from littlegiants.ingest.sources.source import AMOUNTS, COUNTRY, DATE_FORMAT, DELIMITER, ENCODING, Option, Source

SOURCE = Source(
    name="subsidy-panel",
    summary="Import subsidies booked in annual accounts; Chinese and English headers are known.",
    path="FILE",
    path_help="CSV file with a row for each firm and year.",
    examples=("giants import subsidy-panel subsidies.csv --unit 万元 --out data/subsidies",),
    options=(
        Option("unit", "UNIT", "Unit of amounts whose header states none: 元, 万元, 亿元."),
        AMOUNTS,
        Option("currency", "CODE", "Currency, where no column states it.", default="CNY"),
        COUNTRY,
        DATE_FORMAT,
        ENCODING,
        DELIMITER,
    ),
    position=60,
)

UNITS = {"元": 0, "千元": 3, "万元": 4, "百万元": 6, "亿元": 8}
_SPELLINGS: Spellings = {
    "name": ("企业名称", "公司名称", "公司全称", "证券简称", "股票简称", "firm name", "company name", "name"),
    "credit_code": ("统一社会信用代码", "社会信用代码", "credit code", "uscc"),
    "stock_code": ("证券代码", "股票代码", "公司代码", "stock code", "symbol", "firm id", "id"),
    "region": ("省份/地区", "省份", "地区", "所在省份", "注册地", "province", "region"),
    "period_end": ("会计年度", "年份", "年度", "报告期", "统计截止日期", "会计期间", "year", "period end"),
    "known_on": ("公告日期", "披露日期", "年报披露日期", "disclosed on", "known on"),
    "subsidy_income": (
        "政府补助",
        "政府补助金额",
        "补助金额",
        "本期发生额",
        "subsidy income",
        "subsidy",
        "amount",
        "金额",
    ),
    "revenue": ("营业收入", "营业总收入", "revenue"),
    "rnd_expense": ("研发费用", "研发投入", "研发支出", "rnd expense"),
    "employees": ("员工人数", "从业人数", "employees"),
    "currency": ("币种", "currency"),
}
_ITEMS = ("项目", "补助项目", "项目名称", "补助内容", "item", "subsidyitem")
_MONEY = ("subsidy_income", "revenue", "rnd_expense")
_UNIT = re.compile(r"[(:](?:单位:)?((?:千|万|百万|亿)?元)(?:人民币)?\)?$")
_PLAIN = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")


def import_subsidy_panel(
    source: Path,
    *,
    unit: str | None = None,
    amounts: AmountForm = "plain",
    currency: str = "CNY",
    country: str = "CN",
    date_format: str | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
) -> Imported:
    """Read a panel and turn it into ``financials`` and the ``firms`` they belong to.

    A firm is its unified social credit code, else its stock code, else its name and region. A year ends on 31 December;
    a figure is known with the annual report, on the day of disclosure if the panel has it, else by the contract's rule
    120 days after the period's end.

    Parameters
    ----------
    source
        The CSV file; Chinese and English headers are known.
    unit
        Unit of the amounts whose header states none, one of `UNITS`; None takes them as plain units of the currency.
    amounts
        How amounts are written, see `littlegiants.ingest.sources.common.amounts`.
    currency, country
        Of all rows, where there is no column of currencies.
    date_format
        How its dates are written, see `littlegiants.ingest.sources.common.dates`; None for ISO dates and plain years.
    encoding, delimiter
        See `littlegiants.ingest.sources.common.exports.read_export`; None finds them out.

    Raises
    ------
    ConfigError
        If the unit is not known, or an option of reading is wrong.
    TableError
        If the file is absent, cannot be read as a whole, lacks the firm, the year or the subsidy, or states a unit
        other than the declared one.
    """
    if unit not in (None, *UNITS):
        raise ConfigError(f"unit {unit!r} is not known; it is one of {', '.join(UNITS)}")
    export = read_export(source, (), encoding=encoding, delimiter=delimiter)
    columns = find_columns(list(export.frame.columns), _SPELLINGS, ["period_end", "subsidy_income"], export.name)
    if not {"name", "credit_code", "stock_code"} & columns.keys():
        raise TableError(f"{export.name}: no column names the firms; it must have 企业名称 or 证券代码")
    units = _units({name: columns[name] for name in _MONEY if name in columns}, unit, export.name)
    for column in ("name", "credit_code", "stock_code", "region", "known_on"):
        if column not in columns:
            columns[column] = column
            export.frame[column] = ""
    firm_id = identify(export, _ids(export, columns), columns["name"], columns["region"])
    described = _described(export, columns, firm_id, country)
    _check_items(export, columns["period_end"], firm_id)
    kept = export.keep_valid("firms", described.assign(firm_id=described.index.astype("str")), columns).index
    figures = _figures(export, columns, units, amounts)
    financials = _financials(export, columns, firm_id.loc[kept], figures, currency, date_format)
    firms = first_seen(described.loc[financials.index], financials["period_end"])
    stated = [f"{columns[name]} in {own or 'plain units of the currency'}" for name, own in units.items()]
    notes = [f"read as: {', '.join(stated)}", "subsidies are income of the period, in financials; they are no grants"]
    return close("subsidy-panel", (export,), {"firms": firms, "financials": financials}, notes, {})


def _units(headers: dict[str, str], declared: str | None, file: str) -> dict[str, str | None]:
    """Return the unit of each money column: its header's own, else the declared one.

    Raises
    ------
    TableError
        If every header states a unit, and none the declared one.
    """
    stated = {name: found[1] for name, header in headers.items() if (found := _UNIT.search(plain(header)))}
    if declared and len(stated) == len(headers) and declared not in stated.values():
        header = next(iter(headers.values()))
        raise TableError(f"{file}: column {header!r} states its unit, but {declared} is declared; declare none")
    return {name: stated.get(name, declared) for name in headers}


def _ids(export: Export, columns: dict[str, str]) -> pd.Series:
    for name in ("credit_code", "stock_code"):
        export.reject(is_mangled(export.frame[columns[name]]), columns[name], "numeric_id")
    code = export.frame[columns["credit_code"]].str.upper()
    export.reject((code != "") & ~code.map(uscc.is_valid).astype(bool), columns["credit_code"], "malformed_id")
    source = export.frame
    return source[columns["credit_code"]].str.upper().mask(lambda codes: codes == "", source[columns["stock_code"]])


def _described(export: Export, columns: dict[str, str], firm_id: pd.Series, country: str) -> pd.DataFrame:
    texts = {name: export.frame[columns[name]] for name in ("name", "region")}
    return pd.DataFrame({"firm_id": firm_id, "country": country, **texts}).astype("str")


def _figures(
    export: Export, columns: dict[str, str], units: dict[str, str | None], amounts: AmountForm
) -> dict[str, pd.Series]:
    """Return the figures as the contract writes them, and quarantine the records whose amounts are of another form."""
    for name in units:
        _, other = plain_amounts(export.frame[columns[name]], amounts)
        export.reject(other, columns[name], "not_a_number")
    figures = {name: export.frame[columns[name]] for name in (*_MONEY, "employees") if name in columns}
    for name, unit in units.items():
        figures[name], _ = plain_amounts(figures[name], amounts)
        figures[name] = figures[name].map(lambda text, power=UNITS[unit or "元"]: _scaled(text, power))
    return figures


def _financials(
    export: Export,
    columns: dict[str, str],
    firm_id: pd.Series,
    figures: dict[str, pd.Series],
    default_currency: str,
    date_format: str | None,
) -> pd.DataFrame:
    source = export.frame
    firm_id = firm_id.loc[source.index]
    currency = source[columns["currency"]].str.upper() if "currency" in columns else default_currency
    ends = to_iso(end_of_year(source[columns["period_end"]].str.removesuffix("年")), date_format)
    disclosed = to_iso(source[columns["known_on"]], date_format)
    rows = {"firm_id": firm_id, "period_end": ends, **figures, "currency": currency, "known_on": disclosed}
    frame = pd.DataFrame(rows).astype("str")
    return export.keep_valid("financials", frame, columns, np.unique(firm_id.to_numpy(object)))


def _check_items(export: Export, period: str, firm_id: pd.Series) -> None:
    """Refuse a list of items, of which several make the sum of a firm and year: here a row is a firm and year.

    Raises
    ------
    TableError
        Naming the column that tells the items apart.
    """
    item = next((name for name in export.frame.columns if plain(name) in _ITEMS), None)
    if item is not None:
        rows = export.frame.assign(firm_id=firm_id).groupby(["firm_id", period])[item].nunique()
        if (rows > 1).any():
            raise TableError(
                f"{export.name} has a row for each item, which column {item!r} tells apart; giants import table adds "
                "them up"
            )


def _scaled(text: str, power: int) -> str:
    """Return a plain number times ten to the power, exactly; other text stays as it is, for the contract to refuse."""
    return format(Decimal(text).scaleb(power), "f") if power and _PLAIN.fullmatch(text) else text
