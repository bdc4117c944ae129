<<<<<<< HEAD
cat(1)
||||||| 1f0c2aa
cat(0)
=======
cat(2)
>>>>>>> feature/tax
