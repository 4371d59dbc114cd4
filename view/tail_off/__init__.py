"""The sentences of claim 3's page: whole ones, chosen by what the settings mean and by what was measured."""
