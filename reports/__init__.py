"""What people read: pages, figures and words made from scores, audits and manifests."""

from typing import TYPE_CHECKING

from littlegiants.ingest.lazy import loader

if TYPE_CHECKING:
    from littlegiants.reports.audit_report import write_audit_report
    from littlegiants.reports.portfolio_report import write_report
else:
    __getattr__ = loader(__name__, {"audit_report": "write_audit_report", "portfolio_report": "write_report"})

__all__ = ["write_audit_report", "write_report"]
