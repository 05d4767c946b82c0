"""The page that asks for a password reset link."""
