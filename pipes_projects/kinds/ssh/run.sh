# Runs one script on this host, and ends it with everything that it started.
#
#   sh run.sh FOLDER MARK GRACE KEEP
#
# FOLDER/start becomes the script, with MARK in its environment, by which all that it starts is
# known. The driver, at the other end of standard input, writes INT, TERM or KILL to have that sent,
# and DONE once it has read everything. When the driver is gone, the script is ended, with GRACE
# tenths of a second between the signals. FOLDER/ended has its exit code, the length of its messages
# and what it did with them; at the end, FOLDER is removed unless KEEP is `yes`.

folder=$1 mark=$2 grace=$3 keep=$4

. "$folder/tree.sh"

remove() {
  [ "$keep" = yes ] || rm -rf "$folder"
}

heed_driver() {
  while read -r word; do
    [ "$word" != DONE ] || break
    send "$word"
  done
  end_all
  remove
}

exec 3<&0
heed_driver <&3 > /dev/null 2>&1 &
driver=$!
exec 3<&- < /dev/null
trap : INT TERM HUP PIPE

hold_messages
sh "$folder/start" 9<&-
code=$?
end_all
[ -d "$folder" ] || mkdir -m 700 "$folder" # a script may have removed it
note_end "$code" 2> /dev/null
while kill -0 "$driver" 2> /dev/null; do wait "$driver"; done
remove # again: what was written above at the same time may have kept it
