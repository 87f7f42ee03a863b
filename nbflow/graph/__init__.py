"""From drafts to a graph: names and foreach resolved, problems found, the flow ready to plan, run and draw. Pure."""
