"""The ways mail leaves by: a folder, a service and a mail server."""
