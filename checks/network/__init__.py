"""Names, addresses and TCP connections: checks of group ``network``, in display order."""

from checks.network import (
    accept_then_close,
    dns_changed,
    dns_multiple_addresses,
    dns_nxdomain,
    idle_timeout,
    ip_es_io,
    ip_filter_denies,
    ipv6_only,
    latency,
    lb_layer7,
    lb_proxy_protocol,
    not_elasticsearch,
    partial_client_nodes,
    private_address,
    service_mesh,
    sniff_publish_unreachable,
    tcp_refused,
    tcp_timeout,
)
from diag.check import Check

CHECKS: tuple[Check, ...] = (
    dns_nxdomain.dns_nxdomain,
    dns_multiple_addresses.dns_multiple_addresses,
    private_address.private_address,
    tcp_refused.tcp_refused,
    tcp_timeout.tcp_timeout,
    accept_then_close.accept_then_close,
    lb_proxy_protocol.lb_proxy_protocol,
    latency.latency,
    lb_layer7.lb_layer7,
    service_mesh.service_mesh,
    not_elasticsearch.not_elasticsearch,
    sniff_publish_unreachable.sniff_publish_unreachable,
    dns_changed.dns_changed,
    partial_client_nodes.partial_client_nodes,
    idle_timeout.idle_timeout,
    ip_es_io.ip_es_io,
    ipv6_only.ipv6_only,
    ip_filter_denies.ip_filter_denies,
)
