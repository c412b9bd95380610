"""Write a simulated economy as tables, and beside them the truth that no reader of tables ever opens.

``out`` holds one file a table, as the contract has them, and ``out/truth/truth.parquet`` with each firm's true
probabilities at the end of every June and December. The same seed gives the same bytes.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from littlegiants.ingest.arrays import Floats
from littlegiants.ingest.errors import ConfigError
from littlegiants.ingest.files.atomic import cannot_write, output_set, remove_with_set, replacing
from littlegiants.ingest.tables.contract import EVENT_TABLES, NUMBERS, TABLES, Kind
from littlegiants.training.simulator import accounts, investors, registers
from littlegiants.training.simulator.economy import LAST, START, WINDOW, Economy, Firms, truth
from littlegiants.training.simulator.founding import draw_firms, draw_heat
from littlegiants.training.simulator.history import History, play, realised
from littlegiants.training.simulator.reporting_delay import blurred
from littlegiants.training.simulator.world import Columns, World, materialise

Format = Literal["csv", "parquet"]
LABELS = ("market", "subsidised", "stalled")
_FIRST_TRUTH = int((np.datetime64("2008-12", "M") - START).astype(int))
TRUTH_MONTHS = tuple(range(_FIRST_TRUTH, LAST + 1, 6))
_BUILDERS: dict[str, Callable[[World, np.random.Generator], Columns]] = {
    "firms": registers.firms,
    "rounds": accounts.rounds,
    "grants": accounts.grants,
    "patents": registers.patents,
    "recognitions": registers.recognitions,
    "financials": accounts.financials,
    "outcomes": registers.outcomes,
}
# Tables whose rows belong to rounds. Their streams descend from that of the rounds.
_OF_ROUNDS: dict[str, Callable[[World, Columns, np.random.Generator], Columns]] = {
    "investments": investors.investments,
}
_ROW_GROUP = 65_000  # rows; one huge group would keep parallel readers waiting


@dataclass(frozen=True, slots=True)
class BaseRates:
    """Shares of (market, subsidised, stalled) at one as-of date: as they must be expected, and as they came.

    ``realised`` is None where the window reaches past the last observed day.
    """

    as_of_date: date
    firms: int
    expected: tuple[float, ...]
    realised: tuple[float, ...] | None


@dataclass(frozen=True, slots=True)
class Simulation:
    """What was written: rows by table (corrections included, absent tables left out) and base rates by as-of date."""

    out: Path
    seed: int
    rows: dict[str, int]
    base_rates: tuple[BaseRates, ...]


def simulate(
    out: Path,
    firms: int = 20_000,
    seed: int = 7,
    without: Sequence[str] = (),
    fmt: Format = "csv",
    progress: Callable[[str], object] | None = None,
    economy: Economy | None = None,
) -> Simulation:
    """Simulate an economy and write its tables and its truth.

    Parameters
    ----------
    out
        Folder, made if need be. Tables of an earlier simulation in it are replaced, all of them or none.
    firms
        Number of firms ever founded; about half of them are alive at a time.
    seed
        Equal seeds give equal bytes. Leaving a table out does not change the others.
    without
        Tables not to write: *not observed*, which is not the same as empty.
    fmt
        ``csv`` or ``parquet``.
    progress
        Called with the name of each step as it begins.
    economy
        Parameters, if not the usual ones.

    Returns
    -------
    Simulation
        What was written.

    Raises
    ------
    ConfigError
        If an argument is not allowed, or ``out`` holds tables that no simulation wrote.
    StopError
        If the disk is full or fails; ``out`` is then as it was.
    """
    _check(out, firms, seed, without, fmt)
    economy, say = economy or Economy(), progress or (lambda _: None)
    seeds = np.random.SeedSequence(seed).spawn(4 + len(_BUILDERS))
    streams = [np.random.default_rng(child) for child in seeds[:4]]
    of_table = dict(zip(_BUILDERS, seeds[4:], strict=True))
    of_table |= zip(_OF_ROUNDS, of_table["rounds"].spawn(len(_OF_ROUNDS)), strict=True)
    say("economy")
    people, heat = draw_firms(economy, firms, streams[0]), draw_heat(economy, streams[1])
    history = play(economy, heat, people, TRUTH_MONTHS, streams[2])
    world = materialise(economy, people, history, streams[3])
    rows = {}
    with output_set():
        _make_folders(out)
        for table in TABLES:
            if table not in without:
                say(table)
                rows[table] = _write(out, table, _table(table, world, of_table), fmt)
        # An earlier simulation's table that is left out now must not stay behind from then.
        for file in _table_files(out):
            if file not in {out / f"{table}.{fmt}" for table in rows}:
                remove_with_set(file)
        say("truth")
        base_rates = _write_truth(out, economy, heat, people, history, world)
    return Simulation(out, seed, rows, base_rates)


def _table(table: str, world: World, seeds: Mapping[str, np.random.SeedSequence]) -> Columns:
    rng = np.random.default_rng(seeds[table])
    if table in _BUILDERS:
        return blurred(table, _BUILDERS[table](world, rng), rng)
    # The very rounds that are written, drawn once more: they may have been left out.
    rounds = _BUILDERS["rounds"](world, np.random.default_rng(seeds["rounds"]))
    return blurred(table, _OF_ROUNDS[table](world, rounds, rng), rng)


def _check(out: Path, firms: int, seed: int, without: Sequence[str], fmt: str) -> None:
    if firms < 1:
        raise ConfigError(f"firms is {firms}; simulate at least 1")
    if seed < 0:
        raise ConfigError(f"seed is {seed}; give a whole number from 0 on")
    unknown = ", ".join(name for name in without if name not in EVENT_TABLES)
    if unknown:
        raise ConfigError(f"without names {unknown}; tables that can be left out are {', '.join(EVENT_TABLES)}")
    if fmt not in get_args(Format):
        raise ConfigError(f"fmt is {fmt!r}; write one of {', '.join(get_args(Format))}")
    if out.exists() and not out.is_dir():
        raise ConfigError(f"{out} is a file; give a folder to write the tables into")
    if not _truth_file(out).parent.is_dir() and any(file.exists() for file in _table_files(out)):
        raise ConfigError(f"{out} holds tables that were not simulated; give another folder")


def _truth_file(out: Path) -> Path:
    return out / "truth" / "truth.parquet"


def _table_files(out: Path) -> list[Path]:
    return [out / f"{table}.{suffix}" for table in TABLES for suffix in get_args(Format)]


def _make_folders(out: Path) -> None:
    try:
        _truth_file(out).parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(out, error) from None


def _write(out: Path, table: str, columns: Columns, fmt: Format) -> int:
    """Write one table with the contract's columns and types, and return its number of rows."""
    kinds = {"firm_id": Kind.ID, **{c.name: c.kind for c in TABLES[table].columns}, "known_on": Kind.DATE}
    frame = pa.table({name: _arrow(columns[name], kind, fmt) for name, kind in kinds.items() if name in columns})
    with replacing(out / f"{table}.{fmt}") as file:
        if fmt == "csv":
            pa.csv.write_csv(frame, file, pa.csv.WriteOptions(quoting_style="none", quoting_header="none"))
        else:
            pa.parquet.write_table(frame, file, row_group_size=_ROW_GROUP, write_page_checksum=True)
    return len(columns["firm_id"])


