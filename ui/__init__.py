"""What people touch: pages that choose, ask and show."""
