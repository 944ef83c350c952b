"""What a cluster tells over its API: one module for each thing, with its noun, the call that brings it, and its reader."""
