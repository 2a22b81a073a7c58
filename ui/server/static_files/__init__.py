"""The files of the page as they travel: fonts cut, scripts compressed in advance."""
