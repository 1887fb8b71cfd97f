"""Programs that are trained, and what counts their answers; copied to where they are."""
