"""Models in this process: one runtime holds them, one thread for each writes all its replies side by side.

`runtime.py` is where to start; `engine.py` is a model's thread, `batch.py` the rows that one forward pass serves.
`batch`, `cache`, `loading`, `quantised` and `sampling` import torch: only the engine imports them, in its thread.
"""
