#!/usr/bin/env bash
# Makes reports/published, on a host: in this example, one that has the shared folder too.
set -euo pipefail
source "$(dirname "$0")/../raw/_pipes.sh"

mkdir -p /srv/polyglot/www
cp /srv/polyglot/page.md /srv/polyglot/www/index.md
pipes_log "published by $(id -un), from $(dirname "$0" | cut -d- -f1)-…"
pipes_report lines="$(wc -l < /srv/polyglot/www/index.md)"
