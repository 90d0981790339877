from hearwell.records.record import Record
class Deadline(Record):
    table_name="deadline"
