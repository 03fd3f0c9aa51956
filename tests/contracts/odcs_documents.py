"""Documents in ODCS about the museum, and ways to bend them."""

from __future__ import annotations

from typing import Any, Final

import yaml

from contracts.dialects import odcs
from contracts.documents import Document, scan_document
from contracts.model import Column, Contract

LOANS: Final = """\
# Works that are lent to other houses.
apiVersion: v3.1.0
kind: DataContract
id: 6f0c9a52-loans
name: loans
domain: met-museum-data
dataProduct: collection
version: 1.2.0
status: active
tenant: museum
description:
  purpose: Which work is where, and until when.
  usage: Join on object_id.
  limitations: null
tags: [loans]
authoritativeDefinitions:
  - url: https://museum.example/loans
    type: businessDefinition
servers:
  - server: collection
    type: postgres
    environment: prod
    host: db.museum.example
    port: 5432
    database: museum
    schema: public
schema:
  - id: loans_tbl
    name: loans
    physicalName: art.loan
    physicalType: table
    businessName: Loans
    description: One row a loan of a work.
    dataGranularityDescription: One row per work and borrower.
    properties:
      - name: object_id
        description: The work.
        primaryKey: true
        primaryKeyPosition: 2
        required: true
        logicalType: integer
        physicalType: int4
        relationships:
          - to: works.object_id
            customProperties:
              - property: onDelete
                value: CASCADE
              - property: cardinality
                value: many-to-one
      - name: borrower
        physicalName: borrower_code
        primaryKey: true
        primaryKeyPosition: 1
        logicalType: string
        physicalType: varchar(20)
        classification: confidential
        partitioned: true
        partitionKeyPosition: 1
        quality:
          - metric: invalidValues
            mustBeLessThan: 5
            unit: percent
            severity: warning
            arguments:
              pattern: ^[A-Z]+$
      - name: returned
        required: false
        logicalType: timestamp
        physicalType: timestamptz
        logicalTypeOptions:
          defaultTimezone: America/New_York
          timezone: true
        examples: ["2026-01-31T10:00:00Z", null]
        customProperties:
          - property: nullReasons
            value:
              - code: out
                meaning: The work has not come back yet.
          - property: anonymizationStrategy
            value: none
            description: Nothing to hide.
    quality:
      - type: library
        metric: duplicateValues
        mustBe: 0
        arguments:
          properties: [object_id, borrower]
      - type: sql
        query: select count(*) from art.loan where returned > now()
        mustBe: 0
        scheduler: cron
        schedule: 0 6 * * *
    customProperties:
      - property: filter
        value: only loans that were signed
  - name: works
    properties:
      - name: object_id
        logicalType: integer
price:
  priceAmount: 0
  priceCurrency: USD
team:
  name: registry
  members:
    - username: registrar@museum.org
      name: Registry
      role: owner
    - username: dba@museum.org
      role: Technical Owner
      dateIn: "2026-01-01"
    - username: before@museum.org
      role: business owner
      dateOut: "2025-12-31"
roles:
  - role: loan_reader
    access: read
    firstLevelApprovers: Registrar
slaProperties:
  - property: freshness
    value: 4
    unit: h
    element: loans.returned
support:
  - channel: "#loans"
    tool: slack
    scope: announcements
customProperties:
  - property: strict
    value: true
  - property: notice
    value:
      channel: "#loans"
      leadDays: 90
  - property: refRulesetName
    value: museum.rules
contractCreatedTs: "2026-01-01T00:00:00Z"
"""

PLAIN: Final = """\
apiVersion: v3.1.0
kind: DataContract
id: museum-work
name: work
domain: met-museum-data
version: 1.0.0
status: active
schema:
  - name: object
    properties:
      - name: it
"""


def document(text: str, file: str = "contract.odcs.yaml") -> Document:
    """A text as a document."""
    return scan_document(file, text.encode())


def value_of(text: str) -> Any:
    """The plain value of a text."""
    return document(text).value


def read(text: str) -> Contract:
    """The contract that a text states."""
    return odcs.read(document(text))


def bent(text: str = PLAIN, **changes: Any) -> str:
    """A document with other values at paths such as ``schema__0__name``; ``...`` deletes."""
    value = value_of(text)
    for path, new in changes.items():
        *above, last = (int(step) if step.isdigit() else step for step in path.split("__"))
        part = value
        for step in above:
            part = part[step]
        if new is ...:
            del part[last]
        else:
            part[last] = new
    return str(yaml.safe_dump(value, sort_keys=False))


def with_column(stated: dict[str, Any], **changes: Any) -> str:
    """The plain document with these keys on its one column."""
    return bent(**changes, schema__0__properties__0={"name": "it", **stated})


def read_column(stated: dict[str, Any], **changes: Any) -> Column:
    """The one column of the plain document with these keys."""
    (column,) = read(with_column(stated, **changes)).tables[0].columns
    return column
