"""The colours of figures and pages, one a meaning, so that `figures.to_svg` can exchange them for those of a page."""

ACCENT, QUIET, INK = "#1f5a94", "#8a8f98", "#262b33"
