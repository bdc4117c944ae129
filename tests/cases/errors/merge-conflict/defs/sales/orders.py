import sys

<<<<<<< HEAD
print(1)
=======
print(2)
>>>>>>> feature/tax
