"""Who gets what answer from which address: one module of lines for each app.

A new address without a line fails `tests/test_rights_matrix.py`.
"""
