"""Filled in with the pages of people and places."""
