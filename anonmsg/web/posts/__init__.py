"""The forms that are posted natively, without a script."""
