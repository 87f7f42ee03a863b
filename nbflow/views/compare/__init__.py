"""A comparison of runs as a person sees it: HTML, text for a terminal, a live page, charts."""
