"""What owners are told outside of the site."""
