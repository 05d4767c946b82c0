"""The section of the settings page for two-factor sign-in."""
