"""The cohort that scored cohorts are compared with: how its features were distributed, kept with the model."""

from collections.abc import Mapping
from datetime import date

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field, model_validator

from littlegiants.features.matrix import CATEGORICAL, FeatureMatrix
from littlegiants.models.distribution import Distribution


class ReferenceCohort(BaseModel):
    """What is remembered of the cohort of the calibration date; no firm can be told from it."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    as_of: date
    firms: int = Field(ge=1)
    withheld: dict[str, int] = Field(description="firms without a probability, by the reason")
    silent_days: dict[str, int] = Field(
        description="for each table, the longest time from its newest event to an as-of date of the training, in days"
    )
    features: dict[str, Distribution]

    @model_validator(mode="after")
    def _counts_fit(self) -> "ReferenceCohort":
        for name, distribution in self.features.items():
            if sum(distribution.counts) != self.firms:
                raise ValueError(f"the counts of {name} are not of {self.firms:,} firms")
        return self

    @classmethod
    def of(
        cls,
        matrix: FeatureMatrix,
        withheld: npt.NDArray[np.object_],
        vocabularies: Mapping[str, tuple[str, ...]],
        silent_days: Mapping[str, int],
    ) -> "ReferenceCohort":
        """Return what is remembered of a cohort.

        Parameters
        ----------
        matrix
            The features of its firms, all of them.
        withheld : ndarray of object, shape (n,)
            As of `littlegiants.models.scoring.abstain.abstain_reason`.
        vocabularies
            The categories of each feature that is a code.
        silent_days
            As of the field.
        """
        columns = zip(matrix.names, matrix.values.T, strict=True)
        sizes = {name: len(vocabularies[name]) for name in CATEGORICAL}
        return cls(
            as_of=matrix.as_of,
            firms=len(matrix),
            withheld=reason_counts(withheld),
            silent_days=dict(silent_days),
            features={name: Distribution.of(values, sizes.get(name)) for name, values in columns},
        )


def reason_counts(reasons: npt.NDArray[np.object_]) -> dict[str, int]:
    """Return how many firms there are of each reason to withhold a probability, in alphabetical order.

    Examples
    --------
    >>> reason_counts(np.array(["", "unseen_sector", "nothing_known", "unseen_sector"], object))
    {'nothing_known': 1, 'unseen_sector': 2}
    """
    names, counts = np.unique(reasons[reasons != ""].astype(str), return_counts=True)
    return dict(zip(names.tolist(), counts.tolist(), strict=True))
