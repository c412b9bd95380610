"""Any table of firms and their events, made canonical by a mapping: which column gives which, and how it is written."""

from littlegiants.ingest.extras import require_extra

require_extra("import", "giants import table")
