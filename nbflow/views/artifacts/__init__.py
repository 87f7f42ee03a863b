"""What steps left: a list to search in, and what is seen of each artifact without opening it."""
