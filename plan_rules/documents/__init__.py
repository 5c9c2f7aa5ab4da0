"""Plans and decisions as documents that people carry with them."""
