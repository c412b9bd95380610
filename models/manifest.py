"""What a model is, in numbers and words: everything needed to check it, to score with it and to explain it."""

import hashlib
import json
from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from littlegiants.ingest.tables.money import MoneyRule
from littlegiants.models.label_timespan import WRITTEN
from littlegiants.models.outcomes import NAMES

FORMAT = 2
# Keys that the first models of this format do not have.
LATER_KEYS = frozenset({"observed_columns"})


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, serialize_by_alias=True)


class Figure(_Section):
    """A measured number with its bootstrap interval."""

    value: float
    low: float
    high: float


class LabelDefinition(_Section):
    """What the probability is a probability of."""

    outcome: str = Field(description=" or ".join(f"`{name}`" for name in NAMES))
    timespan: str = Field(pattern=WRITTEN, description="length of the window after the as-of date, such as '24 months'")
    min_round_usd: float = Field(description="smallest private round that counts, US dollars")
    require_round: bool = Field(description="whether only firms with at least one round are at risk")


class Dates(_Section):
    """The as-of dates of a training, in the order in which they may not be mixed."""

    fit: tuple[date, ...]
    calibrate: date
    test: date | None
    refit_through: date = Field(description="last as-of date the final booster was fitted on")
    known_by: date = Field(description="last day whose knowledge labels used")

    @property
    def learned_by(self) -> date:
        """Last day whose knowledge went into the model itself; what came later was only measured with."""
        return self.test or self.known_by


class RecordedScores(_Section):
    """A row as it was scored at training, in numbers as text that read back to the last bit."""

    signals: str = Field(description="the feature matrix's row, `nan` where missing")
    scores: str = Field(description="p_market, its interval's ends, p_subsidised")


class Reliability(_Section):
    """One bin of a reliability curve on the test date."""

    predicted: float
    observed: float
    firms: int


class Manifest(_Section):
    """The manifest of an artefact: ``files`` holds the SHA-256 of every other file, ``digest`` that of the manifest."""

    format: int = FORMAT
    label: LabelDefinition
    dates: Dates
    features: tuple[str, ...]
    categories: dict[str, tuple[str, ...]]
    observed_tables: tuple[str, ...]
    observed_columns: dict[str, tuple[str, ...]] = Field({}, description="optional columns with any value, by table")
    constant_features: tuple[str, ...]
    rows: dict[str, int]
    base_rate: float
    data_digest: str
    money: MoneyRule = Field(MoneyRule(), description="how amounts were converted, by the rates of `dates.known_by`")
    config: dict[str, Any]
    seed: int
    versions: dict[str, str]
    subsidised_note: str = Field(description="why p_subsidised is null, or empty")
    metrics: dict[str, Figure]
    baselines: dict[str, dict[str, Figure]]
    reliability: tuple[Reliability, ...]
    gain: dict[str, float]
    notes: tuple[str, ...] = ()
    unstable_reasons: tuple[str, ...] = Field((), description="signals whose reasons other fits do not confirm")
    recorded_scores: tuple[RecordedScores, ...] = Field(
        (), alias="golden", description="rows and the scores they must give wherever the model is read"
    )
    files: dict[str, str] = {}
    digest: str = ""

    def to_json(self) -> bytes:
        """Return the manifest's one canonical text, its own digest filled in."""
        return _canonical({**self._plain(), "digest": self.own_digest()})

    def own_digest(self) -> str:
        """Return the SHA-256 of the canonical text with an empty ``digest``: it names the model."""
        return hashlib.sha256(_canonical({**self._plain(), "digest": ""})).hexdigest()

    def _plain(self) -> dict[str, Any]:
        """Return the keys of its JSON; one that earlier models do not have is left out where it says nothing."""
        plain = self.model_dump(mode="json")
        return {name: value for name, value in plain.items() if value or name not in LATER_KEYS}


# The keys of its JSON.
KEYS = frozenset(field.alias or name for name, field in Manifest.model_fields.items())


def _canonical(plain: dict[str, Any]) -> bytes:
    return (json.dumps(plain, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n").encode()
