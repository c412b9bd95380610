"""From what all sheets say to tables of the contract: firms told apart, events given ids, sums made, rows judged."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from littlegiants.ingest.excerpts import excerpt
from littlegiants.ingest.mapping.accounts import AT, EVENT, Accounts, by_event
from littlegiants.ingest.mapping.firm_ids import find_firms
from littlegiants.ingest.mapping.merging import merge_stated_twice, number_events, stacked, sum_items
from littlegiants.ingest.mapping.rows import SheetRows
from littlegiants.ingest.sources.common.exports import find_violations
from littlegiants.ingest.sources.common.titles import title_end
from littlegiants.ingest.tables.contract import EVENT_TABLES, FIRM_ID, FIRMS, TABLES, Kind
from littlegiants.ingest.tables.quarantine import Quarantine, Reconciliation

# A value of these makes the row what it is; the other values of a row can be missing.
_NEEDED = {"firms": {"name"}}
_MONEY_CODES = ("missing_currency", "unknown_currency", "no_exchange_rate", "no_price_index")


@dataclass(slots=True)
class Assembled:
    """Tables, and the accounts of the records they were made of.

    Attributes
    ----------
    frames
        Tables of the contract; every column is text.
    undated
        Exits on an unknown day: ``firm_id, kind, source``.
    quarantine
        Records, events and values that were not used.
    records
        For each sheet, its records: read = used + quarantined.
    events
        For each sheet and table of events, what its records state: read = used + quarantined.
    notes
        For a person.
    """

    frames: dict[str, pd.DataFrame]
    undated: pd.DataFrame
    quarantine: Quarantine
    records: list[Reconciliation]
    events: list[Reconciliation]
    notes: list[str] = field(default_factory=list)


def assemble(sheets: Sequence[SheetRows]) -> Assembled:
    """Return the tables that the sheets make together.

    Parameters
    ----------
    sheets
        What the records of each sheet say.
    """
    return _Assembly(sheets).run()


class _Assembly:
    """The work of `assemble`; what is decided of each record and event is in the accounts."""

    def __init__(self, sheets: Sequence[SheetRows]) -> None:
        self.sheets = sheets
        self.accounts = Accounts(sheets)
        self.notes: list[str] = [note for sheet in sheets for note in (*sheet.sheet.notes, *sheet.notes)]
        self.firm_ids: list[npt.NDArray[np.object_]] = []

    def run(self) -> Assembled:
        self._identify()
        self.accounts.exclude()
        self.accounts.reject_bad_events()
        frames = {FIRMS.name: self._firms()}
        firm_ids = np.unique(frames[FIRMS.name][FIRM_ID.name].to_numpy(object))
        for table in EVENT_TABLES:
            if any(event.table == table for _, event in self.accounts.events):
                frames[table] = self._table(table, firm_ids)
        self.accounts.leave_values_out()
        undated = self._undated(frames)
        records, events = self.accounts.record_sums(), self.accounts.event_sums()
        notes = [*self.notes, *self.accounts.value_notes()]
        return Assembled(frames, undated, self.accounts.quarantine, records, events, notes)

    def _identify(self) -> None:
        described = [sheet.firms.assign(place=_place(sheet.firms))[["id", "name", "place"]] for sheet in self.sheets]
        found = find_firms(pd.concat(described, ignore_index=True))
        start = 0
        for at, sheet in enumerate(self.sheets):
            end = start + len(sheet.firms)
            self.firm_ids.append(found.ids[start:end])
            codes = found.codes[start:end]
            for code in sorted(set(codes) - {""}):
                self.accounts.reject_records(at, np.flatnonzero(codes == code), "name", code)
            start = end

    def _firms(self) -> pd.DataFrame:
        """Return the firms: each as the first sheet that describes it has it, without events before those with."""
        order = sorted(range(len(self.sheets)), key=lambda at: bool(self.sheets[at].events))
        parts: list[pd.DataFrame] = []
        for at in order:
            part = self._described(at)
            known = set().union(*(set(one[FIRM_ID.name]) for one in parts))
            parts.append(part.loc[~part[FIRM_ID.name].isin(known)] if known else part)
        registers = any(set(sheet.rule.firm) > {FIRM_ID.name} for sheet in self.sheets)
        frame = stacked(parts)
        if registers:
            named = frame[[name for name in frame.columns if name not in (FIRM_ID.name, EVENT, AT)]]
            frame = frame.loc[(named != "").any(axis=1) | ~frame[EVENT].map(self._refers).to_numpy(bool)]
        names = [FIRM_ID.name, *(column.name for column in FIRMS.columns if column.name in frame)]
        frame = frame.reset_index(drop=True)
        for at, records in by_event(frame):
            self.accounts.described[at][records] = True
        return self._judged(FIRMS.name, frame, names, None)

    def _refers(self, at: int) -> bool:
        """Return whether a sheet only refers to firms by id."""
        return set(self.sheets[at].rule.firm) == {FIRM_ID.name}

    def _described(self, at: int) -> pd.DataFrame:
        own = self.sheets[at]
        unstated = ["id"] if "name" in own.rule.firm else ["id", "name"]
        frame: pd.DataFrame = own.firms.drop(columns=unstated)
        frame[FIRM_ID.name], frame[EVENT], frame[AT] = self.firm_ids[at], at, np.arange(len(frame))
        frame = frame.loc[self.accounts.record_codes[at] == ""]
        if not own.events:
            return frame
        if not frame[FIRM_ID.name].duplicated().any():
            return frame
        self._note_names(at, frame)
        days = self._first_days(at)[frame[AT].to_numpy(np.int64)]
        earliest: pd.DataFrame = frame.iloc[np.argsort(days, kind="stable")].drop_duplicates(FIRM_ID.name)
        return earliest.sort_values(AT)

    def _note_names(self, at: int, frame: pd.DataFrame) -> None:
        """Say which ids stand with several names: two firms may have been given one."""
        if "firm_id" in self.sheets[at].rule.firm and "name" in frame:
            names = frame.groupby(FIRM_ID.name)["name"].nunique()
            several = names.index[names > 1].tolist()
            if several:
                said = f"{len(several):,} ids stand with several names, such as {excerpt(str(several[0]))}"
                self.notes.append(
                    f"{self.sheets[at].sheet.name}: {said}; each firm has the one it is first described by"
                )

    def _first_days(self, at: int) -> npt.NDArray[np.object_]:
        """Return the day of the first event that each record states, so that a firm is as it was described first."""
        days = np.full(len(self.sheets[at].firms), "9999", object)
        for number, (sheet, event) in enumerate(self.accounts.events):
            if sheet == at:
                records = event.frame["record"].to_numpy(np.int64)
                day = event.frame[TABLES[event.table].event].to_numpy(object)
                good = (self.accounts.event_codes[number] == "") & (day != "")
                np.minimum.at(days, records[good], day[good])
        return days

    def _table(self, table: str, firm_ids: npt.NDArray[np.object_]) -> pd.DataFrame:
        spec = TABLES[table]
        parts: list[pd.DataFrame] = []
        by_sheet: dict[int, list[pd.DataFrame]] = {}
        for number, (at, event) in enumerate(self.accounts.events):
            if event.table == table:
                records = event.frame["record"].to_numpy(np.int64)
                frame = event.frame.assign(**{FIRM_ID.name: self.firm_ids[at][records], EVENT: number})
                frame[AT] = np.arange(len(frame))
                frame = frame.loc[self.accounts.event_codes[number] == ""]
                frame, lost = sum_items(frame, spec, event.rule, self.sheets[at].sheet, self.sheets[at].rule.missing)
                for code, indices in lost.items():
                    self.accounts.reject_events(number, indices, "", code, np.full(len(indices), "", object))
                by_sheet.setdefault(at, []).append(frame)
        for at, frames in by_sheet.items():
            merged = merge_stated_twice(frames, spec)
            merged, again = number_events(merged, spec, self.sheets[at].sheet)
            for number, indices in by_event(merged.loc[again]):
                self.accounts.reject_events(number, indices, "", "duplicate_row", np.full(len(indices), "", object))
            parts.append(merged.loc[~again])
        frame = stacked(parts)
        if table == "recognitions":
            stated = frame["expires_on"] if "expires_on" in frame else pd.Series("", index=frame.index)
            frame["expires_on"] = [title_end(day, end) for day, end in zip(frame["awarded_on"], stated, strict=True)]
        columns = [FIRM_ID.name, *(column.name for column in spec.columns if column.name in frame)]
        columns += ["known_on"] if "known_on" in frame else []
        return self._judged(table, frame, columns, firm_ids)

    def _judged(
        self, table: str, frame: pd.DataFrame, columns: list[str], firm_ids: npt.NDArray[np.object_] | None
    ) -> pd.DataFrame:
        """Return the rows that the contract takes; a value that it does not take is left out of a row that it does."""
        rows = pd.DataFrame({name: _folded(frame[name].to_numpy(object)) for name in columns})
        violations = find_violations(table, rows, firm_ids)
        if not len(violations):
            return rows.astype("str")
        needed = {FIRM_ID.name, *TABLES[table].key, *_NEEDED.get(table, ())}
        needed |= {column.name for column in TABLES[table].columns if column.required}
        whole = violations["code"].str.startswith("duplicate")
        of_value = ~violations["column"].isin(needed) & (violations["column"] != "") & ~whole
        if of_value.any():
            rows = rows.astype("str")
            self._leave_out(table, frame, rows, violations.loc[of_value])
            violations = find_violations(table, rows, firm_ids)
        for column, code, group in _by_code(violations):
            self.accounts.reject_rows(table, frame, group["row"].to_numpy(np.int64), column, code, group["value"])
        return rows.loc[~rows.index.isin(violations["row"])].reset_index(drop=True).astype("str")

    def _leave_out(self, table: str, frame: pd.DataFrame, rows: pd.DataFrame, violations: pd.DataFrame) -> None:
        money = [column.name for column in TABLES[table].columns if column.kind in (Kind.MONEY, Kind.CURRENCY)]
        money = [name for name in money if name in rows]
        for column, code, group in _by_code(violations):
            numbers = group["row"].to_numpy(np.int64)
            self.accounts.reject_rows(table, frame, numbers, column, code, group["value"], as_value=True)
            rows.loc[numbers, money if code in _MONEY_CODES else [column]] = ""

    def _undated(self, frames: dict[str, pd.DataFrame]) -> pd.DataFrame:
        """Return the firms that are gone without a dated exit of that kind, as the status of their record says."""
        outcomes = frames.get("outcomes", pd.DataFrame({FIRM_ID.name: [], "kind": []}))
        dated = set(zip(outcomes[FIRM_ID.name].tolist(), outcomes["kind"].tolist(), strict=True))
        firms = set(frames[FIRMS.name][FIRM_ID.name].tolist()) if any(len(own.exits) for own in self.sheets) else set()
        rows = []
        for at, own in enumerate(self.sheets):
            column = own.rule.status.column if own.rule.status else ""
            for record, kind in zip(own.exits["record"], own.exits["kind"], strict=True):
                firm = self.firm_ids[at][int(record)]
                if firm in firms and (firm, kind) not in dated:
                    rows.append((firm, kind, f"{own.sheet.name} {column}"))
        found = pd.DataFrame(rows, columns=[FIRM_ID.name, "kind", "source"], dtype="str").drop_duplicates()
        for kind, count in found["kind"].value_counts().sort_index().items():
            self.notes.append(f"{count:,} exits of kind {kind} without a date: in undated_exits.csv, not in outcomes")
        return found


def _folded(texts: npt.NDArray[np.object_]) -> pd.Series:
    """Return text that the contract reads once for each distinct one, where rows share it."""
    codes, distinct = pd.factorize(texts)
    if 2 * len(distinct) > len(texts):
        return pd.Series(texts, dtype="str")
    return pd.Series(pd.Categorical.from_codes(codes, pd.Index(distinct, dtype="str")))


def _by_code(violations: pd.DataFrame) -> Iterator[tuple[str, str, pd.DataFrame]]:
    for column, code in sorted(set(zip(violations["column"], violations["code"], strict=True))):
        yield column, code, violations.loc[(violations["column"] == column) & (violations["code"] == code)]


def _place(firms: pd.DataFrame) -> npt.NDArray[np.object_]:
    place = np.full(len(firms), "", object)
    for name in ("region", "country"):
        if name in firms:
            place = np.where(place == "", firms[name].to_numpy(object), place)
    return place
