"""What must be plain HTTP: cookies, prerendered pages, and forms without scripts."""
