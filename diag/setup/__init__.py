"""The documents of a new connection between two clusters, written right from a few answers. Pure: nothing is asked, read or changed."""

from diag.setup.answers import Answers, Question, missing, to_connection
from diag.setup.checklist import documents, one_page
from diag.setup.connection import Cluster, ClusterNode, Connection
from diag.setup.declared import declaration
from diag.setup.problems import problems
from diag.setup.steps import Document

__all__ = [
    "Answers",
    "Cluster",
    "ClusterNode",
    "Connection",
    "Document",
    "Question",
    "declaration",
    "documents",
    "missing",
    "one_page",
    "problems",
    "to_connection",
]
