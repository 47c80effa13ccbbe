"""The index on PostgreSQL: a table beside the messages with a tsvector, and triggers that feed it.

No extension is needed: accents are taken off by decomposing, and whatever is neither letter nor
digit becomes a space, because the parser of to_tsvector would make addresses, paths and numbers
with signs of it, which FTS5 does not.

An index of words knows no order. So each message has a mark of the block of ids that it is in: with
it beside the words, PostgreSQL jumps to what both lists of places have in common.
"""

from .sqlite import MOST_CHARACTERS, MOST_OF_COMMENTS, WATCHED

# Ids with the same number in front of so many bits are a block.
BLOCK_BITS = 14
# The same as on SQLite, for a regular expression here.
SIGNS = r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]"
# Signs and pictures; letters and digits of every script are left.
BETWEEN = (
    r"[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00a9\u00ab-\u00b1\u00b4\u00b6-\u00b8\u00bb"
    r"\u00bf\u00d7\u00f7\u2000-\u206f\u20a0-\u20cf\u2190-\u245f\u2500-\u2bff\u2e00-\u2e7f"
    r"\u3000-\u3004\u3008-\u3020\u3030\u303d-\u303f\ufe00-\ufe6f\uff01-\uff0f\uff1a-\uff20"
    r"\uff3b-\uff40\uff5b-\uff65\U0001f000-\U0001faff]+"
)

PLAIN = rf"""
CREATE FUNCTION chat_search_plain(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT AS $$
  SELECT regexp_replace(regexp_replace(
    CASE WHEN octet_length($1) = length($1) THEN left($1, {MOST_CHARACTERS})
    ELSE normalize(regexp_replace(normalize(left($1, {MOST_CHARACTERS}), NFD),
                                  '[\u0300-\u036f]', '', 'g'), NFC) END,
    '({SIGNS})', ' \1 ', 'g'), '{BETWEEN}', ' ', 'g')
$$"""

# Marks begin with a sign that no word contains. Each comment has one in front of it, so that no
# phrase begins before it, and the weight C.
MESSAGE = f"""
CREATE FUNCTION chat_search_take(m chat_message) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  owner bigint;
  model bigint;
  said tsvector;
  comment text;
  room integer := {MOST_OF_COMMENTS};
BEGIN
  DELETE FROM chat_searchentry WHERE id = m.id;
  IF m.deletion IS NOT NULL OR m.role NOT IN ('user', 'assistant') THEN
    RETURN;
  END IF;
  SELECT owner_id INTO owner FROM chat_conversation WHERE id = m.conversation_id;
  IF owner IS NULL THEN
    -- The conversation is gone already, and the message is about to go.
    RETURN;
  END IF;
  said := to_tsvector('simple', chat_search_plain(m.content));
  FOR comment IN SELECT text FROM chat_comment WHERE message_id = m.id ORDER BY id LOOP
    said := said || '#hcomment:1'::tsvector
      || setweight(to_tsvector('simple', chat_search_plain(left(comment, room))), 'C');
    room := room - length(comment);
    EXIT WHEN room <= 0;
  END LOOP;
  IF m.content = '' AND room = {MOST_OF_COMMENTS} THEN
    RETURN;
  END IF;
  SELECT language_model_id INTO model FROM chat_completion WHERE id = m.completion_id;
  INSERT INTO chat_searchentry (id, conversation_id, owner_id, written_at, words)
  VALUES (m.id, m.conversation_id, owner, m.created_at,
    said || array_to_tsvector(array_remove(ARRAY[
      '#b' || (m.id >> {BLOCK_BITS}), '#o' || owner,
      '#r' || left(m.role, 1), '#a' || m.author_id, '#m' || model,
      '#y' || to_char(m.created_at AT TIME ZONE 'UTC', 'YYYY'),
      '#t' || to_char(m.created_at AT TIME ZONE 'UTC', 'YYYYMM'),
      CASE WHEN m.content LIKE '%```%' THEN '#hcode' END,
      CASE WHEN m.content LIKE '%|%--%|%' THEN '#htable' END,
      CASE WHEN m.content ILIKE '%http%://%' THEN '#hlink' END,
      CASE WHEN EXISTS (SELECT 1 FROM chat_attachment WHERE message_id = m.id)
        THEN '#hattachment' END], NULL)));
END $$"""

TITLE = """
CREATE FUNCTION chat_search_take_title(c chat_conversation) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM chat_searchentry WHERE conversation_id = c.id AND id < 0;
  IF c.title <> '' THEN
    INSERT INTO chat_searchentry (id, conversation_id, owner_id, words)
    VALUES (-nextval('chat_searchtitle'), c.id, c.owner_id,
      to_tsvector('simple', chat_search_plain(c.title))
        || array_to_tsvector(ARRAY['#o' || c.owner_id]));
  END IF;
END $$"""

ON_MESSAGE = """
CREATE FUNCTION chat_search_on_message() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    DELETE FROM chat_searchentry WHERE id = OLD.id;
  ELSE
    PERFORM chat_search_take(NEW);
  END IF;
  RETURN NULL;
END $$"""

