"""`make package`: what is deployed, built from a clean copy of the source and checked before anybody sees it."""
