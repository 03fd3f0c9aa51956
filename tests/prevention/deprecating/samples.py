"""Two contracts of which one replaces the other, and who reads the first."""

from __future__ import annotations

from pathlib import Path
from typing import Final

ONE: Final = """\
# The customers, as the shop knows them.
apiVersion: v3.0.2
kind: DataContract
name: customers-v1
version: 1.5.0   # semver
status: active
owner: Shop <shop@example.com>
models:
  customers_v1:
    elements:
      customer_id: {type: string, required: true, primaryKey: true}
      email: {type: string, required: true}
      phone: {type: string}
      updated_at: {type: timestamp}
      legacy: {type: string}
      age: {type: int, required: true}
"""
TWO: Final = """\
name: customers-v2
version: 2.0.0
status: active
models:
  customers_v2:
    elements:
      customer_id: {type: string, required: true, primaryKey: true}
      primary_email: {type: string, required: true}
      phone_country: {type: string}
      phone_number: {type: string}
      updated_at: {type: timestamp, required: true}
      age: {type: bigint, required: true}
      nickname: {type: string}
"""
READERS: Final = """\
consumers:
  - name: crm-export
    team: Sales
    mode: batch-export
    migration_contact: crm@example.com
    subscriptions:
      - contract: customers-v1
        version: 1.5.0
        since: 2025-02-03
        table: customers_v1
        columns: [customer_id, email, phone]
  - name: counter
    team: Operations
    mode: dashboard
    migration_contact: ops@example.com
    tolerances: {wider_types: true}
    subscriptions:
      - contract: customers-v1
        version: 1.5.0
        table: customers_v1
        columns: [customer_id]
  - name: stranger
    team: Elsewhere
    mode: dashboard
    migration_contact: elsewhere@example.com
    subscriptions:
      - table: orders
        columns: [email]
"""


def project(folder: Path, **documents: str) -> Path:
    """A project with these two contracts and their readers, and with other documents."""
    contracts = folder / "contracts"
    contracts.mkdir()
    (folder / "pyproject.toml").write_text("[tool.docent]\n")
    texts = {"v1": ONE, "v2": TWO, "consumers": READERS, **documents}
    for name, text in texts.items():
        (contracts / f"{name}.yaml").write_bytes(text.encode())
    return folder
