"""The site: settings, entry points and the top of the URL tree."""
