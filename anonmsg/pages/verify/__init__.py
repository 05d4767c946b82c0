"""The page that takes the verification code."""
