"""The terminal of a flow file, `python flow.py COMMAND …`: one command a module, each with `add(parser, call)` and `main(call)`."""
