"""Artifacts: values as bytes and back, each stored once under the digest of its content."""
