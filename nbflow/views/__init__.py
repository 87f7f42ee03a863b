"""What a person sees: panels and lines as HTML that needs no script, and the same as readable text."""
