"""What happens on the course service, told to the page, and the other way round."""
