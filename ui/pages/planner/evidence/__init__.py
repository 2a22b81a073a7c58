"""What shows planners how far the figures carry: weights, and what they do not say."""
