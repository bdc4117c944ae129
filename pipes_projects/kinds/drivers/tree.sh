# Everything that a script starts on a machine: known by $mark in its environment, and ended with
# $grace tenths of a second between the signals. And how it ended, with what it did with the file
# $folder/messages, which is held open meanwhile: as 9, which scripts do not get.

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

hold_messages() {
  exec 9< "$folder/messages"
}

loss() { # at first, that file is empty, and as old as everything here
  if [ ! -e "$folder/messages" ]; then
    echo removed
  elif [ ! "$folder/messages" -ef /proc/self/fd/9 ]; then
    echo replaced
  elif [ ! -s "$folder/messages" ] && [ "$folder/messages" -nt "$folder/tree.sh" ]; then
    echo cut off
  fi
}

note_end() { # CODE
  end="$1 $(wc -c <&9) $(loss)"
  exec 9<&-
  echo "$end" > "$folder/ended.part" && mv "$folder/ended.part" "$folder/ended"
}
