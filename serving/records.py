"""Scores of firms that come as records: for a service, which is asked about few firms at a time and very often."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

import msgspec
import pandas as pd

from littlegiants.features.cohort import cohort
from littlegiants.features.errors import ConfigError, TableError
from littlegiants.features.matrix import feature_matrix
from littlegiants.features.money import BUNDLED, Money
from littlegiants.features.record_rows import build, loaded
from littlegiants.features.records import observed
from littlegiants.features.snapshot import Snapshot
from littlegiants.features.tables import Tables
from littlegiants.models.model import SCORE_COLUMNS, Model
from littlegiants.models.staleness import check_age

NOT_AT_RISK, FAULTY = "not_at_risk", "faulty_rows"
_TEXTS = ("firm_id", "as_of_date", "abstain_reason", "reason_1", "reason_2", "reason_3", "model_version", "data_digest")


def _type(name: str) -> Any:
    if name in _TEXTS:
        return str
    return bool if name == "abstained" else float | None


Scored: Any = msgspec.defstruct("Scored", [(name, _type(name)) for name in SCORE_COLUMNS], module=__name__, gc=False)
Scored.__doc__ = "A firm's score: `SCORE_COLUMNS`, None for a number that is withheld or that the model cannot say."


class Fault(msgspec.Struct, frozen=True):
    """What is wrong with one value: ``row`` counts from 1 within the firm's own list of the table."""

    table: str
    row: int
    column: str
    code: str
    value: str


class FirmError(msgspec.Struct, frozen=True):
    """Why a firm has no score: `NOT_AT_RISK`, or `FAULTY` with every fault of its rows."""

    firm_id: str
    code: str
    message: str
    faults: tuple[Fault, ...] = ()


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
        self, records: Sequence[Any], as_of: date, explain: bool = False, unusual: int | None = None
    ) -> list[Any]:
        """Score firms as of a date.

        Parameters
        ----------
        records
            By `littlegiants.features.records.FirmRecord`; no firm's answer depends on another's record.
        as_of
            The as-of date.
        explain
            Whether to fill the reason codes, which cost far more than the scores.
        unusual
            How many firms at most are left to the loader, each of which costs as much as hundreds of others; None for
            all.

        Returns
        -------
        list of Scored, FirmError or None
            One for each record, in their order; None for those beyond ``unusual``, which are not answered yet.

        Raises
        ------
        StaleModelError
            If the model has expired by the date.
        """
        check_age(self.model.manifest, as_of)
        answers: list[Any] = [None] * len(records)
        groups: dict[tuple[str, ...], list[int]] = {}
        odd: list[int] = []
        for place, record in enumerate(records):
            groups.setdefault(observed(record), []).append(place)
        for places in groups.values():
            built = build([records[place] for place in places], self.money)
            self._answer(built.tables, [places[place] for place in built.sound], answers, as_of, explain)
            odd += [places[place] for place in built.odd]
        for place in sorted(odd)[:unusual]:
            answers[place] = self._by_loader(records[place], answers, place, as_of, explain)
        return answers

    def _answer(self, tables: Tables, places: list[int], answers: list[Any], as_of: date, explain: bool) -> None:
        if not places:
            return
        require_round = self.model.manifest.label.require_round
        at_risk = cohort(Snapshot(tables, as_of), require_round)
        if len(at_risk) < len(places):
            why = not_at_risk(as_of, require_round)
            for code in set(range(len(places))).difference(at_risk.tolist()):
                answers[places[code]] = FirmError(tables.firm_ids[code], NOT_AT_RISK, why)
        if len(at_risk):
            matrix = feature_matrix(tables, as_of, self.model.population, at_risk, columns=self.model.columns)
            for code, score in zip(at_risk.tolist(), scored(self.model.score(matrix, explain)), strict=True):
                answers[places[code]] = score

    def _by_loader(self, record: Any, answers: list[Any], place: int, as_of: date, explain: bool) -> Any:
        try:
            tables = loaded(record, self.money.constant_prices, self.rates)
        except TableError as error:
            return FirmError(record.firm_id, FAULTY, str(error))
        faults = tables.quarantine.frame()
        if len(faults):
            return _faulty(record.firm_id, faults)
        self._answer(tables, [place], answers, as_of, explain)
        return answers[place]


@cache
def bundled(constant_prices: int | None) -> Money:
    """Return the money of the bundled rates, one object for each base year of constant prices."""
    return Money(constant_prices=constant_prices)


def scored(scores: Mapping[str, Any]) -> list[Any]:
    """Return the arrays of `Model.score` as one `Scored` a firm."""
    columns = [_plain(scores[name].tolist()) for name in SCORE_COLUMNS]
    return [Scored(*row) for row in zip(*columns, strict=True)]


def _plain(values: list[Any]) -> list[Any]:
    return [None if value != value else value for value in values]


def _faulty(firm_id: str, frame: pd.DataFrame) -> FirmError:
    faults = [Fault(**{str(name): value for name, value in row.items()}) for row in frame.to_dict("records")]
    own = [fault for fault in faults if fault.code != "orphan_event"] or faults
    more = f" and {len(own) - 1:,} more" if len(own) > 1 else ""
    first = own[0]
    where = f"{first.table} row {first.row}, {first.column}: {first.code}"
    return FirmError(firm_id, FAULTY, f"the firm's rows break the table contract: {where}{more}", tuple(own))


def not_at_risk(as_of: date, require_round: bool) -> str:
    """Return why a firm has no score on a date, as a sentence."""
    known = "not yet known, without a round" if require_round else "not yet known"
    return f"the firm is not at risk on {as_of}: {known}, or already acquired, listed or closed"
