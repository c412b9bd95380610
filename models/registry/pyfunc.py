"""The model for `mlflow models serve` and `spark_udf`: MLflow's models-from-code flavour around the artefact.

It takes a feature matrix (all columns double) and answers probabilities with intervals. The product's own doors read
the artefact directly and never run this.
"""

from pathlib import Path

import mlflow
import numpy as np
import pandas as pd
from mlflow.pyfunc.model import PythonModel, PythonModelContext

from littlegiants.models.artefact.artefact import read_artefact
from littlegiants.models.scoring.booster import log_odds


class LittleGiants(PythonModel):
    """P(market) with its interval, and the other two outcomes, from a feature matrix."""

    def load_context(self, context: PythonModelContext) -> None:
        """Read the artefact, digests first."""
        self.model = read_artefact(Path(context.artifacts["artefact"]))

    def predict(self, model_input: pd.DataFrame) -> pd.DataFrame:  # type: ignore[override]
        """Return the probabilities of each row; columns are taken by name, in the model's order."""
        values = model_input[list(self.model.manifest.features)].to_numpy(np.float64)
        raw = log_odds(self.model.market.booster, values)
        low, high = self.model.market.calibration.interval(raw)
        market = self.model.market.calibration.probability(raw)
        subsidised = self.model.subsidised_share(values, market)
        return pd.DataFrame(
            {
                "p_market": market,
                "p_market_low": low,
                "p_market_high": high,
                "p_subsidised": subsidised,
                "p_stalled": (1 - market) - subsidised,
            }
        )


mlflow.models.set_model(LittleGiants())
