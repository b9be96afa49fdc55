"""Attacks on the assistant: scripted cases, the worst model there can be, and what would be harm."""
