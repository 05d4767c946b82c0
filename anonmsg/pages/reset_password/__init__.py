"""The page that a password reset link opens."""
