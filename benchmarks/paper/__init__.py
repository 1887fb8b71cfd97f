"""The experiments of "Trace is the Next AutoDiff" (arXiv 2406.16218), with every baseline beside."""
