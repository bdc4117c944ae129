# Dagster Pipes for shell scripts, without a library: source this file, and call
#
#   pipes_log MESSAGE                              a line in the run's log
#   pipes_extra NAME                               prints an extra or a param (needs jq)
#   pipes_context NAME                             prints partition_key, run_id, … (needs jq)
#   pipes_report [-a KEY] [NAME=VALUE] …           an asset is made, with this metadata
#   pipes_check [-a KEY] CHECK true|false [NAME=VALUE] …   the result of an asset check
#
# KEY may be left out by a script that makes one asset. A script that runs outside Dagster logs to
# standard error, and reports nothing. Needs bash, base64 and gzip.

_pipes_path() { # the file that a variable of Pipes names: base64 of a zlib stream of JSON
  local json
  json=$({ printf '\037\213\010\0\0\0\0\0\0\377'; base64 -d <<< "$1" | tail -c +3; } |
    gzip -dc 2> /dev/null) || true # gzip misses its own checksum at the end
  json=${json#*\"path\": \"}
  printf '%b' "${json%%\"*}"
}

_pipes_json() { # a text as JSON
  local text=$1
  text=${text//\\/\\\\} text=${text//\"/\\\"}
  text=${text//$'\n'/\\n} text=${text//$'\r'/\\r} text=${text//$'\t'/\\t}
  printf '"%s"' "$(tr -d '\000-\037' <<< "$text")"
}

_pipes_say() { # METHOD PARAMS, as one line
  [ -z "${_pipes_messages:-}" ] || printf \
    '{"__dagster_pipes_version": "0.1", "method": "%s", "params": %s}\n' "$@" >> "$_pipes_messages"
}

_pipes_metadata() { # NAME=VALUE …: numbers and booleans are taken as such, all else is text
  local pair value comma=
  printf '{'
  for pair; do
    value=${pair#*=}
    [[ $value =~ ^(-?(0|[1-9][0-9]*)(\.[0-9]+)?|true|false)$ ]] || value=$(_pipes_json "$value")
    printf '%s%s: {"raw_value": %s, "type": "__infer__"}' \
      "$comma" "$(_pipes_json "${pair%%=*}")" "$value"
    comma=', '
  done
  printf '}'
}

_pipes_told() { # a part of the context, as text
  [ -z "${DAGSTER_PIPES_CONTEXT:-}" ] ||
    jq -r "$1 | values" --arg name "$2" "$(_pipes_path "$DAGSTER_PIPES_CONTEXT")"
}

pipes_extra() { _pipes_told '.extras[$name]' "$1"; }
pipes_context() { _pipes_told '.[$name]' "$1"; }

pipes_log() {
  [ -n "${_pipes_messages:-}" ] || printf '%s\n' "$1" >&2
  _pipes_say log "{\"message\": $(_pipes_json "$1"), \"level\": \"INFO\"}"
}

pipes_report() {
  local key=null
  [ "${1:-}" != -a ] || { key=$(_pipes_json "$2") && shift 2; }
  _pipes_say report_asset_materialization \
    "{\"asset_key\": $key, \"data_version\": null, \"metadata\": $(_pipes_metadata "$@")}"
}

pipes_check() {
  local key=null check
  [ "$1" != -a ] || { key=$(_pipes_json "$2") && shift 2; }
  check="\"check_name\": $(_pipes_json "$1"), \"passed\": $2, \"severity\": \"ERROR\""
  _pipes_say report_asset_check \
    "{\"asset_key\": $key, $check, \"metadata\": $(_pipes_metadata "${@:3}")}"
}

if [ -n "${DAGSTER_PIPES_MESSAGES:-}" ]; then
  _pipes_messages=$(_pipes_path "$DAGSTER_PIPES_MESSAGES")
  _pipes_say opened '{"extras": {}}'
  trap '[ $? -ne 0 ] || _pipes_say closed "{}"' EXIT
fi
