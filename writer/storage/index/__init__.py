"""Derived indexes: all of them follow the source store's feed of changes, and any of them can be thrown away."""
