"""Files written whole or not at all, private files, and cells that no spreadsheet runs."""
