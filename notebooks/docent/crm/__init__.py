"""The CRM of the company that sells the museum guide: its job, its scores, and its incident."""
