"""The outcomes that a model can predict, each declared once.

Training reads which events count, the configuration and the command line read the names, and reports and the page read
the words. Another outcome is another `Outcome` in `OUTCOMES`, and its test.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from littlegiants.ingest.errors import ConfigError

EXITS = ("ipo", "acquisition")
MARKET_ROUNDS = ("angel", "seed", "venture", "series_a", "series_b", "series_c_plus", "private_equity")


@dataclass(frozen=True, slots=True)
class EventRule:
    """Which events after the as-of date are a success.

    Attributes
    ----------
    exits
        Kinds of rows of the ``outcomes`` table that count.
    rounds
        Kinds of private rounds that count, if they are of at least ``label.min_round_usd`` and not majority
        state-backed.
    partial_rounds
        Kinds of rounds, under the same two conditions, that are no success but count for ``label.round_credit`` while
        fitting.
    subsidised
        Whether the firms without a success are told apart into subsidised and stalled ones.
    """

    exits: tuple[str, ...]
    rounds: tuple[str, ...] = ()
    partial_rounds: tuple[str, ...] = ()
    subsidised: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """An outcome that a model can predict.

    Attributes
    ----------
    name
        The value of ``label.outcome`` and ``--outcome``.
    rule
        Which events count.
    nouns
        One success and several of them, in a reader's words.
    sentence
        What counts as a success; ``{min_round}`` stands for the smallest round that counts, such as US$ 1 m.
    note
        What follows the name in the description of ``label.outcome``.
    """

    name: str
    rule: EventRule
    nouns: tuple[str, str]
    sentence: str
    note: str = ""


OUTCOMES = (
    Outcome(
        "market",
        EventRule(EXITS, MARKET_ROUNDS, subsidised=True),
        ("market success", "market successes"),
        "an IPO, an acquisition, or a private round of at least {min_round} that is neither a grant nor debt nor "
        "mostly paid by the state",
    ),
    Outcome(
        "exit",
        EventRule(EXITS, partial_rounds=MARKET_ROUNDS),
        ("exit", "exits"),
        "an IPO or an acquisition",
        "for IPO and acquisition only",
    ),
    Outcome(
        "acquisition",
        EventRule(("acquisition",), partial_rounds=MARKET_ROUNDS),
        ("acquisition", "acquisitions"),
        "an acquisition",
        "for acquisition only, where the data date no IPO",
    ),
)
NAMES = tuple(outcome.name for outcome in OUTCOMES)

if TYPE_CHECKING:
    OutcomeName = str
else:
    # A type checker cannot read names from data; pydantic and typer can.
    OutcomeName = Literal[NAMES]


def outcome_named(name: str) -> Outcome:
    """Return a declared outcome.

    Raises
    ------
    ConfigError
        If none has the name.

    Examples
    --------
    >>> outcome_named("exit").nouns
    ('exit', 'exits')
    """
    for outcome in OUTCOMES:
        if outcome.name == name:
            return outcome
    raise ConfigError(f"there is no outcome {name!r}; the outcomes are {', '.join(NAMES)}")


def described() -> str:
    """Return the names with their notes, for the description of a setting.

    Examples
    --------
    >>> described()
    'market, or exit for IPO and acquisition only, or acquisition for acquisition only, where the data date no IPO'
    """
    return ", or ".join(f"{outcome.name} {outcome.note}".rstrip() for outcome in OUTCOMES)
