"""Passwords, codes, tokens and seals: pure, without a database."""
