"""Everything that depends on Reflex's internals: the guard, pushes and prerendering."""
