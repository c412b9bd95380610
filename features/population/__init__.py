"""What is learned from the training population, as running counts by month of knowledge."""
