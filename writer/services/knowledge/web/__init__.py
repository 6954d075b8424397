"""Documents from the web: addresses, manners towards their servers, sitemaps, and the import itself."""
