"""The index on SQLite: FTS5 without a copy of the text, and the triggers that feed it."""

TABLE = "chat_search"
MOST_CHARACTERS = 200_000
# Of all comments on one message together.
MOST_OF_COMMENTS = 100_000
# For private use, so nobody can type it: no phrase goes from one comment into the next.
BETWEEN = " \ue000 "
# Scripts without spaces between words: each sign is a word of its own.
SIGNS = "[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]"
PIECE = 200


def words(text: str) -> str:
    """What is indexed of a text. In two steps: finding the n-th character takes n steps."""
    pieces = (
        f"SELECT big.n AS at, substr({text}, big.n * {PIECE} + 1, {PIECE}) AS piece"
        f" FROM chat_searchnumber big WHERE big.n * {PIECE} < length({text}) LIMIT 1000"
    )
    signs = (
        "SELECT cut.at, small.n, substr(cut.piece, small.n + 1, 1) AS sign"
        f" FROM ({pieces}) cut CROSS JOIN chat_searchnumber small"
        f" WHERE small.n < {PIECE} ORDER BY cut.at, small.n LIMIT {MOST_CHARACTERS}"
    )
    apart = f"CASE WHEN sign GLOB '{SIGNS}' THEN ' ' || sign || ' ' ELSE sign END"
    return (
        f"CASE WHEN {text} GLOB '*{SIGNS}*' THEN (SELECT group_concat({apart}, '') FROM ({signs}))"
        f" ELSE substr({text}, 1, {MOST_CHARACTERS}) END"
    )


def marks(message: str) -> str:
    """Of a message; see chat.domain.searching.marks for what they mean."""
    m = message
    return (
        f"'o' || (SELECT owner_id FROM chat_conversation WHERE id = {m}.conversation_id)"
        f" || ' c' || {m}.conversation_id || ' r' || substr({m}.role, 1, 1)"
        f" || coalesce(' a' || {m}.author_id, '')"
        " || coalesce(' m' || (SELECT language_model_id FROM chat_completion"
        f" WHERE id = {m}.completion_id), '')"
        f" || ' y' || substr({m}.created_at, 1, 4)"
        f" || ' t' || substr({m}.created_at, 1, 4) || substr({m}.created_at, 6, 2)"
        f" || CASE WHEN {m}.content LIKE '%```%' THEN ' hcode' ELSE '' END"
        f" || CASE WHEN {m}.content LIKE '%|%--%|%' THEN ' htable' ELSE '' END"
        f" || CASE WHEN {m}.content LIKE '%http%://%' THEN ' hlink' ELSE '' END"
        f" || CASE WHEN EXISTS (SELECT 1 FROM chat_attachment WHERE message_id = {m}.id)"
        " THEN ' hattachment' ELSE '' END"
        f" || CASE WHEN EXISTS (SELECT 1 FROM chat_comment WHERE message_id = {m}.id)"
        " THEN ' hcomment' ELSE '' END"
    )


def comments(message: str) -> str:
    """What is indexed of the comments on a message."""
    rows = f"SELECT text FROM chat_comment WHERE message_id = {message}.id ORDER BY id"
    joined = f"SELECT group_concat({words('it.text')}, '{BETWEEN}') FROM ({rows}) it"
    return f"substr(coalesce(({joined}), ''), 1, {MOST_OF_COMMENTS})"


def counts(message: str) -> str:
    """Whether a message is found at all."""
    m = message
    commented = f"EXISTS (SELECT 1 FROM chat_comment WHERE message_id = {m}.id)"
    return (
        f"({m}.content <> '' OR {commented})"
        f" AND {m}.deletion IS NULL AND {m}.role IN ('user', 'assistant')"
    )


def _into(source: str) -> str:
    return f"INSERT INTO chat_search(rowid, words, comments, marks) {source};"


def _out(source: str) -> str:
    """Without a copy of the text, the index must be told what it had."""
    return f"INSERT INTO chat_search(chat_search, rowid, words, comments, marks) {source};"


def entry(message: str, source: str) -> str:
    m = message
    return (
        "INSERT INTO chat_searchentry(id, conversation_id, marks, comments)"
        f" SELECT {m}.id, {m}.conversation_id, {marks(m)}, {comments(m)} {source}"
    )


OF_MESSAGE = "FROM chat_searchentry WHERE id ="
TAKE_MESSAGE = f"{entry('new', 'WHERE ' + counts('new'))};" + _into(
    f"SELECT id, {words('new.content')}, comments, marks {OF_MESSAGE} new.id"
)
DROP_MESSAGE = (
    _out(f"SELECT 'delete', id, {words('old.content')}, comments, marks {OF_MESSAGE} old.id")
    + " DELETE FROM chat_searchentry WHERE id = old.id;"
)
OF_TITLE = "conversation_id = new.id AND id < 0"
TAKE_TITLE = (
    "INSERT INTO chat_searchentry(id, conversation_id, marks)"
    " SELECT min(coalesce((SELECT min(id) FROM chat_searchentry), 0), 0) - 1, new.id,"
    " 'o' || new.owner_id || ' c' || new.id WHERE new.title <> '';"
    + _into(f"SELECT id, {words('new.title')}, '', marks FROM chat_searchentry WHERE {OF_TITLE}")
)
DROP_TITLE = (
    _out(
        f"SELECT 'delete', id, {words('old.title')}, '', marks"
        " FROM chat_searchentry WHERE conversation_id = old.id AND id < 0"
    )
    + " DELETE FROM chat_searchentry WHERE conversation_id = old.id AND id < 0;"
)


