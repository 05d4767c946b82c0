"""The forms that browsers post natively, without scripts."""
