"""Contracts as they are printed by those who describe these ways of writing, facts only.

Each is the text of a file; what stood there as prose is left out.
"""

from __future__ import annotations

from typing import Final

LEADS: Final = """\
contract: salesforce_lead_v2
producer: product-signup-service
consumer: rev-ops-reverse-etl
fields:
  - email: string, not_null, unique
  - signup_source: enum(web, mobile, api, partner)
  - created_at: timestamp_utc
sla:
  freshness: "< 5 minutes"
  completeness: ">= 99.5% on email"
versioning: semver; breaking changes require 30-day notice
owner: "[email protected]"
"""
"""The contract of the leads, indented and quoted."""

LEADS_AS_PRINTED: Final = """\
contract: salesforce_lead_v2
producer: product-signup-service
consumer: rev-ops-reverse-etl
fields:
- email: string, not_null, unique
- signup_source: enum(web, mobile, api, partner)
- created_at: timestamp_utc
sla:
freshness: < 5 minutes
completeness: >= 99.5% on email
versioning: semver; breaking changes require 30-day notice
owner: [email protected]
"""

CASES: Final = """\
contract_name: reporting.case_summary
version: 1
owner_team: enforcement-platform
technical_owner: database-platform
business_owner: case-operations
status: active
purpose: operational case lifecycle dashboard
source_of_truth:
  database: enforcement_oltp
  source_tables:
    - case_file
    - case_assignment_history
consumers:
  - compliance-dashboard
  - nightly-regulator-export
shape:
  fields:
    case_id:
      type: uuid
      required: true
      meaning: Stable internal case identifier.
    current_status:
      type: string
      required: true
      allowed_values:
        - DRAFT
        - OPEN
        - UNDER_REVIEW
        - ESCALATED
        - CLOSED
    closed_at:
      type: timestamp
      required: false
freshness:
  mode: materialized projection
  expected_lag: under 5 minutes
  maximum_lag_before_alert: 15 minutes
consistency:
  row_level: transactionally derived from committed source rows
lifecycle:
  deletion: soft-deleted cases excluded
  correction: corrected rows overwrite current view
compatibility:
  additive_fields: allowed
  field_removal: requires v2
  status_value_addition: requires consumer notice
  deprecation_window: 90 days
"""
"""The fuller template."""

CASES_IN_LINES: Final = """\
contract: reporting.case_summary.v1
owner: enforcement-platform
shape:
  case_id: uuid required
  tenant_id: uuid required
  case_number: string required
  current_status: string required
  assigned_team_code: string nullable
  opened_at: timestamp required
  closed_at: timestamp nullable
semantics:
  current_status:
    description: Latest operational lifecycle state of the case.
    allowed_values:
      - DRAFT
      - OPEN
      - UNDER_REVIEW
      - ESCALATED
      - CLOSED
    warning: Do not infer legal finality from CLOSED.
consistency:
  source: primary OLTP database
  read_consistency: transactionally consistent within each row
  max_staleness: 5 minutes
lifecycle:
  creation: case appears after case_file transaction commits
  deletion: rows are not physically deleted before retention expiry
compatibility:
  additive_fields: allowed
  nullable_to_required: breaking unless staged
  deprecation_notice: 90 days
"""

CASES_IN_SHORT: Final = """\
contract: reporting.case_summary.v1
fields:
  case_id: uuid
  status: string
  closed_at: timestamp nullable
"""

CONSUMERS_OF_CASES: Final = """\
contract: reporting.case_summary.v1
owner: enforcement-platform
consumers:
  - name: compliance-dashboard
    team: analytics
    mode: dashboard
    freshness_requirement: 15 minutes
    migration_contact: analytics-oncall
  - name: search-indexer
    team: platform-search
    mode: async-projection
    freshness_requirement: 5 minutes
    migration_contact: search-oncall
"""

