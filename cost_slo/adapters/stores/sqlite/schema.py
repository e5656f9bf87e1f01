# SPDX-License-Identifier: Apache-2.0
"""What do the tables hold, and how is a row written?

What the columns hold is told in `domain/rows.py`.
"""

SCHEMA_VERSION = 4

SCHEMA = f"""
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS ledger (
    series TEXT NOT NULL, day TEXT NOT NULL, revision INTEGER NOT NULL,
    usage TEXT NOT NULL, lumps TEXT NOT NULL, credits TEXT NOT NULL, units TEXT,
    estimated INTEGER NOT NULL, observed_at TEXT NOT NULL,
    PRIMARY KEY (series, day, revision)
);
CREATE TABLE IF NOT EXISTS events (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE,
    incident TEXT NOT NULL, slo TEXT NOT NULL, at TEXT NOT NULL, kind TEXT NOT NULL,
    text TEXT NOT NULL, severity TEXT, snapshot TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS outbox (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE,
    incident TEXT NOT NULL, slo TEXT NOT NULL, severity TEXT NOT NULL,
    created_at TEXT NOT NULL, subject TEXT NOT NULL, body TEXT NOT NULL, delivered_at TEXT
);
CREATE TABLE IF NOT EXISTS deliveries (
    key TEXT NOT NULL, channel TEXT NOT NULL, state TEXT NOT NULL, failures INTEGER NOT NULL,
    failed_since TEXT, at TEXT, PRIMARY KEY (key, channel)
);
CREATE TABLE IF NOT EXISTS evaluated (slo TEXT PRIMARY KEY, as_of TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS drafts (fingerprint TEXT PRIMARY KEY, text TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS requests (month TEXT PRIMARY KEY, count INTEGER NOT NULL);
CREATE TRIGGER IF NOT EXISTS ledger_keeps_rows BEFORE DELETE ON ledger
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER IF NOT EXISTS ledger_keeps_values BEFORE UPDATE ON ledger
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER IF NOT EXISTS events_keep_rows BEFORE DELETE ON events
    BEGIN SELECT RAISE(ABORT, 'the events are append-only'); END;
CREATE TRIGGER IF NOT EXISTS events_keep_values BEFORE UPDATE ON events
    BEGIN SELECT RAISE(ABORT, 'the events are append-only'); END;
PRAGMA user_version = {SCHEMA_VERSION};
COMMIT;
"""

MESSAGES = "SELECT key, incident, slo, severity, created_at, subject, body FROM outbox"
ADD_OBSERVATION = """
INSERT INTO ledger VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (series, day, revision) DO NOTHING
"""
ADD_EVENT = """
INSERT INTO events (key, incident, slo, at, kind, text, severity, snapshot)
VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING
"""
ADD_NOTIFICATION = """
INSERT INTO outbox (key, incident, slo, severity, created_at, subject, body)
VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING
"""
SET_DELIVERY = """
INSERT INTO deliveries VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (key, channel) DO UPDATE SET state = excluded.state, failures = excluded.failures,
failed_since = excluded.failed_since, at = excluded.at WHERE deliveries.state = 'waiting'
"""
ADD_DRAFT = "INSERT INTO drafts VALUES (?, ?) ON CONFLICT (fingerprint) DO NOTHING"
ADVANCE = """
INSERT INTO evaluated VALUES (?, ?)
ON CONFLICT (slo) DO UPDATE SET as_of = excluded.as_of WHERE excluded.as_of > evaluated.as_of
"""
COUNT_EVENTS = "SELECT count(*) FROM events WHERE slo = ?"
COUNT_REQUESTS = """
INSERT INTO requests VALUES (?, ?)
ON CONFLICT (month) DO UPDATE SET count = count + excluded.count RETURNING count
"""
