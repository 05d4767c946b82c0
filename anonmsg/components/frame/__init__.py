"""What stands around every page: header, footer, notices and the connection bar."""
