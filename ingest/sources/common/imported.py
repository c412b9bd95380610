"""What an importer returns: tables of the contract, what was quarantined, and the sums of each source file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from littlegiants.ingest.sources.common.exports import Export
from littlegiants.ingest.tables.quarantine import Quarantine, Reconciliation


@dataclass(frozen=True, slots=True)
class Imported:
    """The outcome of one import, not yet written.

    Attributes
    ----------
    source
        What was imported.
    frames
        Tables of the contract by name; every column is text.
    quarantine, reconciliations
        Quarantined records, and for each source file records read = used + quarantined. ``table`` is the file's name.
    notes
        What could not be used as it stands and why, for a person.
    encodings, digests
        By source file, how its bytes were read and their SHA-256.
    beside
        Further files for the folder, by name without ``.csv``, which are not tables of the contract.
    events
        Where a record states several events: for each source file and table, events stated = used + quarantined.
    """

    source: str
    frames: Mapping[str, pd.DataFrame]
    quarantine: Quarantine
    reconciliations: tuple[Reconciliation, ...]
    notes: tuple[str, ...]
    encodings: Mapping[str, str]
    digests: Mapping[str, str]
    beside: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    events: tuple[Reconciliation, ...] = ()


def close(
    source: str,
    exports: Sequence[Export],
    frames: Mapping[str, pd.DataFrame],
    notes: Sequence[str],
    beside: Mapping[str, pd.DataFrame],
) -> Imported:
    """Return an import with the accounts of its source files; the record numbers of the frames are dropped.

    Parameters
    ----------
    source
        What was imported.
    exports
        The source files.
    frames
        Tables of the contract.
    notes
        For a person.
    beside
        Further files.
    """
    quarantine = Quarantine()
    for export in exports:
        quarantine.extend(export.quarantine)
    return Imported(
        source,
        {name: frame.reset_index(drop=True) for name, frame in frames.items()},
        quarantine,
        tuple(export.reconcile() for export in exports),
        tuple(notes),
        {export.name: export.encoding for export in exports},
        {export.name: export.digest for export in exports},
        {name: frame.reset_index(drop=True) for name, frame in beside.items()},
    )
