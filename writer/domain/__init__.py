"""Plain values and rules. Imports the standard library only; every other layer may import this one."""
