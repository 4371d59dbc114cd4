"""The sentences of claim 2's page: whole ones, chosen by what the settings mean and by what was measured."""
