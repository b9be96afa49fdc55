"""What a bad model passes to a tool, against what was said: only what follows from the conversation is executed."""
