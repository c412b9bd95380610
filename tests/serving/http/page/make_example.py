"""Write the example of the page anew: ``python -m tests.serving.http.page.make_example``.

A few firms of a simulated economy, every row of theirs, and three things that a real portfolio has as well: a firm of a
country that no model has seen, one of which no event is known, and two rows that break the contract.
"""

import tempfile
from pathlib import Path

import pandas as pd

from littlegiants.training.simulator import simulate
from tests.conftest import ROOT

FOLDER = ROOT / "serving" / "http" / "page" / "example"
FIRMS, SEED, SHOWN = 400, 2026, 24
AS_OF = "2025-12-31"


def example() -> dict[str, pd.DataFrame]:
    """The tables of the example, by name."""
    with tempfile.TemporaryDirectory() as folder:
        simulate(Path(folder), firms=FIRMS, seed=SEED)
        read = {p.stem: pd.read_csv(p, dtype=str, keep_default_na=False) for p in sorted(Path(folder).glob("*.csv"))}
    rows = pd.concat([read[name]["firm_id"] for name in ("rounds", "grants", "recognitions")]).value_counts()
    gone = set(read["outcomes"]["firm_id"])
    busy = sorted(set(rows.index[rows >= 4]) - gone)
    kept = busy[:: max(len(busy) // SHOWN, 1)][:SHOWN]
    quiet = next(firm for firm in read["firms"]["firm_id"] if firm not in rows.index and firm not in gone)
    frames = {name: frame[frame["firm_id"].isin([*kept, quiet])].reset_index(drop=True) for name, frame in read.items()}
    for name in set(frames) - {"firms"}:
        frames[name] = frames[name][frames[name]["firm_id"] != quiet].reset_index(drop=True)
    frames["firms"].loc[frames["firms"]["firm_id"] == kept[3], ["country", "region", "city"]] = ["AQ", "", ""]
    frames["grants"].loc[2, "amount"] = "n/a"
    frames["rounds"].loc[4, "currency"] = ""
    return frames


def write(folder: Path) -> None:
    """Write the tables as CSV files, UTF-8 and with line feeds."""
    folder.mkdir(exist_ok=True)
    for name, frame in example().items():
        frame.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n", encoding="utf-8")


if __name__ == "__main__":
    write(FOLDER)
