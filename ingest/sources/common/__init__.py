"""What importers are made of: reading files, recognising firms, dates and amounts, and writing the result."""
