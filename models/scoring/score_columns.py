"""The columns of a score, each declared once.

The frames of the library, score files, HTTP records and their schemas, the outputs of the Open Inference Protocol and
of the MLflow flavour, and ``docs/scores.md`` are made from `COLUMNS`. To add a column, declare it here, compute it in
`littlegiants.models.scoring.model.Model.score`, a number in `Model.numbers`; then write the page again by `COMMAND`.
"""

import sys
from dataclasses import dataclass
from enum import Enum

COMMAND = "python -m littlegiants.models.scoring.score_columns > docs/scores.md"


class ScoreKind(Enum):
    """What a column holds; the value is what the documentation calls it."""

    TEXT = "text"
    REASON = "reason code"
    FLAG = "true or false"
    NUMBER = "number"
    PROBABILITY = "probability"


@dataclass(frozen=True, slots=True)
class ScoreColumn:
    """One column of a score.

    Attributes
    ----------
    name
        Its name in every interface.
    kind
        What it holds. A number or a probability is missing where it is withheld or the model cannot tell. The MLflow
        flavour returns the probabilities only.
    range
        The least and the greatest value; None where no order is meant.
    meaning
        What it says, as a phrase for the documentation.
    """

    name: str
    kind: ScoreKind
    range: tuple[float, float] | None
    meaning: str

    @property
    def is_number(self) -> bool:
        """Whether the column holds float64 numbers, some of which may be missing."""
        return self.kind in (ScoreKind.NUMBER, ScoreKind.PROBABILITY)

    @property
    def is_text(self) -> bool:
        """Whether every interface shows the column as text."""
        return self.kind in (ScoreKind.TEXT, ScoreKind.REASON)


_SHARE = (0.0, 1.0)
COLUMNS = (
    ScoreColumn("firm_id", ScoreKind.TEXT, None, "the firm"),
    ScoreColumn("as_of_date", ScoreKind.TEXT, None, "the date at whose end the firm is scored, as YYYY-MM-DD"),
    ScoreColumn("p_market", ScoreKind.PROBABILITY, _SHARE, "probability of a market success within the label timespan"),
    ScoreColumn(
        "p_market_low",
        ScoreKind.PROBABILITY,
        _SHARE,
        "lower end of the 80 % interval of `p_market`: where the same recipe with far more firms would put it",
    ),
    ScoreColumn("p_market_high", ScoreKind.PROBABILITY, _SHARE, "upper end of that interval"),
    ScoreColumn(
        "p_subsidised",
        ScoreKind.PROBABILITY,
        _SHARE,
        "probability of a life on public money without a market success; missing where the model cannot tell",
    ),
    ScoreColumn(
        "p_stalled",
        ScoreKind.PROBABILITY,
        _SHARE,
        "probability of neither; `p_market`, `p_subsidised` and `p_stalled` add up to 1",
    ),
    ScoreColumn(
        "percentile",
        ScoreKind.NUMBER,
        (0.0, 100.0),
        "percentile rank of `p_market` among the firms at risk on the calibration date, in steps of 0.1",
    ),
    ScoreColumn("abstained", ScoreKind.FLAG, None, "whether the model withholds every number"),
    ScoreColumn("abstain_reason", ScoreKind.TEXT, None, "the code of why it does; empty where it does not"),
    ScoreColumn("reason_1", ScoreKind.REASON, None, "the feature that moved the score most, its value and its points"),
    ScoreColumn("reason_2", ScoreKind.REASON, None, "the next one"),
    ScoreColumn("reason_3", ScoreKind.REASON, None, "the next one"),
    ScoreColumn("outcome", ScoreKind.TEXT, None, "the outcome of the model, which `p_market` is the probability of"),
    ScoreColumn("model_version", ScoreKind.TEXT, None, "the model: the first 12 digits of its manifest's digest"),
    ScoreColumn("data_digest", ScoreKind.TEXT, None, "digest of all that the model looked at in the firm's data"),
)
SCORE_COLUMNS = tuple(column.name for column in COLUMNS)
REASON_COLUMNS = tuple(column.name for column in COLUMNS if column.kind is ScoreKind.REASON)
PROBABILITIES = tuple(column.name for column in COLUMNS if column.kind is ScoreKind.PROBABILITY)


def to_markdown() -> str:
    """Return the columns as a page of the documentation."""
    rows = (f"| `{c.name}` | {c.kind.value} | {_range(c)} | {c.meaning} |" for c in COLUMNS)
    return "\n".join((_HEAD, *rows)) + "\n"


_HEAD = f"""# Score columns

Made from the code by `{COMMAND}`; edit the declarations, not this page.

Every interface returns these columns under these names and in this order. A firm without a probability has
`abstained` true and no numbers. Reasons carry points: 20 points double the odds.

| column | holds | from, to | meaning |
| --- | --- | --- | --- |"""


def _range(column: ScoreColumn) -> str:
    return "" if column.range is None else "{:g}, {:g}".format(*column.range)


if __name__ == "__main__":
    sys.stdout.write(to_markdown())
