"""What asking models costs: tokens, prompts, overhead, start-up."""
