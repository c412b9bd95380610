"""What a sheet of no known layout probably is: a rule made of the meanings of its columns' names and their values."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from littlegiants.ingest.mapping.cells import routes
from littlegiants.ingest.mapping.column_meanings import ANY, BATCH, EVENT_GROUPS, FIRM, STATUS, SUM, meaning_of
from littlegiants.ingest.mapping.date_forms import find_date_forms
from littlegiants.ingest.mapping.mapping import KIND, ColumnRule, EventRule, SheetRule
from littlegiants.ingest.mapping.sheets import Sheet
from littlegiants.ingest.mapping.units import of_header
from littlegiants.ingest.sources.common.titles import tier_of
from littlegiants.ingest.tables.column_names import normalised
from littlegiants.ingest.tables.contract import EVENT_TABLES, FIRM_ID, FIRMS, KNOWN_ON, RECOGNITION_TIERS, TABLES

_WEBSITE = re.compile(r"(?:https?://)?((?:[\w-]+\.)+[a-z]{2,})(?:/\S*)?", re.IGNORECASE)
# Addresses that are not the firm's own.
_OF_OTHERS = re.compile(r"linkedin|twitter|facebook|crunchbase|pitchbook|dealroom|logo|profile|cb_url", re.IGNORECASE)
_TRIED = 200
_MOSTLY = 0.8
# Constants of a proposal: the title above a list says its tier, and most lists are the ministry's.
_GROUNDS = {"always recognitions.tier": "by title", "always recognitions.scheme": "assumed"}
# What an event of each table is called by columns that do not say of what they are.
_GENERAL = {"day": "", "amount": "amount", "currency": "currency", "kind": "kind", "id": ""}
Groups = dict[str, dict[str, str]]


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a sheet probably is.

    Attributes
    ----------
    rule
        How it is to be read.
    useless
        Columns that were understood and are no use, with the reason.
    grounds
        What a part of the rule rests on, where that is not the name of a column: by column, or by table and column.
    """

    rule: SheetRule
    useless: dict[str, str] = field(default_factory=dict)
    grounds: dict[str, str] = field(default_factory=dict)


def propose(sheet: Sheet) -> Proposal | None:
    """Return the rule that a sheet probably needs; None for a sheet without a column that names a firm.

    Parameters
    ----------
    sheet
        The sheet.
    """
    if (canonical := _canonical(sheet)) is not None:
        return Proposal(canonical)
    groups, useless = _groups(sheet)
    firm = groups.pop(FIRM, {})
    if not {FIRM_ID.name, "name"} & firm.keys():
        return None
    if "website" not in firm and (website := _website(sheet, firm, groups)):
        firm["website"] = website
    status = groups.pop(STATUS, {}).get("status")
    general = groups.pop(ANY, {})
    _give_general(sheet, groups, general)
    events = [event for group in EVENT_GROUPS if (event := _event(sheet, group, groups.get(group, {}))) is not None]
    rule = SheetRule(
        file=sheet.name,
        firm={name: ColumnRule(column=column) for name, column in firm.items()},
        status=None if status is None else ColumnRule(column=status),
        event=tuple(other for event in events for other in _with_routes(sheet, event)),
    )
    grounds = {firm["website"]: "by values"} if "website" in firm and meaning_of(firm["website"]) is None else {}
    return Proposal(rule, useless, {**grounds, **_GROUNDS})


def _canonical(sheet: Sheet) -> SheetRule | None:
    """Return the rule of a sheet that has a table's own columns already, by the table's name and ``firm_id``."""
    stem = re.split(r"[.!]", sheet.name)
    named = {part.strip().casefold() for part in stem}
    own = {normalised(name): name for name in sheet.table.column_names}
    if FIRM_ID.name not in own:
        return None
    if FIRMS.name in named:
        firm = {name: own[name] for name in (FIRM_ID.name, *(column.name for column in FIRMS.columns)) if name in own}
        return SheetRule(file=sheet.name, firm=firm)
    table = next((name for name in EVENT_TABLES if name in named and TABLES[name].event in own), None)
    if table is None:
        return None
    columns = {
        name: ColumnRule(column=own[name])
        for name in (*(column.name for column in TABLES[table].columns), KNOWN_ON.name)
        if name in own
    }
    return SheetRule(
        file=sheet.name, firm={FIRM_ID.name: own[FIRM_ID.name]}, event=(EventRule(table=table, columns={**columns}),)
    )


def _groups(sheet: Sheet) -> tuple[Groups, dict[str, str]]:
    """Return the columns that mean something, by group and column; the first of several that mean the same."""
    groups: defaultdict[str, dict[str, str]] = defaultdict(dict)
    useless: dict[str, str] = {}
    for name in sheet.table.column_names:
        meaning = meaning_of(name, sheet.header.titles.get(name, name))
        if meaning is None:
            continue
        if meaning.group == SUM:
            continue
        if meaning.column in groups[meaning.group]:
            taken = groups[meaning.group][meaning.column]
            if _better(name, taken):
                groups[meaning.group][meaning.column], taken, name = name, name, taken
            useless[name] = f"second to {taken!r}"
        elif not len(sheet.rows) or any(sheet.column(name).texts):
            groups[meaning.group][meaning.column] = name
    return dict(groups), useless


