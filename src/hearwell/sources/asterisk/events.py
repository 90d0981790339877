"""The events of a queue_log and what each is to us."""

ENTER = "ENTERQUEUE"
CONNECT = "CONNECT"
COMPLETES = ("COMPLETECALLER", "COMPLETEAGENT")
TRANSFERS = (
    "TRANSFER",  # up to version 11
    "BLINDTRANSFER",  # from 12
    "ATTENDEDTRANSFER",
)
TALK_ENDS = (*COMPLETES, *TRANSFERS)
WAIT_ENDS = (
    "ABANDON",
    "EXITWITHTIMEOUT",
    "EXITWITHKEY",
    "EXITEMPTY",
    "WITHDRAW",
    "SYSCOMPAT",  # caller and agent had no codec in common
)
ENDS = (*TALK_ENDS, *WAIT_ENDS)
RINGS = ("RINGNOANSWER", "RINGCANCELED")
ARRIVES = ("ADDMEMBER", "AGENTLOGIN", "AGENTCALLBACKLOGIN")
LEAVES = ("REMOVEMEMBER", "AGENTLOGOFF", "AGENTCALLBACKLOGOFF")
PAUSES = ("PAUSE", "UNPAUSE")
PAUSES_ALL = ("PAUSEALL", "UNPAUSEALL")
RESTART = "QUEUESTART"
HOUSEKEEPING = ("AGENTDUMP", "CONFIGRELOAD", "OUTCALL", "PENALTY", "RINGINUSE")

NATIVE = (
    ENTER,
    CONNECT,
    *ENDS,
    *RINGS,
    *ARRIVES,
    *LEAVES,
    *PAUSES,
    *PAUSES_ALL,
    RESTART,
    *HOUSEKEEPING,
)
"""Everything that Asterisk 1.4 to 22 writes of itself. Any other event is a convention."""

USE_INTERFACES = (*ARRIVES, *LEAVES, "PENALTY", "RINGINUSE")
"""Events whose agent is the interface (`PJSIP/agent4`), where others have the member name."""
