"""Signatures of receipts: Ed25519, with the private key in the state folder."""

from trailbook.adapters.signing.ed25519 import Ed25519Signer, Ed25519Verifier, open_signer, public_keys_in

__all__ = ["Ed25519Signer", "Ed25519Verifier", "open_signer", "public_keys_in"]
