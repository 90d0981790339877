"""How other systems call what our records keep: names of columns, and words in them.

A name is compared by its letters and digits alone, without its unit: `Queue.EnqueueTimestamp` is
`queueenqueuetimestamp`, and `Wait time (s)` is `waittime`. The likelier names stand first. Of a
record's column its own name is always the first.

Among the names are those of Amazon Connect, Genesys, Twilio, Aircall, FreeSWITCH, Zendesk,
Freshdesk, ServiceNow, Qualtrics, SurveyMonkey, Delighted and Shopify.
"""

import re

NAMES: dict[str, dict[str, str]] = {
    "agent": {
        "agent_id": "agentid userid username login extension id email",
        "name": "agentname fullname displayname",
        "team": "group groupname department agentgroup",
        "is_bot": "bot",
        "joined_at": "hiredat startdate createdat created",
        "left_at": "leftat enddate deactivatedat",
    },
    "article": {
        "article_id": "articleid slug id page path",
        "title": "articletitle subject name headline",
        "url": "link address permalink htmlurl",
        "language": "locale lang",
        "published_at": "createdat created publishdate",
        "updated_at": "updated editedat modified lastmodified",
    },
    "article_view": {
        "view_id": "viewid eventid id",
        "article_id": "articleid article page pagepath url path slug",
        "visitor_id": "visitorid clientid anonymousid visitor",
        "customer_id": "customerid userid email",
        "session_id": "sessionid session usersession",
        "language": "locale lang",
        "opened_at": "viewedat timestamp eventtime datetime createdat date time",
        "read_seconds": "timeonpage avgtimeonpage readtime dwelltime engagementtime",
        "scroll_share": "scrolldepth scroll percentscrolled",
        "came_from": "source referrer medium",
        "searched_for": "query searchterm keywords",
        "found_helpful": "helpful washelpful vote",
        "views": "pageviews viewcount hits count",
    },
    "benchmark": {
        "metric": "measure kpi",
        "who": "company industry competitor",
        "period": "year quarter",
        "source_text": "publisher reference",
        "url": "link",
    },
    "call": {
        "call_id": (
            "callid contactid conversationid uniqueid linkedid callsid callguid interactionid "
            "ccmembersessionuuid sessionid xmlcdruuid sid uuid id callreference"
        ),
        "leg": "legnumber segment",
        "caller": (
            "ani callerid calleridnumber callernumber customerendpointaddress fromnumber from "
            "rawdigits customernumber phonenumber phone src clid number"
        ),
        "customer_id": "customerid customer clientid",
        "case_id": "caseid ticketid ticket",
        "direction": "calldirection originatingdirection initiationmethod",
        "dialled_number": (
            "dnis dialednumber did systemendpointaddress destinationnumber numberdigits tonumber "
            "to dst called"
        ),
        "queue": (
            "queuename queueinfoname taskqueue queueid skillname skill split ccqueue hunt "
            "department"
        ),
        "topic": "reason category wrapupcode calltype calldriver",
        "language": "locale lang",
        "agent_id": (
            "agent agentusername agentname answeredby servedby operator ccagent member server "
            "user username extension"
        ),
        "team": "agentgroup agentteam",
        "started_at": (
            "initiationtimestamp conversationstart callstart callstarttime starttime start "
            "startepoch startstamp callstartedat calldate"
        ),
        "entered_at": (
            "queueenqueuetimestamp queueinfoenqueuetimestamp enqueuetimestamp enqueuedat queuedat "
            "queuestart queueentered timeinqueuestart ccqueuejoinedepoch joinedat arrivaltime "
            "arrivedat arrival initiationtimestamp conversationstart callstart callstarttime "
            "starttime start startepoch startstamp callstartedat calldate datetime timestamp "
            "entered started begin created createdat date time"
        ),
        "connected_at": (
            "agentconnectedtoagenttimestamp agentinfoconnectedtoagenttimestamp "
            "connectedtoagenttimestamp answeredat answertime answerstamp connecttime "
            "ccqueueansweredepoch answerepoch pickup answer"
        ),
        "ended_at": (
            "disconnecttimestamp conversationend callend callendtime endtime end hanguptime "
            "hangupat endepoch endstamp callendedat disconnectedat"
        ),
        "wait_seconds": (
            "waittime wait waiting queuetime queueduration queueinfoduration timeinqueue tanswered "
            "speedofanswer timetoanswer waitduration waitdurationuntilaccepted qtime"
        ),
        "ring_seconds": "ringtime ring ringduration alerttime talert",
        "hold_seconds": (
            "customerholdduration agentcustomerholdduration agentinfocustomerholdduration "
            "holdduration theld holdtime hold onhold"
        ),
        "holds": "numberofholds agentnumberofholds nheld holdcount",
        "talk_seconds": (
            "agentinteractionduration agentagentinteractionduration talktime talk talkduration "
            "ttalk billsec conversationtime sertime"
        ),
        "connected_seconds": "connectedtime tconnected",
        "wrap_up_seconds": (
            "aftercontactworkduration agentaftercontactworkduration aftercallwork acw tacw wrapup "
            "wrapuptime wraptime wrap"
        ),
        "outcome": "disposition callstatus callresult result status state calloutcome",
        "ended_by": "hungupby disconnectedby disconnecttype hangupside",
        "transfer_to": "transferredto transferdestination",
        "attempt": "attemptnumber",
        "agent_attempts": "ringattempts agentattempts connectattempts",
    },
    "cart": {
        "cart_id": "cartid basketid checkoutid usersession sessionid token id",
        "visitor_id": "visitorid clientid anonymousid",
        "customer_id": "customerid userid email",
        "created_at": "created startedat addedat timestamp date",
        "last_changed_at": "updatedat updated lastactivity",
        "items": "quantity itemcount lineitems",
        "value": "total amount carttotal subtotal totalprice",
        "currency": "currencycode",
        "step": "stage checkoutstep status",
        "order_id": "orderid ordernumber",
        "ordered_at": "completedat purchasedat orderdate",
    },
    "case": {
        "case_id": "ticketid ticketnumber caseid casenumber incidentnumber number id key ticket",
        "customer_id": (
            "requesterid requester callerid contactid customerid customer requesteremail email "
            "userid creator reporter contact"
        ),
        "channel": "via source contacttype origin medium ticketchannel",
        "subject": "title summary shortdescription name",
        "topic": "category tickettype type issuetype subcategory",
        "product": "productname brand service",
        "priority": "urgency severity",
        "language": "locale lang",
        "team": "group assignmentgroup groupname department",
        "agent_id": "assignee assigneeid agent assignedto owner responder agentname",
        "opened_at": (
            "createdat created createdtime openedat opened creationdate createddate datecreated "
            "submittedat date timestamp"
        ),
        "merged_into": "parent duplicateof mergedto",
        "reported_solved_at": (
            "solvedat resolvedat resolvedtime resolved resolutiondate dateresolved solved"
        ),
        "reported_closed_at": "closedat closedtime closed closeddate dateclosed",
        "reported_sla_met": "madesla slamet withinsla",
    },
    "case_event": {
        "case_id": "ticketid caseid number issueid conversationid",
        "event_id": "eventid auditid changeid sysmodcount id",
        "at": "createdat timestamp sysupdatedat updatedat eventtime datetime date time",
        "kind": "eventtype type event action",
        "actor_kind": "actortype authortype",
        "actor_id": "actor author authorid updatedby sysupdatedby userid user",
        "from_value": "previousvalue oldvalue from before",
        "to_value": "newvalue value to after status",
    },
    "customer": {
        "customer_id": "customerid accountid userid contactid id email",
        "segment": "customersegment tier",
        "plan": "tariffplan subscription product",
        "language": "locale lang",
        "country": "countrycode",
        "first_seen_at": "createdat signupdate customersince registered joined",
        "left_at": "churnedat churndate cancelledat canceledat",
        "value": "customervalue ltv mrr arr revenue",
        "currency": "currencycode",
    },
    "message": {
        "message_id": "messageid commentid replyid answerid id",
        "case_id": "caseid ticketid conversationid threadid questionid issueid",
        "channel": "via source medium",
        "direction": "type messagedirection",
        "author_kind": "authortype sendertype authorrole role",
        "author_id": "author authorid sender senderid agent agentid",
        "customer_id": "customerid requesterid contactid creator from email",
        "sent_at": "createdat created timestamp datetime date time sent",
        "is_public": "public",
        "kind": "messagetype contenttype",
        "text": "body content comment message plainbody htmlbody description",
        "language": "locale lang",
        "in_reply_to": "inreplyto parentid replyto",
        "status": "deliverystatus state",
    },
    "order": {
        "order_id": "orderid ordernumber orderno number name id",
        "customer_id": "customerid customeruniqueid customer email userid",
        "ordered_at": (
            "orderdate orderpurchasetimestamp purchasedat placedat createdat created paidat date"
        ),
        "promised_at": (
            "orderestimateddeliverydate estimateddelivery estimateddeliverydate promiseddate "
            "duedate"
        ),
        "delivered_at": "orderdeliveredcustomerdate deliverydate delivered fulfilledat",
        "status": "orderstatus fulfillmentstatus state",
        "product": "productname lineitemname sku",
        "value": "total totalprice amount ordertotal grandtotal price paymentvalue",
        "currency": "currencycode",
    },
    "plan_change": {
        "subscription_id": "subscriptionid subscription contractid contract accountid id",
        "changed_at": "effectiveat effectivedate validfrom startdate startedat createdat date",
        "customer_id": "customerid customer userid email",
        "plan": "planname planid tariff product tier",
        "monthly_price": "mrr monthlyamount monthlyfee price amount",
        "currency": "currencycode",
    },
    "search": {
        "search_id": "searchid eventid id",
        "at": "searchedat timestamp createdat datetime date time",
        "words": "query searchterm term keywords search",
        "results": "resultcount numberofresults hits",
        "opened_article_id": "clickedarticle clicked articleid",
        "visitor_id": "visitorid clientid userid",
        "language": "locale lang",
    },
    "shift": {
        "agent_id": "agentid agent user username agentname",
        "started_at": "start starttime from begin loginat statestart",
        "ended_at": "end endtime to until logoutat stateend",
        "state": "status activity presence agentstate",
        "reason": "pausereason reasoncode auxcode",
        "team": "group department",
    },
    "survey": {
        "survey_id": "surveyid responseid respondentid reviewid respnum id",
        "instrument": "surveytype type questiontype",
        "programme": "surveyname survey campaign",
        "touchpoint": "moment trigger stage",
        "status": "surveystatus responsestatus",
        "case_id": "caseid ticketid conversationid",
        "call_id": "callid contactid",
        "order_id": "orderid ordernumber",
        "customer_id": (
            "customerid externalreference externaldatareference personid personemail "
            "recipientemail emailaddress email userid"
        ),
        "agent_id": "agentid agent assignee",
        "team": "group agentgroup",
        "product": "productname",
        "topic": "category",
        "channel": "distributionchannel source collector",
        "language": "userlanguage locale lang",
        "sent_at": "sentdate invitedat surveysentat reviewcreationdate sent",
        "opened_at": "startdate startedat openedat",
        "answered_at": (
            "respondedat responsedate recordeddate enddate submittedat completedat answeredon "
            "reviewanswertimestamp createdat timestamp date intdate"
        ),
        "answer": (
            "score rating nps csat ces npsscore satisfactionscore reviewscore qnps netpro answer1 "
            "satisfaction stars grade value"
        ),
        "comment": (
            "comments feedback verbatim reason text reviewcommentmessage answertext freetext"
        ),
        "weight": "responseweight",
    },
}

