"""Plain records of the store.

None has a field for a resident's name, e-mail address, network address or home.
"""
