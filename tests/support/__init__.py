"""Doubles that several test folders, benchmarks and kill tests share."""
