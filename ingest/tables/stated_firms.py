"""The firms that a table as read names, before any row is validated."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from littlegiants.ingest.tables.contract import FIRM_ID
from littlegiants.ingest.tables.parsing import to_text
from littlegiants.ingest.tables.vocabulary import is_repeated_text, text_codes


def firm_ids_of(name: str, frame: pd.DataFrame) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.object_]]:
    """Return each row's firm, as an index into the ids, and the ids as they will be parsed.

    Parameters
    ----------
    name
        The table.
    frame
        Its rows as read. Where they name no firm, which loading refuses, all are of the firm without an id.

    Raises
    ------
    TableError
        If the ids are no text.

    Examples
    --------
    >>> rows, ids = firm_ids_of("rounds", pd.DataFrame({"firm_id": ["b", " a", None, "b "]}))
    >>> ids[rows].tolist()
    ['b', 'a', '', 'b']
    """
    if FIRM_ID.name not in frame:
        return np.zeros(len(frame), np.int64), np.array([""], object)
    column, where = frame[FIRM_ID.name], f"{name}.{FIRM_ID.name}"
    if not is_repeated_text(column):
        codes, distinct = pd.factorize(column, use_na_sentinel=False)
        return codes, to_text(pd.Series(distinct).reset_index(drop=True), where).to_numpy(object)
    numbers, texts = text_codes(column)
    ids = to_text(pd.Series(texts.to_pandas()), where).to_numpy(object)
    return np.where(numbers < 0, len(ids), numbers), np.append(ids, "")
