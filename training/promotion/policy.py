"""The thresholds of the gate, all fixed before any challenger is judged."""

import hashlib

from pydantic import BaseModel, ConfigDict, Field

from littlegiants.models.staleness import STALE_MONTHS, WARN_MONTHS


class Policy(BaseModel):
    """The thresholds of the gate. Every decision records their digest, so that a moved threshold leaves a trace."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, validate_by_name=True, serialize_by_alias=True
    )

    resamples: int = Field(200, ge=20, le=10_000, description="resamples behind each interval")
    seed: int = Field(7, ge=0, description="seed of the resampling")
    auc_margin: float = Field(0.02, ge=0, description="AUC that may be lost to the champion, at the interval's low end")
    ap_margin: float = Field(0.03, ge=0, description="average precision that may be lost, at the interval's low end")
    suspicious_gain: float = Field(
        0.05, gt=0, alias="leap", description="a gain in AUC over the champion that is clear of this is a leak first"
    )
    suspicious_gain_logistic: float = Field(
        0.10, gt=0, alias="leap_logistic", description="the same over the logistic regression on the same signals"
    )
    ece: float = Field(0.05, gt=0, description="calibration error at most")
    ece_margin: float = Field(0.01, ge=0, description="calibration error above the champion's, at the low end")
    slope_low: float = Field(0.8, gt=0, description="the interval of the calibration slope must reach this")
    slope_high: float = Field(1.25, gt=1, description="the interval of the calibration slope must not lie above this")
    width_low: float = Field(1e-4, ge=0, description="mean width of the probabilities' intervals at least")
    width_high: float = Field(0.4, gt=0, description="mean width of the probabilities' intervals at most")
    slice_firms: int = Field(200, ge=20, description="firms in a slice that is judged, at least")
    slice_class: int = Field(20, ge=5, description="successes in it at least, and failures")
    slice_auc: float = Field(0.05, ge=0, description="AUC that a slice may lose to the champion, beyond chance")
    slice_brier: float = Field(0.02, ge=0, description="Brier score above the champion's in a slice, beyond chance")
    slice_error: float = Field(0.05, gt=0, description="chance of a false alarm in any slice, shared among them")
    same_share: float = Field(0.5, gt=0, le=1, description="share of firms with one and the same probability at most")
    spread: float = Field(0.5, gt=0, description="log-odds between the 5 % lowest and the 5 % highest firms at least")
    trees: int = Field(2_000, ge=1, description="trees of all boosters at most")
    megabytes: float = Field(20.0, gt=0, description="size of the artefact at most")
    slower: float = Field(10.0, gt=1, description="times the champion's scoring time at most, for one row and for many")
    warn_months: float = Field(WARN_MONTHS, ge=0, description="labels this much older than they need be: a warning")
    stale_months: float = Field(STALE_MONTHS, ge=0, description="labels this much older than they need be: expired")
    lost_words: float = Field(0.2, ge=0, le=1, description="share of the champion's categories that may be lost")

    def digest(self) -> str:
        """Return the SHA-256 of all thresholds: the protocol that a decision was made under."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()
