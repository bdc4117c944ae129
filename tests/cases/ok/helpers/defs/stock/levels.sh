source ../common/setup.sh