def anew(messages: str) -> str:
    """What hangs on the messages, or their owner, has changed, and their own texts have not.

    `messages` is a condition on the message `m`. Where the conversation is gone already, the
    message is about to go.
    """
    these = f"FROM chat_searchentry e JOIN chat_message m ON m.id = e.id WHERE {messages}"
    there = "EXISTS (SELECT 1 FROM chat_conversation WHERE id = m.conversation_id)"
    return (
        _out(f"SELECT 'delete', e.id, {words('m.content')}, e.comments, e.marks {these}")
        + " DELETE FROM chat_searchentry"
        f" WHERE id IN (SELECT m.id FROM chat_message m WHERE {messages});"
        + entry("m", f"FROM chat_message m WHERE {messages} AND {counts('m')} AND {there};")
        + _into(f"SELECT e.id, {words('m.content')}, e.comments, e.marks {these}")
    )


WATCHED = ("content", "deletion", "created_at", "conversation_id", "author_id", "completion_id")

TRIGGERS = {
    "chat_search_message_insert": (
        f"AFTER INSERT ON chat_message WHEN {counts('new')} BEGIN {TAKE_MESSAGE} END"
    ),
    "chat_search_message_update": (
        f"AFTER UPDATE OF {', '.join(WATCHED)} ON chat_message"
        f" WHEN {' OR '.join(f'old.{it} IS NOT new.{it}' for it in WATCHED)}"
        f" BEGIN {DROP_MESSAGE} {TAKE_MESSAGE} END"
    ),
    "chat_search_message_delete": f"AFTER DELETE ON chat_message BEGIN {DROP_MESSAGE} END",
    "chat_search_title_insert": (
        f"AFTER INSERT ON chat_conversation WHEN new.title <> '' BEGIN {TAKE_TITLE} END"
    ),
    "chat_search_title_update": (
        "AFTER UPDATE OF title, owner_id ON chat_conversation"
        " WHEN old.title IS NOT new.title OR old.owner_id IS NOT new.owner_id"
        f" BEGIN {DROP_TITLE} {TAKE_TITLE} END"
    ),
    "chat_search_owner_update": (
        "AFTER UPDATE OF owner_id ON chat_conversation WHEN old.owner_id IS NOT new.owner_id"
        f" BEGIN {anew('m.conversation_id = new.id')} END"
    ),
    "chat_search_title_delete": f"AFTER DELETE ON chat_conversation BEGIN {DROP_TITLE} END",
    **{
        f"chat_search_{table}_update": (
            f"AFTER UPDATE OF {', '.join(columns)} ON chat_{table}"
            f" WHEN {' OR '.join(f'new.{it} IS NOT old.{it}' for it in columns)}"
            f" BEGIN {anew('m.id IN (new.message_id, old.message_id)')} END"
        )
        for table, columns in (("attachment", ["message_id"]), ("comment", ["message_id", "text"]))
    },
    **{
        f"chat_search_{table}_{event.lower()}": (
            f"AFTER {event} ON chat_{table} WHEN {row}.message_id IS NOT NULL"
            f" BEGIN {anew(f'm.id = {row}.message_id')} END"
        )
        for table in ("attachment", "comment")
        for event, row in (("INSERT", "new"), ("DELETE", "old"))
    },
}
THERE = "SELECT name FROM sqlite_master WHERE name LIKE 'chat_search%'"

TABLES = [
    "CREATE TABLE chat_searchentry (id INTEGER PRIMARY KEY, conversation_id TEXT NOT NULL,"
    " marks TEXT NOT NULL, comments TEXT NOT NULL DEFAULT '')",
    "CREATE INDEX chat_searchentry_title ON chat_searchentry (conversation_id) WHERE id < 0",
    "CREATE VIEW chat_searchnumber AS WITH RECURSIVE number(n) AS"
    " (VALUES (0) UNION ALL SELECT n + 1 FROM number WHERE n < 999) SELECT n FROM number",
    "CREATE VIRTUAL TABLE chat_search USING fts5(words, comments, marks, content='', columnsize=0,"
    " prefix='2 3 4 5', tokenize='unicode61 remove_diacritics 2')",
]
# While all is written at once, words are gathered in this many bytes before they are sorted in.
GATHERED, GATHERED_AT_ONCE = 1 << 20, 32 << 20


def _gather(size: int) -> str:
    return f"INSERT INTO chat_search(chat_search, rank) VALUES ('hashsize', {size})"


FILL = [
    "DELETE FROM chat_searchentry",
    "INSERT INTO chat_search(chat_search) VALUES ('delete-all')",
    _gather(GATHERED_AT_ONCE),
    entry("m", f"FROM chat_message m WHERE {counts('m')}"),
    "INSERT INTO chat_searchentry(id, conversation_id, marks)"
    " SELECT -row_number() OVER (ORDER BY created_at), id, 'o' || owner_id || ' c' || id"
    " FROM chat_conversation WHERE title <> ''",
    f"INSERT INTO chat_search(rowid, words, marks) SELECT e.id, {words('c.title')}, e.marks"
    " FROM chat_searchentry e JOIN chat_conversation c ON c.id = e.conversation_id WHERE e.id < 0"
    " ORDER BY e.id",
    _into(
        f"SELECT e.id, {words('m.content')}, e.comments, e.marks"
        " FROM chat_searchentry e JOIN chat_message m ON m.id = e.id WHERE e.id > 0 ORDER BY e.id"
    ),
    _gather(GATHERED),
]
WITH_TRIGGERS = [f"CREATE TRIGGER {name} {body}" for name, body in TRIGGERS.items()]
WITHOUT_TRIGGERS = [f"DROP TRIGGER IF EXISTS {name}" for name in TRIGGERS]
REMOVE = [
    *WITHOUT_TRIGGERS,
    "DROP TABLE IF EXISTS chat_search",
    "DROP VIEW IF EXISTS chat_searchnumber",
    "DROP TABLE IF EXISTS chat_searchentry",
]
