"""What is sent to Elastic Cloud, and what Terraform makes of it: checks of group ``cloud-api``, in display order."""

from checks.cloud_api import (
    deployment_id,
    deprecated,
    empty_array,
    endpoint_differs,
    filter_rule,
    payload_fields,
    placeholder,
    put_replaces,
    ref_id,
    terraform_empty_alias,
    terraform_list,
    terraform_trust,
    with_key_model,
)
from diag.check import Check

CHECKS: tuple[Check, ...] = (
    empty_array.empty_array,
    put_replaces.put_replaces,
    placeholder.placeholder,
    payload_fields.payload_fields,
    deployment_id.deployment_id,
    ref_id.ref_id,
    with_key_model.with_key_model,
    endpoint_differs.endpoint_differs,
    filter_rule.filter_rule,
    terraform_empty_alias.terraform_empty_alias,
    terraform_list.terraform_list,
    terraform_trust.terraform_trust,
    deprecated.deprecated,
)
