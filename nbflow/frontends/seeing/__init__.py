"""Views of what was kept, for notebooks and programs: history, comparison, artifacts, timeline, task page, cards."""
