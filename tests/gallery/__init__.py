"""Bad inputs at every door, as a table: the tests hold nbflow to them, and `docs/errors.md` shows them."""
