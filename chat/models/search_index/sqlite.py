"""The index on SQLite: FTS5 without a copy of the text, and the triggers that feed it."""

TABLE = "chat_search"
MOST_CHARACTERS = 200_000
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


def counts(message: str) -> str:
    """Whether a message is found at all."""
    m = message
    return f"{m}.content <> '' AND {m}.deletion IS NULL AND {m}.role IN ('user', 'assistant')"


def _into(source: str) -> str:
    return f"INSERT INTO chat_search(rowid, words, marks) {source};"


TAKE_MESSAGE = (
    "INSERT INTO chat_searchentry(id, conversation_id, marks)"
    f" SELECT new.id, new.conversation_id, {marks('new')} WHERE {counts('new')};"
    + _into(f"SELECT id, {words('new.content')}, marks FROM chat_searchentry WHERE id = new.id")
)
DROP_MESSAGE = (
    "INSERT INTO chat_search(chat_search, rowid, words, marks)"
    f" SELECT 'delete', id, {words('old.content')}, marks FROM chat_searchentry WHERE id = old.id;"
    " DELETE FROM chat_searchentry WHERE id = old.id;"
)
OF_TITLE = "conversation_id = new.id AND id < 0"
TAKE_TITLE = (
    "INSERT INTO chat_searchentry(id, conversation_id, marks)"
    " SELECT min(coalesce((SELECT min(id) FROM chat_searchentry), 0), 0) - 1, new.id,"
    " 'o' || new.owner_id || ' c' || new.id WHERE new.title <> '';"
    + _into(f"SELECT id, {words('new.title')}, marks FROM chat_searchentry WHERE {OF_TITLE}")
)
DROP_TITLE = (
    "INSERT INTO chat_search(chat_search, rowid, words, marks)"
    f" SELECT 'delete', id, {words('old.title')}, marks"
    " FROM chat_searchentry WHERE conversation_id = old.id AND id < 0;"
    " DELETE FROM chat_searchentry WHERE conversation_id = old.id AND id < 0;"
)


def anew(messages: str) -> str:
    """Other marks for texts that are the same; `messages` is a condition on the message `m`.

    They stay as they are where the conversation is gone already, and the message is about to go.
    """
    these = f"FROM chat_searchentry e JOIN chat_message m ON m.id = e.id WHERE {messages}"
    return (
        "INSERT INTO chat_search(chat_search, rowid, words, marks)"
        f" SELECT 'delete', e.id, {words('m.content')}, e.marks {these};"
        f" UPDATE chat_searchentry SET marks = coalesce((SELECT {marks('m')} FROM chat_message m"
        " WHERE m.id = chat_searchentry.id), marks)"
        f" WHERE id IN (SELECT m.id FROM chat_message m WHERE {messages});"
        + _into(f"SELECT e.id, {words('m.content')}, e.marks {these}")
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
    "chat_search_attachment_update": (
        "AFTER UPDATE OF message_id ON chat_attachment WHEN new.message_id IS NOT old.message_id"
        f" BEGIN {anew('m.id IN (new.message_id, old.message_id)')} END"
    ),
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
    " marks TEXT NOT NULL)",
    "CREATE INDEX chat_searchentry_title ON chat_searchentry (conversation_id) WHERE id < 0",
    "CREATE VIEW chat_searchnumber AS WITH RECURSIVE number(n) AS"
    " (VALUES (0) UNION ALL SELECT n + 1 FROM number WHERE n < 999) SELECT n FROM number",
    "CREATE VIRTUAL TABLE chat_search USING fts5(words, marks, content='', columnsize=0,"
    " prefix='2 3 4 5', tokenize='unicode61 remove_diacritics 2')",
]
FILL = [
    "DELETE FROM chat_searchentry",
    "INSERT INTO chat_search(chat_search) VALUES ('delete-all')",
    "INSERT INTO chat_searchentry(id, conversation_id, marks)"
    f" SELECT m.id, m.conversation_id, {marks('m')} FROM chat_message m WHERE {counts('m')}",
    "INSERT INTO chat_searchentry(id, conversation_id, marks)"
    " SELECT -row_number() OVER (ORDER BY created_at), id, 'o' || owner_id || ' c' || id"
    " FROM chat_conversation WHERE title <> ''",
    f"INSERT INTO chat_search(rowid, words, marks) SELECT e.id, {words('c.title')}, e.marks"
    " FROM chat_searchentry e JOIN chat_conversation c ON c.id = e.conversation_id WHERE e.id < 0"
    " ORDER BY e.id",
    f"INSERT INTO chat_search(rowid, words, marks) SELECT e.id, {words('m.content')}, e.marks"
    " FROM chat_searchentry e JOIN chat_message m ON m.id = e.id WHERE e.id > 0 ORDER BY e.id",
]
WITH_TRIGGERS = [f"CREATE TRIGGER {name} {body}" for name, body in TRIGGERS.items()]
WITHOUT_TRIGGERS = [f"DROP TRIGGER IF EXISTS {name}" for name in TRIGGERS]
REMOVE = [
    *WITHOUT_TRIGGERS,
    "DROP TABLE IF EXISTS chat_search",
    "DROP VIEW IF EXISTS chat_searchnumber",
    "DROP TABLE IF EXISTS chat_searchentry",
]
