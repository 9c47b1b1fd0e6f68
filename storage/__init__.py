"""Where the desk remembers: SQLAlchemy Core over SQLite or PostgreSQL."""
