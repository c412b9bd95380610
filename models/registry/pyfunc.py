"""The model for `mlflow models serve` and `spark_udf`: MLflow's models-from-code flavour around the artefact.

It takes a feature matrix (all columns double) and returns probabilities with intervals. The product's own interfaces
read the artefact directly and never run this.
"""

from pathlib import Path

import mlflow
import numpy as np
import pandas as pd
from mlflow.pyfunc.model import PythonModel, PythonModelContext

from littlegiants.models.artefact.artefact import read_artefact
from littlegiants.models.scoring.score_columns import PROBABILITIES


class LittleGiants(PythonModel):
    """P(market) with its interval, and the other two outcomes, from a feature matrix."""

    def load_context(self, context: PythonModelContext) -> None:
        """Read the artefact, digests first."""
        self.model = read_artefact(Path(context.artifacts["artefact"]))

    def predict(self, model_input: pd.DataFrame) -> pd.DataFrame:  # type: ignore[override]
        """Return the probabilities of each row; columns are taken by name, in the model's order."""
        values = model_input[list(self.model.manifest.features)].to_numpy(np.float64)
        numbers = self.model.numbers(values)
        return pd.DataFrame({name: numbers[name] for name in PROBABILITIES})


mlflow.models.set_model(LittleGiants())
