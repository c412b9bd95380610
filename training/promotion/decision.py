"""What the gate says: one finding a check, and the decision that follows from all of them."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from littlegiants.training.promotion.policy import Policy

# What an operator may answer for: that there is no fair comparison with the champion, or why a gain is no leak. Nothing
# that was measured and found wanting, and not that nothing was measured at all.
LIFTABLE = frozenset({"champion", "protocol", "too_good"})


class Verdict(StrEnum):
    """What a check found."""

    PASS = "pass"  # noqa: S105 - a word, no password
    WARN = "warn"
    REFUSE = "refuse"
    LIFTED = "lifted"
    NOT_RUN = "not run"


class _Section(BaseModel):
    # Infinite and NaN figures may be what is wrong with a model; JSON has null for them.
    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="null")


class Check(_Section):
    """One finding.

    Attributes
    ----------
    code
        Of the check; a refusal's reason code.
    verdict
        What was found.
    sentence
        The same for an operator.
    figures
        What was measured.
    """

    code: str
    verdict: Verdict
    sentence: str
    figures: dict[str, float] = {}


class Decision(_Section):
    """Whether a challenger becomes the champion, and everything it rests on.

    Attributes
    ----------
    challenger, champion
        Versions of the models, by digest; None without a champion, or where one cannot be read.
    window, known_by
        The as-of date the models were compared on and the day its outcomes are known by; None if nothing was measured.
    protocol, policy
        The thresholds and their digest.
    data_digest
        Of the tables.
    override
        The operator's reason for lifting what may be lifted, or empty.
    checks
        All of them, in order.
    """

    challenger: str
    champion: str | None
    window: date | None
    known_by: date | None
    protocol: str
    policy: Policy
    data_digest: str
    override: str
    checks: tuple[Check, ...]

    @property
    def refused(self) -> tuple[str, ...]:
        """Reason codes of all refusals."""
        return tuple(check.code for check in self.checks if check.verdict is Verdict.REFUSE)

    @property
    def accepted(self) -> bool:
        """Whether nothing refused."""
        return not self.refused


def found(code: str, wrong: str, right: str, figures: Mapping[str, float] | None = None) -> Check:
    """Return a refusal that says what is wrong, or where that is empty a pass that says what is right."""
    verdict = Verdict.REFUSE if wrong else Verdict.PASS
    return Check(code=code, verdict=verdict, sentence=wrong or right, figures=dict(figures or {}))


def not_run(code: str, why: str) -> Check:
    """Return that a check could not be made."""
    return Check(code=code, verdict=Verdict.NOT_RUN, sentence=why)


def lifted(check: Check, override: str) -> Check:
    """Return a check as the operator's override leaves it."""
    if not override or check.verdict is not Verdict.REFUSE or check.code not in LIFTABLE:
        return check
    return check.model_copy(update={"verdict": Verdict.LIFTED, "sentence": f"{check.sentence} [lifted: {override}]"})