WORDS: dict[tuple[str, str], dict[str, str]] = {
    ("call", "outcome"): {
        "answered": "answered answer agent handled completed complete connected served accepted "
        "completeagent completecaller success ok",
        "abandoned": "abandoned abandon hang hangup hungup lost missed abandonedbycaller noanswer "
        "canceled cancelled callerhungup unanswered",
        "timeout": "timeout exitwithtimeout timedout",
        "key_exit": "exitwithkey keyexit",
        "empty_exit": "exitempty",
        "ivr_abandoned": "abandonedinivr abandonedinclassic ivrabandoned",
        "callback_requested": "callback callbackrequested",
        "voicemail": "voicemail vm",
        "failed": "failed error congestion busy",
    },
    ("call", "direction"): {
        "inbound": "inbound in incoming",
        "outbound": "outbound out outgoing api",
        "callback": "callback",
        "internal": "internal local transfer",
    },
    ("call", "ended_by"): {
        "caller": "caller customer client external customerdisconnect peer",
        "agent": "agent operator agentdisconnect internal",
        "system": "system",
        "transfer": "transfer",
    },
    ("message", "direction"): {
        "inbound": "inbound in incoming received customer enduser",
        "outbound": "outbound out outgoing sent agent",
    },
    ("message", "author_kind"): {
        "customer": "customer enduser user requester visitor contact",
        "agent": "agent admin operator staff",
        "bot": "bot",
        "automation": "automation system trigger",
    },
    ("case_event", "kind"): {
        "status_changed": "statuschanged status statuschange",
        "assigned": "assigned assignment assignee",
        "moved": "moved groupchange transferred",
        "reopened": "reopened reopen",
        "solved": "solved resolved",
        "closed": "closed",
    },
    ("shift", "state"): {
        "staffed": "staffed loggedin login online onqueue",
        "available": "available ready idle",
        "paused": "paused pause break away notready aux unavailable busy",
        "wrap_up": "wrapup acw aftercallwork aftercontactwork",
    },
    ("survey", "instrument"): {
        "csat": "csat satisfaction",
        "nps": "nps",
        "ces": "ces effort",
    },
    ("survey", "status"): {
        "answered": "answered completed complete finished 0 ipaddress",
        "started": "started partial inprogress opened",
        "sent": "sent delivered invited pending",
        "bounced": "bounced failed",
        "expired": "expired noresponse",
        "opted_out": "optedout unsubscribed",
    },
}

