"""The rehearsal provider: no key, no network, the same bytes for the same request, everything marked DRAFT."""
