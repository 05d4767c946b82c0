"""The notice on the dashboard about messages that are held because too many came at once."""
