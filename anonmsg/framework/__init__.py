"""Everything that leans on Reflex's insides: the guard, the pushes and the prerendering."""
