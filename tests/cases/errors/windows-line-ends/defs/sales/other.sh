# comment
set -eu
