"""The page that a report is shown as, and its plots."""
