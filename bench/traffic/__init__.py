"""Packets for measurements, made the same each time."""
