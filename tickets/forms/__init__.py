"""What the desk's screens ask for: shape only, the verbs check the rules."""
