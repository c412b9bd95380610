"""Scores of firms that come as records, for a service: many requests, each with few firms."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

import msgspec
import numpy as np
import pandas as pd

from littlegiants.features.asof.cohort import cohort, not_at_risk
from littlegiants.features.asof.snapshot import Snapshot
from littlegiants.features.matrix import FeatureMatrix
from littlegiants.ingest.errors import ConfigError, TableError
from littlegiants.ingest.excerpts import RECORDS, excerpt, most_frequent
from littlegiants.ingest.records.fast_path import build
from littlegiants.ingest.records.schema import FirmRecord, observed, repeats_keys
from littlegiants.ingest.records.validation import Violation, loaded, violations
from littlegiants.ingest.tables.contract import FIRM_ID
from littlegiants.ingest.tables.money import BUNDLED, Money
from littlegiants.ingest.tables.quarantine import RECORD_COLUMNS
from littlegiants.ingest.tables.tables import Tables
from littlegiants.models.scoring.model import Model, Scores
from littlegiants.models.scoring.reasons import reason_codes
from littlegiants.models.scoring.score_columns import COLUMNS, REASON_COLUMNS, SCORE_COLUMNS, ScoreColumn
from littlegiants.models.staleness import check_age

NOT_AT_RISK, FAULTY_ROWS, MALFORMED = "not_at_risk", "faulty_rows", "malformed"
# What interfaces of columns call the record of a firm as they take it, and the reason for no score as they give it.
RECORD, ERROR = "firm", "error"
MESSAGE_OF_FIRM = 120  # characters
BATCH_EVENTS = 5_000  # events that the loader reads at a time: reading them takes little longer than reading a few


def _type(column: ScoreColumn) -> Any:
    if column.is_text:
        return str
    return float | None if column.is_number else bool


Scored: Any = msgspec.defstruct("Scored", [(c.name, _type(c)) for c in COLUMNS], module=__name__, gc=False)
Scored.__doc__ = "A firm's score: `COLUMNS`, with None for a number that is withheld or that the model cannot tell."


class FirmError(msgspec.Struct, frozen=True):
    """Why a firm has no score: `NOT_AT_RISK`, or `FAULTY_ROWS` with the first faults of its rows, and counts of all."""

    firm_id: str
    code: str
    message: str
    faults: tuple[Violation, ...] = ()
    counts: dict[str, int] = {}

    def to_json(self) -> str:
        """Return the reason as a text, without the firm."""
        return msgspec.json.encode({name: getattr(self, name) for name in self.__struct_fields__[1:]}).decode()


class _Named(msgspec.Struct):
    firm_id: str = ""


_FIRM = msgspec.json.Decoder(FirmRecord)


def read_record(text: bytes) -> Any:
    """Return the record that a JSON text holds, or a `FirmError` for a text that holds none."""
    try:
        record = _FIRM.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return malformed(text, error)
    if repeats_keys(text, record):
        return firm_error(record.firm_id, MALFORMED, "an object of the firm names a key twice")
    return record


def malformed(text: bytes | msgspec.Raw, error: Exception) -> FirmError:
    """Return why a text is no record, with the id of the firm where it can be read."""
    try:
        firm_id = msgspec.json.decode(text, type=_Named).firm_id
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        firm_id = ""
    return firm_error(firm_id, MALFORMED, f"the firm is not as the contract says: {error}")


@dataclass(frozen=True, slots=True)
class RecordScorer:
    """Scores records with one model.

    Attributes
    ----------
    model
        The model.
    money
        What amounts are converted with: the rule that the model learned from.
    rates
        The table of rates behind ``money``, or None for the bundled ones.
    """

    model: Model
    money: Money
    rates: pd.DataFrame | None = field(default=None, repr=False)

    @classmethod
    def of(cls, model: Model) -> "RecordScorer":
        """Return the scorer of a model that learned from amounts at the bundled rates.

        Raises
        ------
        ConfigError
            If the model learned from amounts at a table of rates, which no record carries.
        """
        if model.manifest.money.rates != BUNDLED:
            raise ConfigError(
                f"model {model.version} learned from {model.manifest.money}; give its scorer the table of rates"
            )
        return cls(model, bundled(model.manifest.money.constant_prices))

    def score(
        self,
        records: Sequence[Any],
        as_of: date,
        explain: bool = False,
        unusual: int | None = None,
        render: bool = True,
    ) -> list[Any]:
        """Score firms as of a date.

        Parameters
        ----------
        records
            By `littlegiants.ingest.records.schema.FirmRecord`; no firm's answer depends on another's record.
        as_of
            The as-of date.
        explain
            Whether to fill the reason codes, which cost far more than the scores.
        unusual
            How many batches of unusual firms are validated in full, each of which takes as long as hundreds of firms on
            the fast path; None for all of them.
        render
            Whether reasons become reason codes. Otherwise they stay data: `Reason` or None.

        Returns
        -------
        list of Scored, FirmError or None
            One for each record, in their order; None for records that are not answered yet, beyond ``unusual``.

        Raises
        ------
        StaleModelError
            If the model has expired by the date.
        """
        check_age(self.model.manifest, as_of)
        answers: list[Any] = [None] * len(records)
        groups: dict[tuple[str, ...], list[int]] = {}
        pending: list[int] = []
        for index, record in enumerate(records):
            groups.setdefault(observed(record), []).append(index)
        for indices in groups.values():
            built = build([records[index] for index in indices], self.money)
            self._answer(built.tables, [indices[index] for index in built.fast], answers, as_of, explain, render)
            pending += [indices[index] for index in built.unusual]
        pending.sort()
        while pending and (unusual is None or unusual > 0):
            done = self._by_loader(records, alike(records, pending), answers, as_of, explain, render)
            pending = pending[done:]
            unusual = None if unusual is None else unusual - 1
        return answers

    def _answer(
        self, tables: Tables, indices: list[int], answers: list[Any], as_of: date, explain: bool, render: bool
    ) -> None:
        if not indices:
            return
        require_round = self.model.manifest.label.require_round
        snapshot = Snapshot(tables, as_of, self.model.population)
        at_risk = cohort(snapshot, require_round)
        if len(at_risk) < len(indices):
            why = not_at_risk(as_of, require_round)
            for code in set(range(len(indices))).difference(at_risk.tolist()):
                answers[indices[code]] = firm_error(tables.firm_ids[code], NOT_AT_RISK, why)
        if len(at_risk):
            matrix = FeatureMatrix.of(snapshot, at_risk, columns=self.model.columns)
            for code, score in zip(at_risk.tolist(), scored(self.model.score(matrix, explain), render), strict=True):
                answers[indices[code]] = score

    def _by_loader(
        self, records: Sequence[Any], indices: list[int], answers: list[Any], as_of: date, explain: bool, render: bool
    ) -> int:
        """Answer the records at some indices, or only the first if the loader refuses the batch; return how many."""
        some = [records[index] for index in indices]
        try:
            tables = loaded(some, self.money.constant_prices, self.rates)
        except TableError as error:
            if len(indices) > 1:
                return self._by_loader(records, indices[:1], answers, as_of, explain, render)
            answers[indices[0]] = firm_error(some[0].firm_id, FAULTY_ROWS, str(error))
            return 1
        valid = []
        for index, record, found in zip(indices, some, violations(some, tables), strict=True):
            if found:
                answers[index] = _invalid(record.firm_id, found)
            else:
                valid.append(index)
        if len(indices) > 1:
            tables = tables.take(np.array([records[index].firm_id for index in valid], object))
            valid.sort(key=lambda index: records[index].firm_id)  # as the tables are
        self._answer(tables, valid, answers, as_of, explain, render)
        return len(indices)


def alike(records: Sequence[Any], indices: Sequence[int]) -> list[int]:
    """Return the first index and those right after it whose records can be loaded in one batch with its own.

    These records have the same observed tables, and different ids that the loader would not change. They have
    `BATCH_EVENTS` events at most; the first record is taken with any number of events.
    """
    some: list[int] = []
    ids, events = set[str](), 0
    for index in indices:
        record = records[index]
        events += sum(len(getattr(record, name)) for name in observed(record))
        plain = record.firm_id.isprintable() and record.firm_id == record.firm_id.strip() != ""
        if some and (
            not plain
            or record.firm_id in ids
            or events > BATCH_EVENTS
            or observed(record) != observed(records[some[0]])
        ):
            return some
        some.append(index)
        ids.add(record.firm_id)
        if not plain:
            return some
    return some


@cache
def bundled(constant_prices: int | None) -> Money:
    """Return the money of the bundled rates, one object for each base year of constant prices."""
    return Money(constant_prices=constant_prices)


def scored(scores: Mapping[str, Any], render: bool = True) -> list[Any]:
    """Return the arrays of `Model.score` as one `Scored` for each firm, with reason codes if they are rendered."""
    columns = [
        reason_codes(scores[name]) if render and name in REASON_COLUMNS else _plain(scores[name].tolist())
        for name in SCORE_COLUMNS
    ]
    return [Scored(*row) for row in zip(*columns, strict=True)]


def score_arrays(answers: Sequence[Any]) -> Scores:
    """Return some `Scored` as the arrays of `Model.score`; None becomes NaN again."""
    kinds = {column.name: float if column.is_number else object if column.is_text else bool for column in COLUMNS}
    return {name: np.array([getattr(a, name) for a in answers], kind) for name, kind in kinds.items()}


_KINDS = {column.name: column for column in COLUMNS}


def cell(answer: Any, name: str) -> Any:
    """Return one column of an answer; what has no score is withheld, and `ERROR` says why."""
    if answer.__class__ is Scored:
        return "" if name == ERROR else getattr(answer, name)
    if name == ERROR:
        return answer.to_json()
    if name == FIRM_ID.name:
        return answer.firm_id
    column = _KINDS[name]
    return "" if column.is_text else None if column.is_number else True


def _plain(values: list[Any]) -> list[Any]:
    return [None if value != value else value for value in values]


def _invalid(firm_id: str, found: Sequence[Violation]) -> FirmError:
    own = [violation for violation in found if violation.code != "orphan_event"] or found
    more = f" and {len(own) - 1:,} more" if len(own) > 1 else ""
    where = f"{own[0].table} row {own[0].row}, {excerpt(own[0].column)}: {own[0].code}"
    message = f"the firm's rows break the table contract: {where}{more}"
    counts = code_counts(violation.code for violation in own)
    return firm_error(firm_id, FAULTY_ROWS, message, _shortened(own[:RECORDS]), counts)


def first_violations(frame: pd.DataFrame) -> tuple[Violation, ...]:
    """Return the first `RECORDS` of the quarantined rows, each value cut short."""
    return _shortened(Violation(*row) for row in frame[list(RECORD_COLUMNS)].head(RECORDS).itertuples(index=False))


def _shortened(some: Iterable[Violation]) -> tuple[Violation, ...]:
    return tuple(Violation(v.table, v.row, excerpt(v.column), v.code, excerpt(v.value)) for v in some)


def code_counts(codes: Iterable[str]) -> dict[str, int]:
    """Return how many violations there are of each code, the most frequent first."""
    return most_frequent(Counter(codes))


def firm_error(
    firm_id: str, code: str, message: str, faults: tuple[Violation, ...] = (), counts: dict[str, int] | None = None
) -> FirmError:
    """Return why a firm has no score, its id and the message cut short.

    Parameters
    ----------
    firm_id
        As the client wrote it.
    code, message
        A word for machines, and a sentence for people.
    faults, counts
        The first violations of its rows, and how many there are of each code.
    """
    return FirmError(excerpt(firm_id), code, excerpt(message, MESSAGE_OF_FIRM), faults, counts or {})
