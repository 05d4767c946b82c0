"""The page that asks whether an account is to be deleted as planned."""
