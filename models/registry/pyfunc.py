"""The model for `mlflow models serve` and `spark_udf`: MLflow's models-from-code flavour around the artefact.

It takes firms with their events, a JSON record each in the column ``firm``, and returns the columns of a score and
``error``, as the Open Inference Protocol of the service does: the same names, the same bits. The product's own
interfaces read the artefact directly and never run this.
"""

from pathlib import Path
from typing import Any

import mlflow
import pandas as pd
from mlflow.models import ModelSignature
from mlflow.pyfunc.model import PythonModel, PythonModelContext
from mlflow.types import ColSpec, DataType, ParamSchema, ParamSpec, Schema

from littlegiants.features.asof.as_of_date import check_as_of_date, parse_date, today
from littlegiants.models.artefact.artefact import read_artefact
from littlegiants.models.scoring.record_scorer import ERROR, RECORD, FirmError, RecordScorer, cell, read_record
from littlegiants.models.scoring.score_columns import COLUMNS, ScoreColumn


def _type(column: ScoreColumn) -> DataType:
    if column.is_text:
        return DataType.string
    return DataType.double if column.is_number else DataType.boolean


SIGNATURE = ModelSignature(
    Schema([ColSpec(DataType.string, RECORD)]),
    Schema([*(ColSpec(_type(column), column.name) for column in COLUMNS), ColSpec(DataType.string, ERROR)]),
    # An as-of date that is empty is today, UTC.
    ParamSchema([ParamSpec("as_of_date", DataType.string, ""), ParamSpec("explain", DataType.boolean, False)]),
)


class LittleGiants(PythonModel):
    """Scores of firms from their events."""

    def load_context(self, context: PythonModelContext) -> None:
        """Read the artefact, digests first."""
        self.scorer = RecordScorer.of(read_artefact(Path(context.artifacts["artefact"])))

    def predict(
        self,
        context: PythonModelContext,  # noqa: ARG002 - MLflow gives it
        model_input: pd.DataFrame,
        params: dict[str, Any] | None = None,
    ) -> pd.DataFrame:
        """Return a score for each record, or in ``error`` why there is none.

        Parameters
        ----------
        context
            MLflow's; not needed once the model is loaded.
        model_input
            The firms.
        params
            ``as_of_date`` and ``explain``.

        Raises
        ------
        AsOfError, StaleModelError
            If nothing can be scored as of the date.
        """
        given = params or {}
        text = given.get("as_of_date")
        as_of = check_as_of_date(parse_date(text)) if text else today()
        found = [read_record(_bytes(text)) for text in model_input[RECORD]]
        records = [record for record in found if record.__class__ is not FirmError]
        scored = iter(self.scorer.score(records, as_of, bool(given.get("explain"))))
        answers = [record if record.__class__ is FirmError else next(scored) for record in found]
        columns = {column.name: _cells(answers, column) for column in COLUMNS}
        return pd.DataFrame({**columns, ERROR: pd.Series([cell(answer, ERROR) for answer in answers], dtype=object)})


def _bytes(text: object) -> bytes:
    """Return the bytes of a record; those of one that is missing are no record."""
    return text.encode(errors="surrogatepass") if isinstance(text, str) else b""


def _cells(answers: list[Any], column: ScoreColumn) -> pd.Series:
    # Not the text type of pandas: MLflow knows texts as objects.
    kind = object if column.is_text else float if column.is_number else bool
    return pd.Series([cell(answer, column.name) for answer in answers], dtype=kind)


mlflow.models.set_model(LittleGiants())
