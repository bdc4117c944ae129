# Everything that a script starts on a machine: known by $mark in its environment, and ended with
# $grace tenths of a second between the signals. And what it did with $folder/messages.

members() {
  grep -ls "PIPES_PROJECTS_SCRIPT=$mark" /proc/[0-9]*/environ 2> /dev/null | while read -r path; do
    path=${path#/proc/}
    echo "${path%/environ}"
  done
}

send() {
  for pid in $(members); do kill -s "$1" "$pid" 2> /dev/null; done
}

ends_by() { # SIGNAL TENTHS
  send "$1"
  waited=0
  while [ -n "$(members)" ]; do
    [ "$waited" -lt "$2" ] || return 1
    [ "$1" != KILL ] || send KILL
    sleep 0.1
    waited=$((waited + 1))
  done
}

end_all() {
  [ -z "$(members)" ] || ends_by INT "$grace" || ends_by TERM "$grace" || ends_by KILL 100
}

note_loss() { # at first, that file is empty, and as old as everything here
  if [ -f "$folder/messages" ]; then
    [ ! -s "$folder/messages" ] && [ "$folder/messages" -nt "$folder/tree.sh" ] || return 0
  else
    rm -rf "$folder/messages"
  fi
  echo "the script removed or emptied their file" >> "$folder/messages"
}
