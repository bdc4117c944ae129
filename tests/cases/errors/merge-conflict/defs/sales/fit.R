<<<<<<< HEAD
cat(1)
=======
cat(2)
>>>>>>> feature/tax
