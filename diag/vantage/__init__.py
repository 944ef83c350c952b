"""Rounds at other vantage points: who is asked to look, what travels, and what becomes of it.

The only package that uses ``distributed``, an extra: ``dask_settings``, ``embedded_scheduler`` and what runs on workers need it, the others do not.
"""
