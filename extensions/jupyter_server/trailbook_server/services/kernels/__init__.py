"""One kernel for each lesson: started, run, watched and ended."""
