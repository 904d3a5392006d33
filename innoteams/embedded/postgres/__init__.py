"""Django's database engine `innoteams.embedded.postgres`: PostgreSQL that is there when it is asked for."""
