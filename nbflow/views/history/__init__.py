"""The runs of a flow, or of all: what was asked for, the page of them that is shown, and what can be done with some."""