ON_CONVERSATION = """
CREATE FUNCTION chat_search_on_conversation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    DELETE FROM chat_searchentry WHERE conversation_id = OLD.id;
    RETURN NULL;
  END IF;
  PERFORM chat_search_take_title(NEW);
  IF TG_OP = 'UPDATE' AND OLD.owner_id <> NEW.owner_id THEN
    PERFORM chat_search_take(m) FROM chat_message m WHERE m.conversation_id = NEW.id;
  END IF;
  RETURN NULL;
END $$"""

# What hangs on a message changes its marks, or has words of its own.
ON_PART = """
CREATE FUNCTION chat_search_on_part() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM chat_search_take(m) FROM chat_message m
  WHERE (TG_OP <> 'DELETE' AND m.id = NEW.message_id)
     OR (TG_OP <> 'INSERT' AND m.id = OLD.message_id);
  RETURN NULL;
END $$"""

ON_TRUNCATE = """
CREATE FUNCTION chat_search_on_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  TRUNCATE chat_searchentry;
  RETURN NULL;
END $$"""

_OTHER_TEXT = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in WATCHED)
_TRIGGERS = {
    "chat_search_message_insert": (
        "AFTER INSERT ON chat_message FOR EACH ROW WHEN (NEW.content <> '')",
        "chat_search_on_message",
    ),
    "chat_search_message_update": (
        f"AFTER UPDATE ON chat_message FOR EACH ROW WHEN ({_OTHER_TEXT})",
        "chat_search_on_message",
    ),
    "chat_search_message_delete": (
        "AFTER DELETE ON chat_message FOR EACH ROW",
        "chat_search_on_message",
    ),
    "chat_search_message_truncate": (
        "AFTER TRUNCATE ON chat_message FOR EACH STATEMENT",
        "chat_search_on_truncate",
    ),
    "chat_search_title_insert": (
        "AFTER INSERT ON chat_conversation FOR EACH ROW WHEN (NEW.title <> '')",
        "chat_search_on_conversation",
    ),
    "chat_search_title_update": (
        "AFTER UPDATE ON chat_conversation FOR EACH ROW"
        " WHEN (OLD.title <> NEW.title OR OLD.owner_id <> NEW.owner_id)",
        "chat_search_on_conversation",
    ),
    "chat_search_title_delete": (
        "AFTER DELETE ON chat_conversation FOR EACH ROW",
        "chat_search_on_conversation",
    ),
    **{
        f"chat_search_{table}": (
            f"AFTER INSERT OR UPDATE OF {columns} OR DELETE ON chat_{table} FOR EACH ROW",
            "chat_search_on_part",
        )
        for table, columns in (("attachment", "message_id"), ("comment", "message_id, text"))
    },
}

_INDEXES = {
    # A search reads what is not yet sorted in for each block again.
    "chat_searchentry_words": "USING gin (words) WITH (gin_pending_list_limit = 128)",
    "chat_searchentry_owner": "(owner_id, id)",
    "chat_searchentry_conversation": "(conversation_id, id)",
}


def _make_index(name: str) -> str:
    return f"CREATE INDEX {name} ON chat_searchentry {_INDEXES[name]}"


FILL = [
    # Of millions of messages it takes minutes; the settings allow a statement seconds.
    "SET LOCAL statement_timeout = 0",
    "SET LOCAL maintenance_work_mem = '256MB'",
    "TRUNCATE chat_searchentry",
    *(f"DROP INDEX IF EXISTS {name}" for name in _INDEXES),
    "SELECT count(chat_search_take(m)) FROM (SELECT * FROM chat_message ORDER BY id) m",
    # Each title is looked for before it is taken.
    _make_index("chat_searchentry_conversation"),
    "SELECT count(chat_search_take_title(c))"
    " FROM (SELECT * FROM chat_conversation ORDER BY created_at) c",
    _make_index("chat_searchentry_owner"),
    _make_index("chat_searchentry_words"),
]
INSTALL = [
    "CREATE TABLE chat_searchentry (id bigint PRIMARY KEY, conversation_id uuid NOT NULL,"
    " owner_id bigint NOT NULL, written_at timestamptz, words tsvector NOT NULL)",
    # The index names rows: words beside them would only make them lie further apart.
    "ALTER TABLE chat_searchentry SET (toast_tuple_target = 128)",
    "CREATE SEQUENCE chat_searchtitle",
    PLAIN,
    MESSAGE,
    TITLE,
    ON_MESSAGE,
    ON_CONVERSATION,
    ON_PART,
    ON_TRUNCATE,
    *FILL,
    *(
        f"CREATE TRIGGER {name} {when} EXECUTE FUNCTION {function}()"
        for name, (when, function) in _TRIGGERS.items()
    ),
]
REMOVE = [
    "DROP FUNCTION IF EXISTS chat_search_on_message, chat_search_on_conversation,"
    " chat_search_on_part,"
    " chat_search_on_truncate, chat_search_take, chat_search_take_title CASCADE",
    "DROP TABLE IF EXISTS chat_searchentry",
    "DROP SEQUENCE IF EXISTS chat_searchtitle",
    "DROP FUNCTION IF EXISTS chat_search_plain",
]
