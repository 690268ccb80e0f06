"""Reading of mail: bytes in, plain records out. Neither Django nor a database is known here."""
