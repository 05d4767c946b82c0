"""The section of the settings about two-factor sign-in."""
