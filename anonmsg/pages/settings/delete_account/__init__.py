"""The section of the settings that deletes the account."""
