"""Figures that the documentation states, printed by the commands that measure them: `python -m benchmarks [NAME]…`."""
