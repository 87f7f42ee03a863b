"""The terminal: one verb a file, each with `add(parser)` and `main(arguments) -> exit code`."""
