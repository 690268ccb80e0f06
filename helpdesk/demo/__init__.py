"""A fictional company to look around in: Kestrel rents and repairs coffee machines."""
