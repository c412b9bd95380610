"""Importers that turn published registers and exports into the tables of the contract."""

from littlegiants.ingest.extras import require_extra

require_extra("import", "giants import")
