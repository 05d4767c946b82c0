"""The section of the settings page that deletes the account."""
