"""What the use cases need from the outside, one file per need. Adapters in `storage`, `embedding` and `documents`."""
