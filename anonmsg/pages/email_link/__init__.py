"""The two pages that links in emails about an address change open."""
