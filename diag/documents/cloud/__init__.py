"""The documents of Elastic Cloud: bodies and answers of its API, and what Terraform makes of them."""
