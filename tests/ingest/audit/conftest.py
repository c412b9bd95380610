"""Small exports written by hand, and the findings of an audit by check and place."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from littlegiants.ingest.audit.findings import Finding
from littlegiants.ingest.audit.run import Audit, audit_tables
from tests.features.hand_tables import frame


@pytest.fixture
def export(tmp_path) -> Callable[..., Path]:
    """Return a function that writes tables, as text or frames, to a new folder; without firms, those of the rows."""

    def make(name: str = "export", **tables: str | pd.DataFrame) -> Path:
        folder = Path(tmp_path / name)
        folder.mkdir()
        frames = {table: frame(given) if isinstance(given, str) else given for table, given in tables.items()}
        if "firms" not in frames:
            ids = pd.concat([part["firm_id"] for part in frames.values()]).unique()
            frames["firms"] = pd.DataFrame({"firm_id": ids})
        for table, part in frames.items():
            part.to_csv(folder / f"{table}.csv", index=False)
        return folder

    return make


def found(audit: Audit, check: str, place: str) -> Finding:
    """Return the one finding of that check and place."""
    (one,) = (finding for finding in audit.findings if (finding.check, finding.place) == (check, place))
    return one


def sums(folder: Path, check: str, place: str) -> tuple[int, int, str]:
    """Audit a folder and return one finding's count, base and severity."""
    one = found(audit_tables(folder), check, place)
    return one.count, one.of, one.severity.value


def checks(folder: Path) -> set[tuple[str, str]]:
    """Audit a folder and return what was asked, and of what."""
    return {(finding.check, finding.place) for finding in audit_tables(folder).findings}
