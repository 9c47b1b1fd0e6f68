"""The pages, and what keeps them true: transcripts, picture and reference are made by the product itself."""
