"""What is said about ZooKeeper."""

from __future__ import annotations

from backend.model.sentence import Code


class ZooKeeperCode(Code):
    """About ZooKeeper and calls to it."""

    LEADS = "zookeeper.leads"
    LEADS_NOW = "zookeeper.leads_now"
    LEADS_AGAIN = "zookeeper.leads_again"
    MISSING = "zookeeper.missing"
    NOT_RUNNING = "zookeeper.not_running"
    NO_ANSWER = "zookeeper.no_answer"
    NO_SRVR = "zookeeper.no_srvr"
    BAD_HOSTS = "zookeeper.bad_hosts"
    SESSION_NOT_ENDED = "zookeeper.session_not_ended"
    AWAY = "zookeeper.away"
