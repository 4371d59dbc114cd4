"""What the article tells from more runs than a page trains: each study makes a small file that ships, and reads it.

`make` trains and writes, `results` reads; python -m engine.studies.NAME makes the results again.
"""
