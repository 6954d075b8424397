"""Turns text into vectors. Nothing here is imported before it is used, and the default model never loads torch."""
