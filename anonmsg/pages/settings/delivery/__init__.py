"""The section of the settings page about when messages come, and how long they stay."""