LOANS: Final = """\
contract: loans
table: art.loan
version: 1
fields:
  loan_id: integer, primary_key
  status:
    type: text
    allowed_values: [ON_LOAN, RETURNED]
    terminal_values: [RETURNED]
    transient_states: [ON_LOAN]
    external_terms: {RETURNED: back}
    transition_history: art.loan_history
    unknown_status_policy: {dashboards: show it, exports: {first: hold, then: ask}}
  returned_at:
    type: timestamp
    source: art.loan_history.seen_at
    correction_policy: a new row in the history
    warning: Not when the lender was told.
time:
  returned_at: {meaning: back in its place}
  others: UTC
lifecycle: {creation: on signing, update: by the history, deletion: soft, correction: overwritten}
deletion: {operational_table: soft, reporting_view: left out, legal_hold: true, retention: 10 years}
backfill: [{what: returned_at, why: kept on paper, source: the loan books, events: false}]
consistency: {source: the primary, row_level: whole, cross_row: none, max_staleness: 5 minutes}
invariants: [loan_id > 0, {rule: fee >= 0, meaning: nobody is paid, correction: ask the desk}]
cdc: {publication: museum_changes, key: [loan_id], consumer_idempotency_required: true}
"""
"""The sections about meaning, part by part."""

ONE_PAGERS: Final = {
    "loans": LOANS,
    "leads": LEADS,
    "cases": CASES,
    "cases in lines": CASES_IN_LINES,
    "cases in short": CASES_IN_SHORT,
    "consumers of cases": CONSUMERS_OF_CASES,
}

CUSTOMERS: Final = """\
version: 1.2.0
models:
  customers:
    elements:
      email:
        type: string
        required: true
      nickname:
        type: string
        required: false
"""

CUSTOMERS_DEPRECATED: Final = """\
apiVersion: v3.0.2
kind: DataContract
name: customers-v1
version: 1.5.0
status: deprecated
deprecation:
  announced: "2026-01-03"
  sunset_date: "2026-02-03"
  replacement: customers-v2
  migration_guide: https://wiki.example.com/migrate-customers-v2
  reason: "Replacing with unified customer model"
"""

CUSTOMERS_RETIRING: Final = """\
apiVersion: v3.0.2
kind: DataContract
name: customers-v1
version: 1.5.0
status: deprecated
deprecation:
  replacement: customers-v2
  migration_guide: https://wiki.example.com/migrate-v2
"""

