"""A parsed request to score, which the endpoints hand to the batch queue."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from littlegiants.models.scoring.record_scorer import FirmError


@dataclass(frozen=True, slots=True)
class ParsedRequest:
    """A request to score, parsed and checked.

    Attributes
    ----------
    records
        The firms that can be scored.
    refused
        The firms that cannot be scored, by their index in the request.
    as_of, explain
        The as-of date, and whether to fill the reasons.
    """

    records: list[Any]
    refused: dict[int, FirmError]
    as_of: date
    explain: bool

    def in_order(self, results: Sequence[Any]) -> list[Any]:
        """Return the results of the records and the refused firms in the order of the request."""
        found = iter(results)
        indices = range(len(self.records) + len(self.refused))
        return [self.refused.get(index) or next(found) for index in indices]
