"""Firms found again in other sources: by registration id, by website, by name and place."""

from littlegiants.ingest.extras import require_extra

require_extra("link", "giants link")
