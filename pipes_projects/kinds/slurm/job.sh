#!/bin/bash -l
# Runs one script as a Slurm job, and ends it with everything that it started on this node.
#
#   job.sh FOLDER MARK GRACE PATIENCE
#
# FOLDER/start becomes the script, with MARK in its environment. Slurm sends INT and TERM to the
# script itself; URG, which it does not notice, means that it has to be killed. The driver, wherever
# it is, writes something new into FOLDER/driver every few seconds: after PATIENCE seconds without
# that it is gone, and the script is ended, with GRACE tenths of a second between the signals.
# FOLDER/ended has its exit code, the length of its messages, and what it did with them.

folder=$1 mark=$2 grace=$3 patience=$4
cd "$folder" || exit 1
. "$folder/tree.sh"
unset SLURM_EXPORT_ENV

heed_driver() {
  trap 'ends_by KILL 100' URG
  trap '' INT TERM
  read -r known < "$folder/driver"
  silent=0
  while [ "$silent" -lt "$patience" ]; do
    sleep 1 &
    wait $!
    silent=$((silent + 1))
    read -r now < "$folder/driver"
    [ "$now" = "$known" ] || silent=0
    known=$now
  done
  : > "$folder/forsaken"
  end_all
}

trap : INT TERM URG
heed_driver > /dev/null 2>&1 &
driver=$!
disown "$driver"

hold_messages
(. "$folder/start") < /dev/null 9<&-
code=$?
trap '' INT TERM URG # what is asked below is asked of processes that get them too
end_all
kill -s KILL "$driver"
[ ! -e "$folder/forsaken" ] || rm -rf "$folder"
note_end "$code" 2> /dev/null
exit "$code"
