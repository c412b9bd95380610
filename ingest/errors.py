"""Every error the product raises on purpose, with the exit code the command line gives it.

::

    LittleGiantsError      1   something of ours failed
    ├── ConfigError        2   an option or a configuration value is wrong
    │   └── MissingExtraError  an optional package is not installed
    ├── AsOfError          2   an as-of date lies outside what can be answered
    ├── TableError         5   a file or a table as a whole cannot be read
    └── StopError          6   the work stopped and published nothing
        ├── ArtefactError      a model folder is damaged, incomplete or foreign
        │   └── SignatureError     unsigned, signed by another key, for other files, or no longer
        │       └── ReplacedError      signed before a model that was taken since
        ├── StaleModelError    a model too old for the as-of date it should score
        ├── CollapseError      a batch of firms to whom a model gives one and the same probability
        ├── RegistryError      the registry has no such model, or does not answer
        ├── TrainingError      too few labels, one class only, dates that do not fit
        ├── PromotionError     a model that did not pass the gate, and so did not become the champion
        └── ReplayError        a training that does not give the same artefact again

A single bad row is never an error: it is quarantined (see `littlegiants.ingest.tables.quarantine`).
"""


class LittleGiantsError(Exception):
    """Base of all errors of this product; its text is one line, for a person."""

    exit_code = 1


class ConfigError(LittleGiantsError):
    """An option or a configuration value is wrong."""

    exit_code = 2


class MissingExtraError(ConfigError, ImportError):
    """An optional package is not installed; an ``ImportError`` too, as tools that walk through packages expect."""


class AsOfError(LittleGiantsError):
    """An as-of date lies outside what can be answered."""

    exit_code = 2


class TableError(LittleGiantsError):
    """A file or table as a whole cannot be read."""

    exit_code = 5


class StopError(LittleGiantsError):
    """The work stopped; nothing was published."""

    exit_code = 6


class ArtefactError(StopError):
    """A model folder is damaged, incomplete or foreign."""


class SignatureError(ArtefactError):
    """A model is not signed as it must be: not at all, by another key, for other files, or no longer."""


class ReplacedError(SignatureError):
    """A model was signed before one that was taken since; going back to it needs an explicit request."""


class StaleModelError(StopError):
    """A model is too old for the as-of date that it should score."""


class CollapseError(StopError):
    """A model gives nearly all firms of a batch one and the same probability."""


class RegistryError(StopError):
    """The registry has no such model, or does not answer."""


class TrainingError(StopError):
    """Training cannot give an honest model from what it was given."""


class PromotionError(StopError):
    """A model did not pass the gate; the champion is who it was."""


class ReplayError(StopError):
    """A training does not give the same artefact again."""
