"""Drawing: what is said on the telephone, as the provider's markup."""
