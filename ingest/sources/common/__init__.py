"""What importers are made of: reading files, recognising firms, dates and amounts, and writing the result."""

from littlegiants.ingest.extras import require_extra

require_extra("import", "giants import")
