"""Sessions: signing in, staying signed in and signing out."""
