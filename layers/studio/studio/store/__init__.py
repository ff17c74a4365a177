"""Where things are kept. Every store is opened for one owner; no method takes a raw key."""
