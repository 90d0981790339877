"""`hearwell why`: the commands that explain numbers, one file for each."""
