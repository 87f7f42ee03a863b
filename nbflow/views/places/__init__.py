"""Pages of a run, its steps, its tasks and its timeline, and the view that leads from one to another."""
