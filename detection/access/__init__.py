"""Who may read and write what: rights as the database has them, and as the contracts give them.

``reading`` reads them in one statement, ``reach`` follows memberships, ``wanted`` is what the
contracts give, ``difference`` the GRANTs and REVOKEs between the two, ``boundary`` and ``exposure``
what reads around a contract or sees more than it may.
"""
