"""Writer: from a brief to a finished, kept article. `bootstrap.build(settings)` puts it together."""
