"""Coaching: a team and its coaches, their sessions, what they promise each other, what they note and reflect on."""
