"""The result of the gate: one finding for each check, and the decision that follows from all of them."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from littlegiants.training.promotion.policy import Policy

# An operator may answer for a missing fair comparison with the champion, and for why a gain is no leak. An operator
# cannot answer for a measurement that failed, and not for a model that was never measured.
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
    """Return a refusal that says what is wrong, or a pass that says what is right if nothing is wrong.

    Parameters
    ----------
    code
        Of the check.
    wrong
        What is wrong, or empty.
    right
        What is right.
    figures
        What was measured.

    Examples
    --------
    >>> found("size", "", "300 trees, 1.2 MB").verdict.value
    'pass'
    """
    verdict = Verdict.REFUSE if wrong else Verdict.PASS
    return Check(code=code, verdict=verdict, sentence=wrong or right, figures=dict(figures or {}))


def not_run(code: str, why: str) -> Check:
    """Return a check that could not be made, and why."""
    return Check(code=code, verdict=Verdict.NOT_RUN, sentence=why)


def lifted(check: Check, override: str) -> Check:
    """Return a check as it is after the operator's override."""
    if not override or check.verdict is not Verdict.REFUSE or check.code not in LIFTABLE:
        return check
    return check.model_copy(update={"verdict": Verdict.LIFTED, "sentence": f"{check.sentence} [lifted: {override}]"})
