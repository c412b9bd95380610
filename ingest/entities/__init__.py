"""What identifies a firm across sources: names, legal forms, registration ids and websites."""
