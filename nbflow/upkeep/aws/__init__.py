"""What AWS says of the settings: who one is, whether the bucket and the queue are there, what is allowed."""
