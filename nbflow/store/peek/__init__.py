"""Stored values looked at in part and unopened: no class is looked up, nothing of theirs runs, few of their bytes are read."""