ORDERS: Final = """\
dataContractSpecification: 1.2.0
id: urn:datacontract:checkout:orders-latest
info:
  title: Orders Latest
  version: 2.0.0
  description: Successful customer orders in the webshop.
  owner: Checkout Team
  contact:
    name: John Doe (Data Product Owner)
    url: https://teams.microsoft.com/l/channel/example/checkout
servers:
  production:
    type: postgres
    environment: prod
    host: localhost
    port: 5432
    database: shop
    schema: checkout
    roles:
      - name: analyst_us
        description: Access to the data for US region
terms:
  usage: Data can be used for reports.
  limitations: Not suitable for real-time use cases.
  policies:
    - name: privacy-policy
      url: https://example.com/privacy-policy
  billing: 5000 USD per month
  noticePeriod: P3M
models:
  orders:
    description: One record per order.
    type: table
    fields:
      order_id:
        $ref: '#/definitions/order_id'
        required: true
        unique: true
        primaryKey: true
      order_timestamp:
        type: timestamp
        required: true
        examples:
          - "2024-09-09T08:30:00Z"
        tags: ["business-timestamp"]
      order_total:
        type: long
        required: true
        quality:
          - type: sql
            description: 95% of all order totals
            query: |
              SELECT quantile_cont(order_total, 0.95) AS percentile_95
              FROM orders
            mustBeBetween: [1000, 49900]
      customer_id:
        type: text
        minLength: 10
        maxLength: 20
      customer_email_address:
        type: text
        format: email
        required: true
        pii: true
        classification: sensitive
        lineage:
          inputFields:
            - namespace: com.example.service.checkout
              name: checkout_db.orders
              field: email_address
      processed_timestamp:
        type: timestamp
        required: true
        config:
          jsonType: string
    quality:
      - type: sql
        description: Row Count
        query: |
          SELECT count(*) as row_count
          FROM orders
        mustBeGreaterThan: 5
    examples:
      - |
        order_id,order_timestamp,order_total
        "1001","2030-09-09T08:30:00Z",2500
  line_items:
    description: A single article that is part of an order.
    type: table
    fields:
      line_item_id:
        type: text
        required: true
      order_id:
        $ref: '#/definitions/order_id'
        references: orders.order_id
      sku:
        description: The purchased article number
        $ref: '#/definitions/sku'
    primaryKey: ["order_id", "line_item_id"]
definitions:
  order_id:
    title: Order ID
    type: text
    format: uuid
    description: An internal ID that identifies an order in the online shop.
    examples:
      - 243c25e5-a081-43a9-aeab-6d5d5b6cb5e2
    pii: true
    classification: restricted
  sku:
    title: Stock Keeping Unit
    type: text
    pattern: ^[A-Za-z0-9]{8,14}$
    links:
      wikipedia: https://en.wikipedia.org/wiki/Stock_keeping_unit
servicelevels:
  availability:
    description: The server is available during support hours
    percentage: 99.9%
  retention:
    period: P1Y
    unlimited: false
  latency:
    threshold: 25h
    sourceTimestampField: orders.order_timestamp
    processedTimestampField: orders.processed_timestamp
  freshness:
    description: The age of the youngest row in a table.
    threshold: 25h
    timestampField: orders.order_timestamp
  frequency:
    type: batch
    interval: daily
    cron: 0 0 * * *
  support:
    time: 9am to 5pm in EST on business days
    responseTime: 1h
tags:
  - checkout
links:
  datacontractCli: https://cli.datacontract.com
"""

MODELS: Final = {
    "customers": CUSTOMERS,
    "deprecated customers": CUSTOMERS_DEPRECATED,
    "retiring customers": CUSTOMERS_RETIRING,
    "orders": ORDERS,
}

BIRDS: Final = """\
dataset: ebird.fct_daily_bird_observations
columns:
  - name: observation_date
    data_type: date
  - name: species_code
    data_type: text
    checks:
      - missing:
          must_be: 0
checks:
  - row_count:
      must_be_greater_than: 0
"""

SODA: Final = {"birds": BIRDS}

DBT_MODELS: Final = """\
version: 2
models:
  - name: dim_customers
    description: Customers.
    access: public
    latest_version: 2
    versions:
      - v: 1
      - v: 2
    config:
      materialized: incremental
      schema: marts
      contract:
        enforced: true
      tags: [crm]
      meta:
        owner: Registrar <registrar@museum.org>
        tier: gold
    constraints:
      - type: primary_key
        columns: [customer_id]
      - type: foreign_key
        columns: [region]
        to: ref('regions')
        to_columns: [id]
      - type: check
        name: positive
        columns: [customer_id]
        expression: customer_id > 0
    columns:
      - name: customer_id
        data_type: int
        description: The key.
        constraints:
          - type: not_null
          - type: unique
        data_tests:
          - unique
          - not_null:
              config:
                severity: warn
                where: "region > 0"
      - name: region
        data_type: bigint
        data_tests:
          - relationships:
              arguments:
                to: ref('regions')
                field: id
      - name: status
        data_type: string
        tests:
          - accepted_values:
              values: ['placed', 'shipped']
              quote: false
          - dbt_expectations.expect_column_values_to_match_regex:
              regex: "^[a-z]+$"
        meta: {contains_pii: true}
        tags: status
    data_tests:
      - dbt_utils.unique_combination_of_columns:
          arguments:
            combination_of_columns: [region, status]
  - name: orders
    columns:
      - name: id
        data_type: uuid
        constraints:
          - type: primary_key
"""

DBT: Final = {"models": DBT_MODELS}
