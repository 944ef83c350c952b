"""Asking platforms that run clusters. A platform of another kind is a module here that gives nouns of ``diag/evidence/platforms/``."""
