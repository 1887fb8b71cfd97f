"""The tuner of `search` beside samplers that are asked directly."""
