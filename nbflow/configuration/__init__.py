"""Where a person's settings stand: a file with profiles, and variables of the environment that win over it."""
