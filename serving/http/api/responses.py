"""What the service answers besides scores, as structures: whether it lives, whether it may be asked, a portfolio."""

import msgspec

from littlegiants.reports import portfolio
from littlegiants.serving.http.api.score_requests import Refused


class Live(msgspec.Struct, frozen=True):
    """The process lives."""

    live: bool = True


class Ready(msgspec.Struct, frozen=True, omit_defaults=True):
    """Whether requests may be sent here; ``why`` says why not."""

    ready: bool
    why: str = ""


class Distribution(msgspec.Struct, frozen=True):
    """How many firms have a probability between one edge and the next."""

    edges: list[float]
    firms: list[int]


class WithheldCount(msgspec.Struct, frozen=True):
    """How many firms have no probability for one reason."""

    reason: str
    firms: int


class PortfolioResponse(msgspec.Struct, frozen=True):
    """What a portfolio says as a whole; ``refused`` are the firms that count nowhere else."""

    model_version: str
    as_of_date: str
    firms: int
    outlook: portfolio.Outlook
    distribution: Distribution
    ranking: list[portfolio.Firm]
    withheld: list[portfolio.Withheld]
    withheld_counts: list[WithheldCount]
    refused: list[Refused]


LIVE = msgspec.json.encode(Live())
