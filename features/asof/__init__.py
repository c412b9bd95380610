"""What was known on a day: snapshots, events and cohorts."""
