-- The ledger, format 1. Times are Unix seconds. JSON columns hold one JSON value as text.

CREATE TABLE runs (
    id       TEXT PRIMARY KEY,
    recipe   TEXT NOT NULL,
    pipeline TEXT NOT NULL,
    gateway  TEXT NOT NULL,
    plan     TEXT NOT NULL,            -- JSON, bindings included
    owner    TEXT NOT NULL,            -- whose OS lock says that it is alive
    state    TEXT NOT NULL,            -- running, done, failed, held, interrupted
    started  REAL NOT NULL,
    ended    REAL
) STRICT;

-- Which step of a run got which step key: stored, so that a resumed run finds the same ones.
CREATE TABLE assignments (
    run     TEXT NOT NULL REFERENCES runs (id),
    node    TEXT NOT NULL,
    content TEXT NOT NULL,
    take    INTEGER NOT NULL,
    PRIMARY KEY (run, node),
    UNIQUE (run, content, take)
) STRICT;

-- One row a deliberate purchase.
CREATE TABLE attempts (
    id        TEXT PRIMARY KEY,
    step      TEXT NOT NULL,
    number    INTEGER NOT NULL,
    run       TEXT NOT NULL,
    node      TEXT NOT NULL,
    operation TEXT NOT NULL,
    gateway   TEXT NOT NULL,
    account   TEXT NOT NULL,
    owner     TEXT NOT NULL,
    fence     INTEGER NOT NULL,        -- grows with every change of owner
    state     TEXT NOT NULL,           -- open, submitted, done, failed, refused, ambiguous, abandoned
    reason    TEXT NOT NULL DEFAULT '',
    receipt   TEXT,                    -- JSON
    opened    REAL NOT NULL,
    UNIQUE (step, number)
) STRICT;

-- One row a paid request of an attempt; `tries` counts how often it was deliberately sent.
CREATE TABLE stages (
    attempt  TEXT NOT NULL REFERENCES attempts (id),
    name     TEXT NOT NULL,
    path     TEXT NOT NULL,
    request  TEXT NOT NULL,            -- sha256 of the body
    tries    INTEGER NOT NULL,
    state    TEXT NOT NULL,            -- intent, answered, refused, ambiguous
    intended REAL NOT NULL,
    settled  REAL,
    PRIMARY KEY (attempt, name)
) STRICT;

CREATE TABLE results (
    attempt   TEXT PRIMARY KEY REFERENCES attempts (id),
    text      TEXT,
    facts     TEXT NOT NULL,           -- JSON
    artifacts TEXT NOT NULL,           -- JSON: kind, sha256, size, media_type
    made      REAL NOT NULL
) STRICT;

CREATE TABLE events (
    run      TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    body     TEXT NOT NULL,            -- JSON
    PRIMARY KEY (run, sequence)
) STRICT, WITHOUT ROWID;
