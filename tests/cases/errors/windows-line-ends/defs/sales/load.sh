set -euo pipefail
echo loaded
