"""What we keep, as typed tables."""

from hearwell.records.agent import Agent
from hearwell.records.article import Article
from hearwell.records.article_view import ArticleView
from hearwell.records.benchmark import Benchmark
from hearwell.records.call import Call
from hearwell.records.cart import Cart
from hearwell.records.case import Case
from hearwell.records.case_event import CaseEvent
from hearwell.records.customer import Customer
from hearwell.records.event import Event
from hearwell.records.identity_split import IdentitySplit
from hearwell.records.judged_text import JudgedText
from hearwell.records.message import Message
from hearwell.records.order import Order
from hearwell.records.plan_change import PlanChange
from hearwell.records.record import Record
from hearwell.records.rejected import Rejected
from hearwell.records.search import Search
from hearwell.records.shift import Shift
from hearwell.records.survey import Survey

RECORDS: dict[str, type[Record]] = {
    record.table_name: record
    for record in (
        Call,
        Shift,
        Agent,
        Customer,
        PlanChange,
        Case,
        CaseEvent,
        Message,
        Survey,
        Article,
        ArticleView,
        Search,
        Cart,
        Order,
        Benchmark,
        Event,
        IdentitySplit,
        Rejected,
    )
}

TABLES = RECORDS | {JudgedText.table_name: JudgedText}
"""What the lake has tables of: also what is not brought in."""