UNITS = {
    "s": 1.0,
    "sec": 1.0,
    "secs": 1.0,
    "second": 1.0,
    "seconds": 1.0,
    "ms": 0.001,
    "msec": 0.001,
    "millis": 0.001,
    "milliseconds": 0.001,
    "min": 60.0,
    "mins": 60.0,
    "minutes": 60.0,
    "hrs": 3600.0,
    "hours": 3600.0,
}
"""Seconds of the units that stand at the end of a name."""

MISSING = ("?", "-", "n/a", "na", "null", "none", "nan", "blank", "unknown", "\\n", "(null)")
"""What stands for a value that is not known."""


def parts(name: str) -> tuple[str, float | None]:
    """Return the letters and digits of a name, and the seconds of the unit at its end."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    tokens = [
        t for t in re.split(r"[\W_]+", spaced.lower()) if t not in {"", "in", "hh", "mm", "ss"}
    ]
    unit = None
    if len(tokens) > 1 and tokens[-1] in UNITS:
        unit = UNITS[tokens.pop()]
    return "".join(tokens), unit


def letters(word: str) -> str:
    """Return the letters and digits of a word."""
    return re.sub(r"[\W_]+", "", word.lower())


def names_of(record: str, column: str) -> list[str]:
    """Return what a column may be called, the likeliest first."""
    return [parts(column)[0], *NAMES.get(record, {}).get(column, "").split()]