def _better(name: str, taken: str) -> bool:
    """Return whether a column goes before one of the same meaning: an amount in US dollars, a name in full."""
    if of_header(name)[1] == "USD" and of_header(taken)[1] != "USD":
        return True
    return "全称" in name and "全称" not in taken


def _website(sheet: Sheet, firm: Mapping[str, str], groups: Groups) -> str | None:
    taken = {*firm.values(), *(name for group in groups.values() for name in group.values())}
    others = [name for name in sheet.table.column_names if name not in taken and not _OF_OTHERS.search(name)]
    return next((str(name) for name in others if _are_websites(sheet.column(name).texts)), None)


def _are_websites(texts: Sequence[str]) -> bool:
    """Return whether texts are addresses, nearly each of another host: those of one host are a source's, not firms'."""
    some = list(filter(None, texts[:_TRIED]))
    hosts = [found[1].casefold() for text in some if (found := _WEBSITE.fullmatch(text))]
    return bool(hosts) and min(len(hosts), len(set(hosts))) > _MOSTLY * len(some)


def _give_general(sheet: Sheet, groups: Groups, general: Mapping[str, str]) -> None:
    """Give columns such as "date" and "amount" to the one kind of event that the sheet is about."""
    meant = [group for group in ("grant", "round", "accounts", "recognition", "patent") if group in groups]
    kind = general.get("kind")
    if not meant and kind and any(route is not None for route in routes(sheet.column(kind), ColumnRule())):
        meant = ["round"]
    if not meant or not general:
        return
    group = groups.setdefault(meant[0], {})
    spec = TABLES[EVENT_GROUPS[meant[0]]]
    names = {**_GENERAL, "day": spec.event, "id": spec.key[0]}
    for what, column in general.items():
        target = names[what]
        if target == KIND and spec.name == "grants":
            continue
        if target in {one.name for one in spec.columns}:
            group.setdefault(target, column)


def _event(sheet: Sheet, group: str, columns: Mapping[str, str]) -> EventRule | None:
    """Return the rule of one kind of event; None if no column says when it was."""
    table = EVENT_GROUPS[group]
    spec = TABLES[table]
    if BATCH in columns:
        columns = {spec.event: columns[BATCH], **{name: one for name, one in columns.items() if name != BATCH}}
    if spec.event not in columns:
        return None
    if not find_date_forms(sheet.column(columns[spec.event]).texts[:_TRIED]).read and table == "financials":
        return None
    rules: dict[str, str | ColumnRule] = {name: ColumnRule(column=column) for name, column in columns.items()}
    if table == "outcomes":
        rules[KIND] = ColumnRule(value=group)
    if table == "recognitions":
        return _recognition(sheet, rules)
    if table == "financials" and not {"revenue", "subsidy_income", "net_profit", "employees"} & rules.keys():
        return None
    if table == "patents" and "patent_id" not in rules:
        return None
    return EventRule(table=table, columns=rules)


def _recognition(sheet: Sheet, rules: dict[str, str | ColumnRule]) -> EventRule | None:
    """Return the rule of titles; their tier may stand in the title above the list."""
    tier = rules.get("tier")
    tiers = sheet.column(tier.column).texts if isinstance(tier, ColumnRule) else []
    if not any(tier_of(text) in RECOGNITION_TIERS for text in tiers):
        found = next((tier for title in sheet.header.above if (tier := _tier_above(title))), "")
        if not found:
            return None
        rules["tier"] = ColumnRule(value=found)
    rules.setdefault("scheme", ColumnRule(value="MIIT"))
    return EventRule(table="recognitions", columns=rules)


def _tier_above(title: str) -> str:
    for word, tier in (("小巨人", "3"), ("单项冠军", "4"), ("创新型中小企业", "1"), ("专精特新", "2")):
        if word in title:
            return tier
    return ""


def _with_routes(sheet: Sheet, event: EventRule) -> list[EventRule]:
    """Return a rule for rounds, and one for the grants and the exits that its words for kinds name as well."""
    kind = event.rules().get(KIND)
    if event.table != "rounds" or kind is None or not kind.column:
        return [event]
    found = {route[0] for route in routes(sheet.column(kind.column), kind) if route is not None}
    others = []
    for table, day in (("grants", "awarded_on"), ("outcomes", "happened_on")):
        if table in found:
            columns = {name: rule for name, rule in event.columns.items() if name in ("amount", "currency", KIND)}
            others.append(EventRule(table=table, columns={day: event.columns["announced_on"], **columns}))
    return [event, *others]
