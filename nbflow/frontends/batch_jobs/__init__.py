"""`batch list` and `batch kill`, for both terminals: the jobs of AWS Batch that runs have, by what the runs recorded."""
