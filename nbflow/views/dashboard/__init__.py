"""A team's runs at a glance: how many, how they ended, how long they took, what they measured, and their newest cards."""
