"""The two pages that a mailed link about an email address opens."""
