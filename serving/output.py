"""Score files: written whole or not at all, without rounding, safe to open in a spreadsheet."""

from pathlib import Path

import pandas as pd

from littlegiants.ingest.files.frames import write_frame


def write_scores(scores: pd.DataFrame, path: Path) -> None:
    """Write scores as CSV, Parquet or a workbook, depending on the suffix of the path.

    Parameters
    ----------
    scores
        What `littlegiants.serving.scorer.Scorer.score` returned.
    path
        Ends in ``.csv``, ``.parquet`` or ``.xlsx``; its folder must exist. An existing file is replaced.

    Raises
    ------
    ConfigError
        If the suffix is another, or the file cannot be written. An existing file is then unchanged.

    Notes
    -----
    The file holds the very same float64 bits, as CSV in the shortest text that reads back as the same number. A number
    that is missing is an empty field or a null. In CSV and in a workbook, text that a spreadsheet would run as a
    formula has an apostrophe before it; the Parquet file holds it as it is.
    """
    write_frame(scores, path)
