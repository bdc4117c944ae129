set -eu
<<<<<<< HEAD
echo 1
=======
echo 2
>>>>>>> feature/tax
