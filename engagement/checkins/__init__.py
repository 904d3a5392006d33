"""Check-ins: opened once a period has ended, drafted from what was logged, sent, and always answered."""
