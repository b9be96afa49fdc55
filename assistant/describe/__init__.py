"""Product titles and descriptions in the brand voice, drafted for a person to approve; the catalogue is never written."""
