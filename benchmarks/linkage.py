"""Linkage by name alone on printed patent assignees whose organisations are known: precision and recall.

    python benchmarks/linkage.py --data ../shared/data

The names come from two hand-made labellings of US patents 1976-2004; two labels are one organisation where they share
most of their patents. The organisations are cut into halves by a hash. The threshold is chosen on the first, as the
lowest from which on precision is 0.98, and measured on the second; both by the labels as they are.

In each half, a register has one spelling of an organisation (its commonest), and every other spelling is to be linked
to the register. A third of the organisations are not in it, so that their names can only be linked wrongly; nor are
those with a single mention, most of which are misprints labelled as organisations of their own ("Univerity of Oregon").
Intervals are those of 1,000 bootstrap replicates of organisations, since the spellings of one depend on each other.

The last figure joins the labels of linkage_amendments.csv, misprints found by reading what was linked "wrongly", in
both halves. It says how much of the loss is the labels', and is not an independent measurement: reading errors only
can raise it.
"""

import json
import resource
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated
from zlib import crc32

import numpy as np
import pandas as pd
import typer
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from littlegiants.ingest.linkage.link import LEAST_THRESHOLD, THRESHOLD, link

WANTED = 0.98
_REPLICATES = 1_000
_AMENDMENTS = Path(__file__).with_name("linkage_amendments.csv")
_MENTIONS = Path("patents") / "assignee_mentions.parquet"


@dataclass(frozen=True, slots=True)
class Task:
    """A register and the spellings to link to it; ``firm_id`` is ``organisation/number``, which no rule looks at."""

    register: pd.DataFrame
    spellings: pd.DataFrame


