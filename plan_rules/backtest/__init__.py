"""What a past archive would have got under a plan, and under an old and a new one: counted, not guessed."""
