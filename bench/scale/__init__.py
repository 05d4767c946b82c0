"""What PostgreSQL, Redis and more workers cost, and what they bring."""
