"""Columns that a model learned from and the scored tables lack: said in words, with the scores that rest on it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from littlegiants.ingest.tables.stated_columns import stated_columns
from littlegiants.ingest.tables.tables import Tables
from littlegiants.ingest.tables.vocabulary import among
from littlegiants.models.manifest import Manifest


@dataclass(frozen=True, slots=True)
class ColumnUse:
    """Which optional columns tables state, and how many scores rest on each table; those of two sets of firms add up.

    Attributes
    ----------
    scored
        How many firms have a score.
    stated
        For each table with rows, the columns that any row states.
    resting
        For each such table, how many of the scored firms have rows in it.
    """

    scored: int = 0
    stated: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    resting: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, tables: Tables, scored: npt.NDArray[np.object_]) -> "ColumnUse":
        """Return the use of some tables by the firms of theirs that have a score, whose ids are given."""
        rows, chosen = {"firms": tables.firms, **tables.events}, among(tables.firm_ids, scored)
        stated = stated_columns(tables)
        firms = {name: np.unique(found.firm) for name in stated if (found := rows[name]) is not None}
        return cls(int(chosen.sum()), stated, {name: int(chosen[codes].sum()) for name, codes in firms.items()})

    def __add__(self, other: "ColumnUse") -> "ColumnUse":
        tables = dict.fromkeys([*self.stated, *other.stated])
        return ColumnUse(
            self.scored + other.scored,
            {name: tuple(dict.fromkeys([*self.stated.get(name, ()), *other.stated.get(name, ())])) for name in tables},
            {name: self.resting.get(name, 0) + other.resting.get(name, 0) for name in tables},
        )


def lacking_columns(manifest: Manifest, use: ColumnUse) -> list[str]:
    """Return a sentence for each table whose rows lack columns that those of the training had.

    Parameters
    ----------
    manifest
        The model's. One from before columns were recorded says nothing.
    use
        What was scored. A table that is absent is not observed, which is reported elsewhere.
    """
    return list(_sentences(manifest, use))


def _sentences(manifest: Manifest, use: ColumnUse) -> Iterator[str]:
    for name, columns in manifest.observed_columns.items():
        lacking = [column for column in columns if column not in use.stated.get(name, columns)]
        if lacking and use.scored:
            yield (
                f"{name} states no {' and no '.join(lacking)}, which the model learned from: "
                f"{use.resting[name]:,} of {use.scored:,} scores rest on rows without it"
            )
