"""Scores of firms from a verified artefact, with intervals, abstentions and reasons."""
