#!/bin/sh
# Scores every firm as of a date (today, UTC), and says whether the scores can be trusted; what cron and systemd run.
# It ends with the code of the first command that fails. A file of scores appears whole or not at all.
set -eu
cd "${LITTLEGIANTS_HOME:-/srv/littlegiants}"
as_of="${1:-$(date -u +%F)}"
mkdir -p scores
giants score --data data --as-of "$as_of" --out "scores/$as_of.parquet" --quarantine "scores/$as_of.quarantine.csv"
giants watch --data data --as-of "$as_of" --history watch.sqlite
