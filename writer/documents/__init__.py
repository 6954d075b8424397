"""Reads files into text with structure. Files are hostile: they are read in a child process with limits."""
