"""A model, its calibration and its artefact: what training writes and serving reads."""
