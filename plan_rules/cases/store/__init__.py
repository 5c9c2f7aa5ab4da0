"""Where cases are kept: SQLite or PostgreSQL, by the same statements."""
