"""Signatures of artefacts, and whose signatures are trusted."""
