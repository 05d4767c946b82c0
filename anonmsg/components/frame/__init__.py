"""The frame around every page: header, footer, notices and offline bar."""
