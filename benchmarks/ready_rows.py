"""A model for `mlflow models serve` that is spared the events: it takes rows of the feature matrix, made before.

It returns probabilities with intervals, and no more; the product's own flavour takes what the service takes.
"""

from pathlib import Path

import mlflow
import numpy as np
import pandas as pd
from mlflow.pyfunc.model import PythonModel, PythonModelContext

from littlegiants.models.artefact.artefact import read_artefact
from littlegiants.models.scoring.score_columns import PROBABILITIES


class ReadyRows(PythonModel):
    """P(market) with its interval, and the other two outcomes, from a feature matrix."""

    def load_context(self, context: PythonModelContext) -> None:
        """Read the artefact, digests first."""
        self.model = read_artefact(Path(context.artifacts["artefact"]))

    def predict(self, model_input: pd.DataFrame) -> pd.DataFrame:  # type: ignore[override]
        """Return the probabilities of each row; columns are taken by name, in the model's order."""
        values = model_input[list(self.model.manifest.features)].to_numpy(np.float64)
        numbers = self.model.numbers(values)
        return pd.DataFrame({name: numbers[name] for name in PROBABILITIES})


mlflow.models.set_model(ReadyRows())
