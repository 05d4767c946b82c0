"""The dashboard: the owner's link, inbox switch and messages."""
