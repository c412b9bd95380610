"""The accounts of an import: what is decided about each record, each event and each value, and the sums."""

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from littlegiants.ingest.mapping.rows import Event, SheetRows
from littlegiants.ingest.tables.contract import FIRMS
from littlegiants.ingest.tables.quarantine import Quarantine, Reconciliation

Indices = npt.NDArray[np.int64]
Texts = npt.NDArray[np.object_]
# Where a row of a table comes from: the number of its event's rule, for a firm of its sheet, and its index there.
EVENT, AT = "_event", "_at"


class Accounts:
    """Why each record, and each event, is not used; and the values that are left out of those that are.

    Attributes
    ----------
    sheets, events
        The sheets, and all of their events with the number of their sheet.
    record_codes, event_codes
        By sheet and record, and by event rule and event: a code of the quarantine, empty while it may be used.
    described
        By sheet, the records that a row of the firms table is made of.
    quarantine
        All that was not used.
    """

    def __init__(self, sheets: Sequence[SheetRows]) -> None:
        self.sheets = sheets
        self.events: list[tuple[int, Event]] = [
            (at, event) for at, sheet in enumerate(sheets) for event in sheet.events
        ]
        self.record_codes = [np.full(len(sheet.firms), "", object) for sheet in sheets]
        self.event_codes = [np.full(len(event.frame), "", object) for _, event in self.events]
        self.described = [np.zeros(len(sheet.firms), bool) for sheet in sheets]
        self.quarantine = Quarantine()
        self._left_out: Counter[tuple[str, str, str]] = Counter()
        for sheet in sheets:
            self.quarantine.extend(sheet.sheet.quarantine)

    def reject_records(self, sheet: int, records: Indices, column: str, code: str) -> None:
        """Quarantine records of a sheet.

        Parameters
        ----------
        sheet, records
            The number of the sheet, and which of its records.
        column, code
            The column of the firms table that is wrong, and why.
        """
        own = self.sheets[sheet]
        shown = _firm_column(own, column)
        values = own.firms[column].to_numpy(object)[records]
        self.quarantine.add(own.sheet.name, own.sheet.rows[records], shown, code, values)
        self.record_codes[sheet][records] = code

    def exclude(self) -> None:
        """Quarantine the records that their sheet's rule does not mean."""
        for at, sheet in enumerate(self.sheets):
            excluded = sheet.excluded & (self.record_codes[at] == "")
            names = [*sheet.rule.only, *sheet.rule.omit]
            if excluded.any():
                columns = [sheet.sheet.column(name).all()[excluded] for name in names]
                values = np.array([", ".join(row) for row in zip(*columns, strict=True)], object)
                self.quarantine.add(sheet.sheet.name, sheet.sheet.rows[excluded], names[0], "source_excluded", values)
                self.record_codes[at][excluded] = "source_excluded"

    def reject_bad_events(self) -> None:
        """Quarantine the events of records that are quarantined, and those that could not be read."""
        for number, (at, event) in enumerate(self.events):
            records = event.frame["record"].to_numpy(np.int64)
            codes = self.event_codes[number]
            codes[:] = self.record_codes[at][records]
            for indices, column, code, values in event.bad:
                self.reject_events(number, indices, column, code, values)

    def reject_events(self, number: int, indices: Indices, column: str, code: str, values: Texts) -> None:
        """Quarantine events that are not quarantined yet.

        Parameters
        ----------
        number, indices
            The number of their rule, and which of its events.
        column, code, values
            The sheet's column that is wrong, why, and its values.
        """
        at, event = self.events[number]
        codes = self.event_codes[number]
        fresh = codes[indices] == ""
        sheet = self.sheets[at].sheet
        rows = sheet.rows[event.frame["record"].to_numpy(np.int64)[indices]]
        self.quarantine.add(sheet.name, rows[fresh], column, code, values[fresh])
        codes[indices[fresh]] = code

    def reject_rows(
        self,
        table: str,
        frame: pd.DataFrame,
        numbers: Indices,
        column: str,
        code: str,
        values: pd.Series,
        *,
        as_value: bool = False,
    ) -> None:
        """Quarantine rows of a table, or a value of each, under the records that they come from.

        Parameters
        ----------
        table, frame
            The table and its rows, with `EVENT` and `AT`.
        numbers
            Which rows.
        column, code, values
            The table's column that is wrong, why, and its values.
        as_value
            Whether the rows are used without the value.
        """
        shown = pd.Series(values.to_numpy(object), index=numbers)
        for number, indices in by_event(frame.loc[numbers]):
            own_values = shown.loc[frame.index[(frame[EVENT] == number) & frame.index.isin(numbers)]].to_numpy(object)
            if table == FIRMS.name:
                self._reject_firms(number, indices, column, code, own_values, as_value)
                continue
            at, event = self.events[number]
            label = event.sources.get(column) or _firm_column(self.sheets[at], column)
            if as_value:
                records = event.frame["record"].to_numpy(np.int64)[indices]
                self._leave(self.sheets[at], records, label, code, own_values)
            else:
                self.reject_events(number, indices, label, code, own_values)

    def _reject_firms(
        self,
        at: int,
        records: Indices,
        column: str,
        code: str,
        values: Texts,
        as_value: bool,
    ) -> None:
        own = self.sheets[at]
        label = _firm_column(own, column)
        if as_value:
            self._leave(own, records, label, code, values)
            return
        self.record_codes[at][records] = code
        self.quarantine.add(own.sheet.name, own.sheet.rows[records], label, code, values)

    def leave_values_out(self) -> None:
        """List the values that are left out of rows that are used."""
        for at, own in enumerate(self.sheets):
            for records, column, code, values in own.values:
                used = self.record_codes[at][records] == ""
                self._leave(own, records[used], column, code, values[used])
        for number, (at, event) in enumerate(self.events):
            records = event.frame["record"].to_numpy(np.int64)
            for indices, column, code, values in event.values:
                used = self.event_codes[number][indices] == ""
                self._leave(self.sheets[at], records[indices[used]], column, code, values[used])

    def _leave(self, own: SheetRows, records: Indices, column: str, code: str, values: Texts) -> None:
        self.quarantine.add(own.sheet.name, own.sheet.rows[records], column, code, values)
        self._left_out[own.sheet.name, column, code] += len(records)
        self._left_out += Counter()  # without those that are none

    def value_notes(self) -> list[str]:
        """Return how many values of each column are left out of rows that are used."""
        return [
            f"{sheet}: {count:,} values of {column} are not used ({code}); their rows are"
            for (sheet, column, code), count in sorted(self._left_out.items())
        ]

    def record_sums(self) -> list[Reconciliation]:
        """Return the accounts of each sheet: a record is used if its firm, or any of its events, is."""
        sums = []
        for at, own in enumerate(self.sheets):
            codes = self.record_codes[at]
            used = (codes == "") & self.described[at]
            first = codes.copy()
            events = [(number, event) for number, (sheet, event) in enumerate(self.events) if sheet == at]
            for number, event in events:
                records = event.frame["record"].to_numpy(np.int64)
                good = self.event_codes[number] == ""
                used[records[good]] = True
                blank = first[records] == ""
                first[records[blank & ~good]] = self.event_codes[number][blank & ~good]
            unread = ~used & (first == "")
            if unread.any():
                first[unread] = "source_excluded"
                self.quarantine.add(
                    own.sheet.name, own.sheet.rows[unread], "", "source_excluded", [""] * int(unread.sum())
                )
            before = own.sheet.quarantine.frame()["code"].value_counts()
            by_code = Counter({str(code): int(count) for code, count in before.items()})
            by_code.update(first[~used].tolist())
            sums.append(Reconciliation(own.sheet.name, own.sheet.read, int(used.sum()), by_code.total(), dict(by_code)))
        return sums

    def event_sums(self) -> list[Reconciliation]:
        """Return the accounts of the events that each sheet states for each table."""
        codes: dict[tuple[int, str], list[npt.NDArray[np.object_]]] = {}
        for number, (at, event) in enumerate(self.events):
            codes.setdefault((at, event.table), []).append(self.event_codes[number])
        sums = []
        for (at, table), parts in codes.items():
            every = np.concatenate(parts)
            by_code = Counter(every[every != ""].tolist())
            name = f"{self.sheets[at].sheet.name}: {table}"
            sums.append(Reconciliation(name, len(every), len(every) - by_code.total(), by_code.total(), dict(by_code)))
        return sums


def by_event(frame: pd.DataFrame) -> Iterator[tuple[int, npt.NDArray[np.int64]]]:
    """Give the number of each event's rule, or of each sheet, and the indices of its rows."""
    numbers, indices = frame[EVENT].to_numpy(np.int64), frame[AT].to_numpy(np.int64)
    for number in np.unique(numbers).tolist():
        yield number, indices[numbers == number]


def _firm_column(sheet: SheetRows, column: str) -> str:
    """Return the sheet's column that one of the firms table is read from, or its own name if none is."""
    rule = sheet.rule.firm_rules().get(column)
    return rule.column if rule and rule.column else column
