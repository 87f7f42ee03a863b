"""Files and folders as values: their bytes in the store, in chunks that equal files share."""
