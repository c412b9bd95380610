"""Text as codes: as rows repeat it, and of an alphabetical vocabulary."""

from collections.abc import Collection

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from littlegiants.ingest.arrays import Mask


def is_repeated_text(series: pd.Series | pd.Index) -> bool:
    """Return whether a column is text by codes: an Arrow dictionary or a categorical of text."""
    kind = series.dtype
    if isinstance(kind, pd.CategoricalDtype):
        return isinstance(kind.categories.dtype, pd.StringDtype)
    arrow = kind.pyarrow_dtype if isinstance(kind, pd.ArrowDtype) else pa.null()
    value = arrow.value_type if pa.types.is_dictionary(arrow) else pa.null()
    return bool(pa.types.is_string(value) or pa.types.is_large_string(value))


def repeated_text(codes: npt.NDArray[np.integer], texts: pa.Array) -> pd.Series:
    """Return a column of text by codes, each text held once; -1 is a missing one.

    Parameters
    ----------
    codes
        Each row's place in ``texts``.
    texts
        Arrow's strings, each once.
    """
    indices = pa.array(codes.astype(np.int32, copy=False), mask=codes < 0 if (codes < 0).any() else None)
    encoded = pa.DictionaryArray.from_arrays(indices, texts)
    return pd.Series(pd.arrays.ArrowExtensionArray(pa.chunked_array([encoded])))


def text_codes(values: pd.Series) -> tuple[npt.NDArray[np.int32], pa.Array]:
    """Return each row's place among distinct texts, -1 where missing, and these texts, in no order.

    Parameters
    ----------
    values
        Text, plain or by codes. A text by codes may stand twice among the texts, or be none of any row.
    """
    array = pa.array(values if is_repeated_text(values) else values.astype("str"))
    whole = array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array
    if isinstance(whole, pa.ChunkedArray):  # without rows there is no chunk to combine
        whole = pa.array([], whole.type)
    encoded = whole if pa.types.is_dictionary(whole.type) else whole.dictionary_encode()
    indices = encoded.indices.fill_null(-1) if encoded.indices.null_count else encoded.indices
    return indices.to_numpy().astype(np.int32, copy=False), encoded.dictionary


def encode_text(values: pd.Series) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.object_]]:
    """Return each text's code, and the texts by their codes, ascending.

    Parameters
    ----------
    values
        Text, best by codes: then only its distinct texts are compared.

    Examples
    --------
    >>> codes, vocabulary = encode_text(pd.Series(["b", "a", "b"], dtype="category"))
    >>> codes.tolist(), vocabulary.tolist()
    ([1, 0, 1], ['a', 'b'])
    """
    codes, texts = text_codes(values)
    used = np.zeros(len(texts), bool)
    used[codes] = True
    if not used.all():
        codes, texts = (np.cumsum(used, dtype=np.int32) - np.int32(1))[codes], texts.filter(pa.array(used))
    # Arrow orders text by the bytes of UTF-8, which is the order of its characters.
    order = pc.sort_indices(texts).to_numpy()
    ranks = np.empty(len(order), np.int32)
    ranks[order] = np.arange(len(order), dtype=np.int32)
    return ranks[codes], texts.take(order).to_numpy(zero_copy_only=False)


def plain_text(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with its text by codes as plain text, which is ordered by the alphabet and not by the codes."""
    coded = [name for name, column in frame.items() if is_repeated_text(column) or column.dtype == "category"]
    return frame.assign(**{str(name): _plain(frame[name]) for name in coded}) if coded else frame


def _plain(column: pd.Series) -> pd.Series:
    if not is_repeated_text(column) or isinstance(column.dtype, pd.CategoricalDtype):
        return column.astype("str")
    codes, texts = text_codes(column)
    rows = texts.take(pa.array(codes, mask=codes < 0)).cast(pa.large_string())
    return pd.Series(pd.array(rows, dtype="str"), column.index, name=column.name)


def among(ids: npt.NDArray[np.object_], wanted: Collection[object]) -> Mask:
    """Return which ids are among others, in time that grows with their number: `numpy.isin` compares all with all.

    Examples
    --------
    >>> among(np.array(["a", "b", "c"], object), ["c", "a", "x"]).tolist()
    [True, False, True]
    """
    found: Mask = pd.Series(ids, dtype=object).isin(set(wanted)).to_numpy(bool)
    return found
