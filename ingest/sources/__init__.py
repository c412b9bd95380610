"""Published registers and exports that can be imported: one module each, which declares its `Source`."""
