"""Writing plan files: starting one, editing one, putting one in order."""
