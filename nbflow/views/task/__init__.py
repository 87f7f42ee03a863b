"""The page of a task: how it stands, its tries and their logs, what it was given, left and showed."""
