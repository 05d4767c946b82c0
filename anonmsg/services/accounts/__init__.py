"""Accounts: from sign-up to deletion."""
