"""Who reads tables under contract, as far as it can be seen: in the database, in logs, in code.

``statements`` reads one statement, ``logs`` and ``extracting`` find statements in files,
``sources`` is what the database knows, ``readers`` puts all of it beside the registry.
"""
