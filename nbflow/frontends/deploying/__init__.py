"""What the doors of deployments share: the template of an account."""
