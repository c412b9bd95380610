"""Sums over some of the rows of a table seen."""

from typing import TYPE_CHECKING

from littlegiants.features.arithmetic import Floats, Mask
from littlegiants.features.once import Once

if TYPE_CHECKING:
    from littlegiants.features.events import Events


class Part:
    """Some of the rows of a table seen, as a mask: sums of them need no rows of their own."""

    def __init__(self, events: "Events", mask: Mask) -> None:
        self._events = events
        self._totals: dict[str, Floats] = {}
        self.mask = mask

    @Once
    def _count(self) -> Floats:
        return self._events.tally(self.mask)

    def count(self) -> Floats:
        """Return the number of rows of each firm in the part; 0 for none."""
        return self._count

    def tally(self, mask: Mask) -> Floats:
        """Return how many rows of each firm are in the part and under a mask of all rows."""
        return self._events.tally(self.mask & mask)

    def total(self, name: str) -> Floats:
        """Return the sum of a numeric column in the part, missing as `Events.total`."""
        if name not in self._totals:
            events = self._events
            silent = self.mask & ~events.stated(name)
            self._totals[name] = events.summed(name, events.filled(name) * self.mask, silent, self._count)
        return self._totals[name]
