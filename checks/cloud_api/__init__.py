"""What is sent to Elastic Cloud, and what Terraform makes of it: checks of group ``cloud-api``, in display order."""

MODULES = (
    "empty_array",
    "put_replaces",
    "placeholder",
    "payload_fields",
    "deployment_id",
    "ref_id",
    "with_key_model",
    "endpoint_differs",
    "deployment_stopped",
    "ece_system_deployment",
    "cross_org",
    "get_partial",
    "deployment_not_found",
    "auth",
    "filter_rule",
    "terraform_empty_alias",
    "terraform_list",
    "terraform_trust",
    "deprecated",
)
