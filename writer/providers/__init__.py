"""Models of all kinds behind one seam: adapters to services, wrappers, and the registry that puts both together."""
