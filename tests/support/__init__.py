"""What tests share: small builders of notebooks, courses and contexts, and a throw-away PostgreSQL."""
