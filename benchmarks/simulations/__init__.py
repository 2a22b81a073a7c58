"""Simulations of the method: does an interval hold what it promises, what does chance give, are effects recovered."""
