"""A notebook's flow → the file of a flow class that gives the same artifacts."""
