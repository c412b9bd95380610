"""What ``--help`` says beyond the options: exit codes, examples, and the keys of a training's configuration."""

from typing import Any

from rich.console import Console
from rich.panel import Panel
from rich.table import Table

from littlegiants.cli.paths import Command

INTERRUPTED, UNREAD = 130, 141
EXIT_CODES = {
    0: "done; rows that break the contract are quarantined and counted",
    1: "something of ours failed",
    2: "a wrong option, configuration value or as-of date",
    5: "a file or a table as a whole cannot be read",
    6: "stopped, nothing published: a damaged or refused model, too few labels",
    7: "a notice, at a command that is --strict; nothing published",
    8: "stopped, nothing published: too many rows of a table are quarantined",
    9: "an alarm of watch: firms unlike those that the model learned from",
    10: "stopped, nothing published: another run writes the same output",
    INTERRUPTED: "interrupted",
    UNREAD: "whoever was to read the output went away",
}


def exit_codes() -> str:
    """Return the exit codes, one a line."""
    return "\n".join(["[bold]Exit codes[/]", *(f"{code:>3}  {meaning}" for code, meaning in EXIT_CODES.items())])


def examples(*commands: str) -> str:
    """Return commands to copy, one a line."""
    return "\n".join(["[bold]Examples[/]", *(f"$ {command}" for command in commands)])


def config_keys() -> list[tuple[str, str, str]]:
    """Return every key of a training's configuration with its default, as written in TOML, and its meaning."""
    # Imported here: the settings stand beside what they set, and bring LightGBM with them.
    from littlegiants.training.config import describe

    return [(key, _toml(default), meaning) for key, default, meaning in describe()]


class TrainCommand(Command):
    """The command whose help ends with the keys of the configuration file."""

    def format_help(self, *args: Any, **kwargs: Any) -> None:
        """Print the help, then the keys."""
        super().format_help(*args, **kwargs)
        grid = Table(box=None, show_header=False, pad_edge=False, padding=(0, 1), expand=True)
        grid.add_column(style="bold cyan", no_wrap=True)
        grid.add_column(style="dim", no_wrap=True)
        grid.add_column(ratio=1)
        for row in config_keys():
            grid.add_row(*row)
        title = "Keys of --config (TOML) and their defaults"
        Console().print(Panel(grid, title=title, title_align="left", border_style="dim"))


def _toml(default: object) -> str:
    if default is None:
        return "not set"
    if isinstance(default, bool):
        return str(default).lower()
    return f'"{default}"' if isinstance(default, str) else f"{default:_}"
