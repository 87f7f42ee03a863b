"""Bytes at a key. What the bytes mean is the store's affair."""
