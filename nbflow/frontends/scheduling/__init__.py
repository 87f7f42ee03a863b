"""`nbflow schedule` and `%flow schedule`: a line is read, what it asks for is checked as a run would be, and kept or told."""
