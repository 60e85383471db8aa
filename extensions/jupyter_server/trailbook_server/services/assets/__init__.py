"""Scripts and styles: ours, and Voilà's for widgets."""
