"""How emails are worded, laid out and sent."""