def _arrow(values: npt.NDArray[np.generic], kind: Kind, fmt: Format) -> pa.Array:
    """Return one column as an Arrow array; NaN, NaT and empty text become null."""
    if kind is Kind.DATE:
        return pa.array(values.astype("datetime64[D]"))
    if kind in NUMBERS:
        numbers = pa.array(values.astype(float), from_pandas=True)
        # Amounts are whole, and as integers a CSV never shows them as 1.23e+12.
        return numbers.cast(pa.int64()) if kind is Kind.COUNT or (kind is Kind.MONEY and fmt == "csv") else numbers
    return pa.array(values, pa.string(), mask=values == "")


def _write_truth(
    out: Path, economy: Economy, heat: Floats, firms: Firms, history: History, world: World
) -> tuple[BaseRates, ...]:
    """Write the truth month by month, a row group each, and return the base rates."""
    schema = pa.schema(
        [("firm_id", pa.string()), ("as_of_date", pa.date32()), *((f"p_{label}", pa.float64()) for label in LABELS)]
    )
    base_rates = []
    with (
        replacing(_truth_file(out)) as file,
        pa.parquet.ParquetWriter(file, schema, write_page_checksum=True) as writer,
    ):
        for month in TRUTH_MONTHS:
            state = history.states[month]
            p = truth(economy, heat, firms.take(state.firm), state)
            as_of = (START + month + 1).astype("datetime64[D]") - 1
            days = np.full(len(p), as_of)
            writer.write_table(pa.table([world.firm_id[state.firm], days, *p.T.copy()], schema=schema))
            base_rates.append(_base_rates(as_of.item(), p, history, month))
    return tuple(base_rates)


def _base_rates(as_of: date, p: Floats, history: History, month: int) -> BaseRates:
    expected = tuple(p.mean(axis=0).tolist()) if len(p) else ()
    if month + WINDOW > LAST or not len(p):
        return BaseRates(as_of, len(p), expected, None)
    came = np.bincount(realised(history, month), minlength=len(LABELS)) / len(p)
    return BaseRates(as_of, len(p), expected, tuple(came.tolist()))
