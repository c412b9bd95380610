"""``giants link``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from littlegiants.cli.files import FRAME, check_files
from littlegiants.cli.output import IgnoreColumn, Json, MaxQuarantined, show, steps
from littlegiants.cli.paths import Role
from littlegiants.cli.strict import Strict, refuse_notices, table_notices
from littlegiants.ingest.tables.limits import MAX_QUARANTINED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from littlegiants.ingest.linkage.link import Links
    from littlegiants.ingest.sources.common.imported import Imported


def link(
    left: Annotated[Path, typer.Argument(metavar="A", help="Folder of tables whose ids are kept."), Role.TABLES],
    right: Annotated[
        Path, typer.Argument(metavar="B", help="Folder of tables whose firms are looked for in A."), Role.TABLES
    ],
    out: Annotated[
        Path,
        typer.Option(
            "--out", metavar="FILE", help="Crosswalk of firm ids, .csv, .parquet or .xlsx: left_id, right_id."
        ),
        Role.OUTPUT_FILE,
    ],
    review: Annotated[
        Path | None,
        typer.Option("--review", metavar="FILE", help="Pairs for a person to judge, with the reason; none is linked."),
        Role.OUTPUT_FILE,
    ] = None,
    merge: Annotated[
        Path | None,
        typer.Option("--merge", metavar="DIR", help="Also write one folder of both: new, empty, or a former import."),
        Role.OUTPUT_FOLDER,
    ] = None,
    threshold: Annotated[
        float | None,
        typer.Option(
            "--threshold",
            metavar="N",
            show_default="97, from benchmarks/linkage.py",
            help="Least likeness of names that are linked by name, 80 to 100; 100 asks for equal ones.",
        ),
    ] = None,
    repeats: Annotated[
        bool, typer.Option("--repeats", metavar="", help="B may hold one firm under several ids.")
    ] = False,
    ignore_column: IgnoreColumn = None,
    max_quarantined: MaxQuarantined = MAX_QUARANTINED,
    strict: Strict = False,
    as_json: Json = False,
) -> None:
    """Find the firms of B in A: by registration id, by website, by name and place; doubtful pairs are never linked."""
    from littlegiants.ingest.files.atomic import output_set
    from littlegiants.ingest.files.frames import write_frame
    from littlegiants.ingest.linkage.folders import link_imports, merge_imports
    from littlegiants.ingest.linkage.link import THRESHOLD
    from littlegiants.ingest.sources.canonical import import_canonical
    from littlegiants.ingest.sources.common.writing import write_import
    from littlegiants.ingest.tables.loss import check_loss

    check_files((out, FRAME), (review, FRAME))
    with steps(3, as_json) as step:
        step("reading the tables")
        insisted = tuple(ignore_column or ())
        ours, theirs = (import_canonical(side, ignore_column=insisted) for side in (left, right))
        check_loss([*ours.reconciliations, *theirs.reconciliations], max_quarantined)
        step("linking")
        links = link_imports(ours, theirs, THRESHOLD if threshold is None else threshold, repeats=repeats)
        step("writing")
        merged = None if merge is None else merge_imports(ours, theirs, links)
        refuse_notices(strict, _notices(ours, theirs, links, () if merged is None else merged.notes))
        with output_set():
            if merge is not None and merged is not None:
                write_import(merged, merge)
            write_frame(links.pairs, out)
            if review is not None:
                write_frame(links.review, review)
    written: dict[str, object] = {name: None if p is None else str(p) for name, p in _names(out, review, merge)}
    notes = [] if merged is None else list(merged.notes)
    show({**written, "counts": links.counts, "notes": notes}, _lines(links, notes, written), as_json)


def _notices(ours: "Imported", theirs: "Imported", links: "Links", merging: "Sequence[str]") -> list[str]:
    found = [*table_notices(ours.reconciliations), *table_notices(theirs.reconciliations)]
    # The notes of a merge include those of both sides, and the first says only how many firms were linked.
    found += merging[1:] if merging else [*ours.notes, *theirs.notes]
    named = {"faulty ids": "registration ids are none of their scheme", "too common": "pairs were not looked at"}
    return found + [f"{links.counts[name]:,} {what}" for name, what in named.items() if links.counts[name]]


def _names(out: Path, review: Path | None, merge: Path | None) -> list[tuple[str, Path | None]]:
    return [("out", out), ("review", review), ("merge", merge)]


def _lines(links: "Links", notes: list[str], written: dict[str, object]) -> list[str]:
    from littlegiants.ingest.linkage.link import REVIEW_REASONS

    counts = links.counts
    lines = [f"{counts['left']:,} firms in A, {counts['right']:,} in B: {counts['linked']:,} pairs linked"]
    lines += [f"  {name} {count:,}" for name, count in counts.items() if name.startswith("linked by") and count]
    lines.append(f"{counts['review']:,} pairs are for a person to judge")
    reasons = {reason: counts[f"review: {reason}"] for reason in REVIEW_REASONS}
    lines += [f"  {reason} {count:,}: {REVIEW_REASONS[reason]}" for reason, count in reasons.items() if count]
    if counts["faulty ids"]:
        lines.append(f"{counts['faulty ids']:,} registration ids are none of their scheme; not used")
    if counts["too common"]:
        lines.append(f"{counts['too common']:,} pairs share a name or website with too many others; not looked at")
    lines += [f"note: {note}" for note in notes]
    return [*lines, *(f"{name}: {path}" for name, path in written.items() if path is not None)]
