"""The gateway: a process that stands for somebody outside, a provider of mail or payments, with a ledger of its own."""
