"""Any files as tables of the contract: by a mapping that is given, a layout that is known, or a proposal."""

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from littlegiants.ingest.errors import TableError
from littlegiants.ingest.excerpts import listed
from littlegiants.ingest.mapping.assembly import assemble
from littlegiants.ingest.mapping.layouts import recognise
from littlegiants.ingest.mapping.mapping import Mapping
from littlegiants.ingest.mapping.proposal import propose
from littlegiants.ingest.mapping.reading import read_sheets
from littlegiants.ingest.mapping.resolving import Resolved, resolve
from littlegiants.ingest.mapping.rows import read_rows
from littlegiants.ingest.mapping.sheets import Sheet
from littlegiants.ingest.sources.common.imported import Imported


@dataclass(frozen=True, slots=True)
class Plan:
    """How one sheet is to be read.

    Attributes
    ----------
    sheet
        The sheet.
    resolved
        Its rule, and what there is to say of each column; None for a sheet that is not read.
    origin
        Where the rule comes from: the mapping, a layout's title, or a proposal.
    """

    sheet: Sheet
    resolved: Resolved | None
    origin: str


def plan_import(
    paths: Sequence[Path], mapping: Mapping | None = None, *, encoding: str | None = None, delimiter: str | None = None
) -> list[Plan]:
    """Read files and return how each of their sheets is to be read.

    Parameters
    ----------
    paths
        The files.
    mapping
        Rules that go before known layouts and proposals. With a mapping, sheets that it has no rule for are not read.
    encoding, delimiter
        Of delimited files; None finds them out.

    Raises
    ------
    ConfigError
        If an option is wrong.
    TableError
        If a file cannot be read, none of the sheets has a column that names a firm, or one lacks a column of the
        mapping.
    StopError
        If a file changes while it is read.
    """
    plans = [_plan(sheet, mapping) for sheet in read_sheets(paths, encoding=encoding, delimiter=delimiter)]
    if all(plan.resolved is None for plan in plans):
        seen = "; ".join(f"{plan.sheet.name} has {listed(plan.sheet.header.names)}" for plan in plans[:3])
        why = "no sheet has a rule in the mapping" if mapping else "no column is known to name a firm"
        raise TableError(f"{why}: {seen}; say in a mapping which column it is, see docs/importing.md")
    return plans


def import_plans(plans: Sequence[Plan]) -> Imported:
    """Return the tables that sheets make, each read as planned.

    Parameters
    ----------
    plans
        As `plan_import` returns them.
    """
    read = [read_rows(plan.sheet, plan.resolved.rule) for plan in plans if plan.resolved is not None]
    made = assemble(read)
    notes = [f"{plan.sheet.name} is not read: {plan.origin}" for plan in plans if plan.resolved is None]
    notes += [note for plan in plans if plan.resolved is not None for note in doubts(plan.resolved, plan.sheet.name)]
    return Imported(
        "table",
        {name: frame for name, frame in made.frames.items() if len(frame) or name == "firms"},
        made.quarantine,
        tuple(made.records),
        (*notes, *made.notes),
        {plan.sheet.name: plan.sheet.encoding for plan in plans if plan.resolved is not None},
        {plan.sheet.name: plan.sheet.digest for plan in plans if plan.resolved is not None},
        {"undated_exits": made.undated} if len(made.undated) else {},
        tuple(made.events),
    )


def mapping_of(plans: Sequence[Plan]) -> Mapping:
    """Return the mapping by which sheets are read, to be kept."""
    return Mapping(tuple(plan.resolved.rule for plan in plans if plan.resolved is not None))


def doubts(resolved: Resolved, sheet: str) -> list[str]:
    """Return what is not certain of a sheet's columns, as sentences.

    Parameters
    ----------
    resolved
        Its rule.
    sheet
        Its name.
    """
    lines = [f"{sheet}: {line.column}: {line.doubt}" for line in resolved.lines if line.doubt]
    near = [f"{name} ({why})" for name, why in resolved.unread.items() if why.startswith("resembles")]
    return [*dict.fromkeys(lines), *([f"{sheet}: not read, but alike: {', '.join(near)}"] if near else [])]


def _plan(sheet: Sheet, mapping: Mapping | None) -> Plan:
    if mapping is not None:
        # A name with brackets is no pattern for itself.
        fitting = (rule for rule in mapping.sheet if rule.file == sheet.name or fnmatchcase(sheet.name, rule.file))
        rule = next(fitting, None)
        if rule is None:
            return Plan(sheet, None, "the mapping has no rule for it")
        return Plan(sheet, resolve(sheet, rule, "declared", optional=False), "mapping")
    names = [*sheet.header.names, *sheet.header.titles.values()]
    if (layout := recognise(names)) is not None:
        return Plan(sheet, resolve(sheet, layout, "layout", optional=True), layout.title)
    proposed = propose(sheet)
    if proposed is None:
        return Plan(sheet, None, "no column is known to name a firm")
    resolved = resolve(sheet, proposed.rule, "by name", optional=False, grounds=proposed.grounds)
    resolved.unread.update({name: why for name, why in proposed.useless.items() if name in resolved.unread})
    return Plan(sheet, resolved, "proposal")
