"""Facts about runs: which there are, how they stand, what each task left. Values are in the store, not here."""
