. ./common.sh
