"""The typed, bitemporal tables: their contract, and the way from raw columns to rows used or quarantined."""
