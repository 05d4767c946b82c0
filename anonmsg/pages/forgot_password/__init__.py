"""The page that requests a password reset link."""
