"""The section about emails on new messages."""
