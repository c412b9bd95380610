"""What is learned from the training population, as running counts by the month in which rows became known."""
