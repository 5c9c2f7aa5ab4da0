"""Who approved a plan: two named people sign its digest and what it changes; what is unsigned or altered is refused.

from plan_rules.governance import load_signed, load_trust

plan = load_signed("rules/plan.yaml", trust=load_trust("trust.yaml"), at="2027-01-04T09:00")

Files laid over a plan (`overlays=`) are signed and held to their signatures in the same way.
"""

from plan_rules.governance.keys import KeyFileRefused, fingerprint, new_key_file, public_text, read_key_file
from plan_rules.governance.revoking import RevocationRefused, with_revocation
from plan_rules.governance.sign_off import (
    History,
    Signature,
    SignOff,
    SignOffRefused,
    Statement,
    beside,
    history_of,
    load_history,
    read_history,
    written,
)
from plan_rules.governance.signable import sign_off_file
from plan_rules.governance.signed_plan import load_signed, signed_and_loaded
from plan_rules.governance.signing import Review, difference_digest, review, sign
from plan_rules.governance.standing import Standing, State, standings, verify
from plan_rules.governance.trust import Approver, Revocation, Trust, TrustInvalid, load_trust, read_trust

__all__ = [
    "Approver",
    "History",
    "KeyFileRefused",
    "Review",
    "Revocation",
    "RevocationRefused",
    "SignOff",
    "SignOffRefused",
    "Signature",
    "Standing",
    "State",
    "Statement",
    "Trust",
    "TrustInvalid",
    "beside",
    "difference_digest",
    "fingerprint",
    "history_of",
    "load_history",
    "load_signed",
    "load_trust",
    "new_key_file",
    "public_text",
    "read_history",
    "read_key_file",
    "read_trust",
    "review",
    "sign",
    "sign_off_file",
    "signed_and_loaded",
    "standings",
    "verify",
    "with_revocation",
    "written",
]
