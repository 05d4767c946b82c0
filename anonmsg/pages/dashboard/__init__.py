"""The owner's page: their link, their switch and their messages."""
