"""Folders of tables linked firm by firm, and made one folder in which a linked firm has one id."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from littlegiants.ingest.errors import TableError
from littlegiants.ingest.files.formula_guard import guard_frame
from littlegiants.ingest.linkage.link import THRESHOLD, Links, link
from littlegiants.ingest.sources.common.imported import Imported
from littlegiants.ingest.tables.contract import EVENT_TABLES, TABLES
from littlegiants.ingest.tables.quarantine import Quarantine, Reconciliation

_NOT_MERGED = ("table", "firm_id", "right_firm_id", "key", "code")


def link_imports(left: Imported, right: Imported, threshold: float = THRESHOLD, *, repeats: bool = False) -> Links:
    """Link the firms of two imports, by what the newest row of each firm says.

    Where both firms tables have a column ``state``, it is compared in the place of ``region``, which sources use as
    they like ("CA", "SF Bay").

    Parameters
    ----------
    left, right
        The two imports.
    threshold, repeats
        As `littlegiants.ingest.linkage.link.link` takes them.

    Raises
    ------
    ConfigError
        If the threshold lies outside its bounds.
    TableError
        If a firms table has no names.
    """
    firms = [_newest(side.frames["firms"]) for side in (left, right)]
    if all("state" in frame for frame in firms):
        firms = [frame.assign(region=frame["state"]) for frame in firms]
    return link(firms[0], firms[1], threshold, repeats=repeats)


def merge_imports(left: Imported, right: Imported, links: Links) -> Imported:
    """Return one set of tables: all of the left side, and of the right side all but the rows of linked firms in firms.

    A linked firm's events get the left side's ``firm_id``; firms that are not linked are kept as they are. Where an
    event has the key and the known-on day of one that is there already, the latter stays; the other is listed in
    ``not_merged``. Nothing tells that two sources report one event under two ids: what looks so is counted in a note.

    Parameters
    ----------
    left, right
        The two imports.
    links
        As `link_imports` returned them.

    Raises
    ------
    TableError
        If a firm of the right side that is not linked has the id of a firm of the left side.
    """
    renamed = dict(zip(links.pairs["right_id"], links.pairs["left_id"], strict=True))
    frames = {"firms": _firms(left.frames["firms"], right.frames["firms"], renamed)}
    refused = [pd.DataFrame({name: [] for name in _NOT_MERGED}, dtype="str")]
    notes: list[str] = []
    for name in EVENT_TABLES:
        ours, theirs = left.frames.get(name), right.frames.get(name)
        if ours is None and theirs is None:
            continue
        known = _events(name, ours)
        added, out = _added(name, known, _events(name, theirs), renamed)
        frames[name] = pd.concat([known, added], ignore_index=True).fillna("")
        refused.append(out)
        notes += _alike(name, known, added)
    not_merged = pd.concat(refused, ignore_index=True)
    quarantine = Quarantine()
    for side, called in ((left, "left"), (right, "right")):
        quarantine.extend(_called(side.quarantine, called))
        notes += [f"{called}: {note}" for note in side.notes]
    counts = Counter(zip(not_merged["table"], not_merged["code"], strict=True))
    sums = [_sums(one, "left", Counter()) for one in left.reconciliations]
    sums += [_sums(one, "right", counts) for one in right.reconciliations]
    encodings, digests = (
        {f"{called}/{name}": value for called, side in (("left", a), ("right", b)) for name, value in side.items()}
        for a, b in ((left.encodings, right.encodings), (left.digests, right.digests))
    )
    beside = {"crosswalk": guard_frame(links.pairs), "not_merged": guard_frame(not_merged)}
    first = f"{len(renamed):,} firms of the right side have the id of a firm of the left; see crosswalk.csv"
    return Imported("link", frames, quarantine, tuple(sums), (first, *notes), encodings, digests, beside)


def _newest(firms: pd.DataFrame) -> pd.DataFrame:
    if "known_on" in firms:
        firms = firms.sort_values("known_on", kind="stable")
    return firms.drop_duplicates("firm_id", keep="last")


def _firms(left: pd.DataFrame, right: pd.DataFrame, renamed: Mapping[str, str]) -> pd.DataFrame:
    kept = right.loc[~right["firm_id"].isin(list(renamed))]
    taken = kept.loc[kept["firm_id"].isin(left["firm_id"]), "firm_id"]
    if len(taken):
        raise TableError(
            f"right: firm_id {taken.iloc[0]!r} is also a firm of the left side, and the two are not linked; "
            "put a prefix before the ids of one side"
        )
    return pd.concat([left, kept], ignore_index=True).fillna("").astype("str")


def _events(name: str, frame: pd.DataFrame | None) -> pd.DataFrame:
    if frame is None:
        return pd.DataFrame({column: [] for column in ("firm_id", *TABLES[name].key)}, dtype="str")
    return frame


def _added(
    name: str, known: pd.DataFrame, events: pd.DataFrame, renamed: Mapping[str, str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the events that are added under their new ids, and those that are not."""
    moved = events.assign(firm_id=events["firm_id"].map(lambda firm: renamed.get(firm, firm)).astype("str"))
    everything = pd.concat([known, moved], ignore_index=True).fillna("").astype("str")
    key = [column for column in ("firm_id", *TABLES[name].key, "known_on") if column in everything]
    said = [column.name for column in TABLES[name].columns if column.name in everything]
    again = everything.duplicated(key).to_numpy(bool)[len(known) :]
    same = everything.duplicated(list(dict.fromkeys([*key, *said]))).to_numpy(bool)[len(known) :]
    refused = moved.loc[again]
    values = refused[list(TABLES[name].key)].agg(";".join, axis=1) if len(refused) else pd.Series([], dtype="str")
    out = pd.DataFrame(
        {
            "table": name,
            "firm_id": refused["firm_id"],
            "right_firm_id": events.loc[again, "firm_id"],
            "key": values,
            "code": pd.Series(same[again], refused.index).map({True: "duplicate_row", False: "duplicate_conflict"}),
        }
    )
    return moved.loc[~again], out.astype("str")


def _alike(name: str, known: pd.DataFrame, added: pd.DataFrame) -> list[str]:
    """Return a note on events that both sides may report: one firm, one day, one amount."""
    columns = ["firm_id", TABLES[name].event, "amount"]
    if any(column not in frame for frame in (known, added) for column in columns):
        return []
    stated = added.loc[added["amount"] != "", columns]
    twice = len(stated.merge(known[columns].drop_duplicates(), on=columns))
    return [f"{name}: {twice:,} rows of the right side may be events that the left side has already"] if twice else []


def _called(quarantine: Quarantine, side: str) -> Quarantine:
    out = Quarantine()
    for (table, column, code), rows in quarantine.frame().groupby(["table", "column", "code"], sort=True):
        out.add(f"{side}/{table}", rows["row"].to_numpy("int64"), str(column), str(code), rows["value"])
    return out


def _sums(sums: Reconciliation, side: str, counts: Counter[tuple[str, str]]) -> Reconciliation:
    table = sums.table.partition(".")[0]
    more = {code: count for (name, code), count in counts.items() if name == table}
    by_code = {code: sums.by_code.get(code, 0) + more.get(code, 0) for code in {**sums.by_code, **more}}
    number = sum(more.values())
    return replace(
        sums,
        table=f"{side}/{sums.table}",
        used=sums.used - number,
        quarantined=sums.quarantined + number,
        by_code=by_code,
    )
