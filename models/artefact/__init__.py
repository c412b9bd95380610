"""A model as a folder of plain files, whose digests are checked before anything parses them."""
