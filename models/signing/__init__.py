"""Signatures of artefacts, and whose signatures are trusted."""

from littlegiants.ingest.extras import require_extra

require_extra("sign", "a signature")
