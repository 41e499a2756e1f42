"""Fuzzing: every parser is fed what nobody would write, and either reads it or refuses it in our own words, in bounds."""
