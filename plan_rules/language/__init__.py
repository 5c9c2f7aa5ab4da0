"""The language of plan files: text -> Plan, or every Diagnostic at once."""
