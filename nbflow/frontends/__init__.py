"""The doors: notebook magics and terminal commands. Thin: they translate, start, show."""
