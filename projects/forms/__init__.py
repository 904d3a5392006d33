"""Clean input for the verbs. Forms here know nothing about rights, and write nothing."""
