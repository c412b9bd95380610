"""Text as codes of an alphabetical vocabulary."""

from collections.abc import Collection

import numpy as np
import numpy.typing as npt
import pandas as pd

from littlegiants.ingest.arrays import Mask


def encode_text(values: pd.Series) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.object_]]:
    """Return each text's code, and the texts by their codes, ascending.

    Parameters
    ----------
    values
        Text, best as a categorical: then only its categories are compared.

    Examples
    --------
    >>> codes, vocabulary = encode_text(pd.Series(["b", "a", "b"], dtype="category"))
    >>> codes.tolist(), vocabulary.tolist()
    ([1, 0, 1], ['a', 'b'])
    """
    codes, distinct = pd.factorize(values)
    texts = distinct.astype("str")
    order = texts.argsort()
    ranks = np.empty(len(order), np.int32)
    ranks[order] = np.arange(len(order), dtype=np.int32)
    return ranks[codes], texts[order].to_numpy(object)


def plain_text(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with its categoricals as text, which is ordered by the alphabet and not by the categories."""
    return frame.astype(dict.fromkeys(frame.select_dtypes("category"), "str"))


def among(ids: npt.NDArray[np.object_], wanted: Collection[object]) -> Mask:
    """Return which ids are among others, in time that grows with their number: `numpy.isin` compares all with all.

    Examples
    --------
    >>> among(np.array(["a", "b", "c"], object), ["c", "a", "x"]).tolist()
    [True, False, True]
    """
    found: Mask = pd.Series(ids, dtype=object).isin(set(wanted)).to_numpy(bool)
    return found
