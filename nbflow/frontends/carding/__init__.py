"""`card view`, `get`, `list` and `server`, as both terminals have them: which cards are meant, and what is done with them."""