@dataclass(frozen=True, slots=True)
class Figure:
    """A share with its 95 % interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.4f}  [{self.low:.4f}, {self.high:.4f}]"


def read_mentions(data: Path, amended: bool = True) -> pd.DataFrame:
    """Return ``organization, org``: every printed name with its organisation, one row a mention.

    An organisation is named by the first of its labels; ``amended`` joins the labels of `_AMENDMENTS`.
    """
    mentions = pd.read_parquet(data / _MENTIONS)
    labels, names = pd.factorize(mentions["unique_id"], sort=True)
    labelled = pd.DataFrame({"mention": mentions["mention_id"], "label": labels}).drop_duplicates()
    both = labelled.merge(labelled, on="mention").query("label_x < label_y")
    shared = both.groupby(["label_x", "label_y"], as_index=False).size()
    fewest = np.minimum(*(shared[side].map(labelled["label"].value_counts()) for side in ("label_x", "label_y")))
    # A patent with two assignees bears both labels; two labels of one organisation share most of their patents.
    one = shared.loc[shared["size"] > fewest / 2, ["label_x", "label_y"]].to_numpy()
    if amended:
        pairs = pd.read_csv(_AMENDMENTS, dtype=str)
        one = np.vstack([one, *([pd.Index(names).get_indexer(pair)] for pair in pairs[["one", "other"]].to_numpy())])
    graph = coo_array((np.ones(len(one)), (one[:, 0], one[:, 1])), shape=(len(names), len(names)))
    _, component = connected_components(graph, directed=False)
    first = pd.Series(names).groupby(component).transform("first").to_numpy(object)
    return mentions.assign(org=first[labels]).drop_duplicates(["mention_id", "organization"])


def halves(mentions: pd.DataFrame, least: int = 2) -> tuple[Task, Task]:
    """Return a task for each half of the organisations, by a hash; those in a register have ``least`` mentions."""
    spellings = mentions.groupby(["org", "organization"], as_index=False).size()
    hashed = spellings["org"].map(lambda org: crc32(org.encode()) / 2**32)
    stranger = (hashed * 1_000 % 1 < 1 / 3) | (spellings.groupby("org")["size"].transform("sum") < least)
    first, second = (_task(spellings.loc[hashed.between(start, start + 0.5, "left")], stranger) for start in (0.0, 0.5))
    return first, second


def _task(spellings: pd.DataFrame, stranger: pd.Series) -> Task:
    mine = spellings.assign(stranger=stranger.loc[spellings.index])
    mine = mine.sort_values(["org", "size", "organization"], ascending=[True, False, True])
    number = mine.groupby("org").cumcount()
    mine = mine.assign(firm_id=mine["org"] + "/" + number.astype(str), name=mine["organization"])
    registered = (number == 0) & ~mine["stranger"]
    return Task(mine.loc[registered, ["firm_id", "name"]], mine.loc[~registered, ["firm_id", "name"]])


def judge(task: Task, threshold: float) -> tuple[Figure, Figure, int]:
    """Return precision and recall at a threshold, and the number of links."""
    pairs = link(task.register, task.spellings, threshold, repeats=True).pairs
    left, right = (pairs[side].str.rpartition("/")[0] for side in ("left_id", "right_id"))
    registered = set(task.register["firm_id"].str.rpartition("/")[0])
    org = task.spellings["firm_id"].str.rpartition("/")[0]
    to_find = org.loc[org.isin(registered)].value_counts()
    by_org = pd.DataFrame({"found": right.loc[left == right].value_counts(), "made": right.value_counts()})
    by_org = by_org.join(to_find.rename("to_find"), how="outer").fillna(0)
    return _share(by_org, "made"), _share(by_org, "to_find"), len(pairs)


def _share(by_org: pd.DataFrame, of: str) -> Figure:
    rng = np.random.default_rng(0)
    weights = rng.multinomial(len(by_org), np.full(len(by_org), 1 / len(by_org)), size=_REPLICATES)
    found, all_ = by_org["found"].to_numpy(float), by_org[of].to_numpy(float)
    low, high = np.quantile((weights @ found) / np.maximum(weights @ all_, 1), [0.025, 0.975])
    return Figure(float(found.sum() / max(all_.sum(), 1)), float(low), float(high))


def choose(task: Task) -> float:
    """Return the lowest threshold from which on precision is as wanted."""
    best = 100.0
    for threshold in np.arange(100, LEAST_THRESHOLD - 0.5, -1):
        precision, recall, links = judge(task, float(threshold))
        print(f"  {threshold:5.0f}  precision {precision}  recall {recall.value:.4f}  {links:,} links")
        if precision.value < WANTED:
            break
        best = float(threshold)
    return best


def main(
    data: Annotated[Path, typer.Option(help="Folder with patents/.")],
    as_json: Annotated[Path | None, typer.Option("--json", help="Also write the figures here.")] = None,
) -> None:
    """Choose the threshold on one half, measure on the other, and time all mentions at once."""
    mentions = read_mentions(data, amended=False)
    first, second = halves(mentions)
    print(f"{mentions['org'].nunique():,} organisations; the threshold, on one half of them:")
    chosen = choose(first)
    precision, recall, links = judge(second, THRESHOLD)
    amended, _, _ = judge(halves(read_mentions(data))[1], THRESHOLD)
    single, _, _ = judge(halves(mentions, least=1)[1], THRESHOLD)
    print(f"chosen {chosen:g}, in use {THRESHOLD:g}; on the other half, {links:,} links at {THRESHOLD:g}:")
    print(f"  precision  {precision}\n  recall     {recall}\n  precision  {single} with organisations of one mention")
    print(f"  precision  {amended} by the amended labels")
    spellings = mentions.groupby(["org", "organization"], as_index=False).size()
    register = _task(spellings, pd.Series(False, spellings.index)).register
    printed = pd.DataFrame({"firm_id": np.arange(len(mentions)).astype(str), "name": mentions["organization"].array})
    start = time.perf_counter()
    made = len(link(register, printed, repeats=True).pairs)
    seconds, peak = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"{len(printed):,} mentions to {len(register):,} firms: {made:,} links, {seconds:.0f} s, {peak:.1f} GB")
    if as_json is not None:
        shares = {"precision": precision, "recall": recall, "precision_single": single, "precision_amended": amended}
        figures = {"chosen": chosen, "threshold": THRESHOLD, "links": links, "seconds": seconds, "peak_gb": peak}
        figures |= {name: asdict(figure) for name, figure in shares.items()}
        as_json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
