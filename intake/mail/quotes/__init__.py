"""Which part of a mail is new: what its author wrote now, without quotes and signatures."""
