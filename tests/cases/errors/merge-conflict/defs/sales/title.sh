cat <<END
Title
=======
END
