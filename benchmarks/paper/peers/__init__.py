"""Packages beside which rows stand, run by interpreters of their own: none is a part of this project."""
