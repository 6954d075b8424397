"""Whether each sentence of a draft is borne out by the passages it cites. Nothing here asks a model to write."""
