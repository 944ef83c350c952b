"""The transport protocol of Elasticsearch as bytes: taken apart and put together, without sockets, for 6.8 to 9.x.

Every length is checked before anything is allocated, every depth and count is bounded, and whatever is wrong with bytes is a WireError.
"""

from diag.wire.error_frames import ACTION_NOT_FOUND as ACTION_NOT_FOUND
from diag.wire.error_frames import ELASTICSEARCH as ELASTICSEARCH
from diag.wire.error_frames import ILLEGAL_ARGUMENT as ILLEGAL_ARGUMENT
from diag.wire.error_frames import REMOTE_TRANSPORT as REMOTE_TRANSPORT
from diag.wire.error_frames import SECURITY as SECURITY
from diag.wire.error_frames import RemoteError as RemoteError
from diag.wire.error_frames import error_response as error_response
from diag.wire.error_frames import read_error as read_error
from diag.wire.faults import Malformed as Malformed
from diag.wire.faults import NotTransport as NotTransport
from diag.wire.faults import TooLarge as TooLarge
from diag.wire.faults import Truncated as Truncated
from diag.wire.faults import WireError as WireError
from diag.wire.frames import MARKER as MARKER
from diag.wire.frames import MAX_FRAME_LENGTH as MAX_FRAME_LENGTH
from diag.wire.frames import PING as PING
from diag.wire.frames import Frame as Frame
from diag.wire.frames import FrameReader as FrameReader
from diag.wire.frames import decode_frame as decode_frame
from diag.wire.frames import encode_frame as encode_frame
from diag.wire.handshake import ANY_VERSION as ANY_VERSION
from diag.wire.handshake import HANDSHAKE as HANDSHAKE
from diag.wire.handshake import HANDSHAKE_VERSIONS as HANDSHAKE_VERSIONS
from diag.wire.handshake import WITH_RELEASE as WITH_RELEASE
from diag.wire.handshake import Handshake as Handshake
from diag.wire.handshake import HandshakeRequest as HandshakeRequest
from diag.wire.handshake import handshake_request as handshake_request
from diag.wire.handshake import handshake_response as handshake_response
from diag.wire.handshake import read_handshake_request as read_handshake_request
from diag.wire.handshake import read_handshake_response as read_handshake_response
from diag.wire.interface import judge_interface as judge_interface
from diag.wire.key_verdict import KeyJudgement as KeyJudgement
from diag.wire.key_verdict import is_final as is_final
from diag.wire.key_verdict import judge_key as judge_key
from diag.wire.node_handshake import CREDENTIALS as CREDENTIALS
from diag.wire.node_handshake import NODE_HANDSHAKE as NODE_HANDSHAKE
from diag.wire.node_handshake import REMOTE_CLUSTER_HANDSHAKE as REMOTE_CLUSTER_HANDSHAKE
from diag.wire.node_handshake import SUBJECT_INFO as SUBJECT_INFO
from diag.wire.node_handshake import NodeAnswer as NodeAnswer
from diag.wire.node_handshake import credentials_headers as credentials_headers
from diag.wire.node_handshake import node_request as node_request
from diag.wire.node_handshake import node_response as node_response
from diag.wire.node_handshake import node_version_for as node_version_for
from diag.wire.node_handshake import read_node_response as read_node_response
from diag.wire.versions import TABLE as TABLE
from diag.wire.versions import release_of as release_of
from diag.wire.versions import transport_version_of as transport_version_of
