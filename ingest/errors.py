"""Every error the product raises on purpose, with the exit code the command line gives it.

::

    LittleGiantsError      1   something of ours failed
    ├── ConfigError        2   an option or a configuration value is wrong
    │   └── MissingExtraError  an optional package is not installed
    ├── AsOfError          2   an as-of date lies outside what can be answered
    ├── TableError         5   a file or a table as a whole cannot be read
    │   └── TooMuchError       more rows or columns than may be read
    ├── DriftError         9   firms are not like those that the model learned from
    ├── NoticeError        7   a strict command would have given a notice; it published nothing
    └── StopError          6   the work stopped and published nothing
        ├── ArtefactError      a model folder is damaged, incomplete or foreign
        │   ├── ContractError      a sound model for something else than it would answer for
        │   └── SignatureError     unsigned, signed by another key, for other files, or no longer
        │       └── ReplacedError      signed before a model that was taken since
        ├── BusyError          10  another run writes the same output
        ├── LossError          8   more rows of a table are quarantined than may be lost
        ├── NoReferenceError   a model without the cohort that others are compared with
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


class DriftError(LittleGiantsError):
    """The firms of a date are not like those that the model learned from; the result was given all the same."""

    exit_code = 9


class NoticeError(LittleGiantsError):
    """A command that is to be strict would have given a notice; nothing was published."""

    exit_code = 7


class TooMuchError(TableError):
    """A file has more rows or columns than may be read."""


class StopError(LittleGiantsError):
    """The work stopped; nothing was published."""

    exit_code = 6


class BusyError(StopError):
    """Another run is writing the same output."""

    exit_code = 10


class LossError(StopError):
    """More rows of a table are quarantined than may be lost."""

    exit_code = 8


class ArtefactError(StopError):
    """A model folder is damaged, incomplete or foreign."""


class ContractError(ArtefactError):
    """A sound model of another outcome, label timespan, money rule or feature contract than it would answer for."""


class SignatureError(ArtefactError):
    """A model is not signed as it must be: not at all, by another key, for other files, or no longer."""


class ReplacedError(SignatureError):
    """A model was signed before one that was taken since; going back to it needs an explicit request."""


class NoReferenceError(StopError):
    """A model was trained before the cohort was kept that later ones are compared with."""


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
