"""What cards are made of. Each component draws itself as safe HTML and as text, and none of them ends a task."""
