-- The ledger, format 2. Times are Unix seconds, amounts of money micros. JSON columns hold one JSON value as text.
-- A column that a migration adds stands last in its table.

CREATE TABLE runs (
    id       TEXT PRIMARY KEY,
    recipe   TEXT NOT NULL,
    pipeline TEXT NOT NULL,
    gateway  TEXT NOT NULL,
    plan     TEXT NOT NULL,            -- JSON, bindings included
    owner    TEXT NOT NULL,            -- whose OS lock says that it is alive
    state    TEXT NOT NULL,            -- running, done, failed, held, interrupted
    started  REAL NOT NULL,
    ended    REAL,
    options  TEXT NOT NULL DEFAULT '{}' -- JSON: what the run was asked for
) STRICT;

-- Which step of a run got which step key: stored, so that a resumed run finds the same ones.
CREATE TABLE assignments (
    run     TEXT NOT NULL REFERENCES runs (id),
    node    TEXT NOT NULL,
    content TEXT NOT NULL,
    take    INTEGER NOT NULL,
    planned TEXT NOT NULL DEFAULT '', -- the key that the plan had for the step, before its inputs were there
    PRIMARY KEY (run, node),
    UNIQUE (run, content, take)
) STRICT;
CREATE INDEX planned_keys ON assignments (planned);

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
    charged   INTEGER,                 -- the stages' together, once settled
    UNIQUE (step, number)
) STRICT;

-- Tasks that were bought and not collected, found without reading every attempt there ever was.
CREATE INDEX open_receipts ON attempts (gateway, opened) WHERE state = 'submitted';

-- One row a paid request of an attempt; `tries` counts how often it was deliberately sent.
CREATE TABLE stages (
    attempt  TEXT NOT NULL REFERENCES attempts (id),
    name     TEXT NOT NULL,
    path     TEXT NOT NULL,
    request  TEXT NOT NULL,            -- sha256 of path and body
    tries    INTEGER NOT NULL,
    state    TEXT NOT NULL,            -- intent, answered, refused, ambiguous
    intended REAL NOT NULL,
    moment   TEXT NOT NULL DEFAULT '', -- the same by a clock that nobody can set: which boot, seconds since it
    signature TEXT NOT NULL DEFAULT '', -- tells the key that it went with from others
    settled  REAL,
    run      TEXT NOT NULL DEFAULT '', -- who wrote the last intent
    owner    TEXT NOT NULL DEFAULT '',
    fence    INTEGER NOT NULL DEFAULT 1,
    account  TEXT NOT NULL DEFAULT 'default',
    reserved INTEGER NOT NULL DEFAULT 0, -- still held
    charged  INTEGER NOT NULL DEFAULT 0,
    scopes   TEXT NOT NULL DEFAULT '[]', -- JSON: where both are counted
    PRIMARY KEY (attempt, name)
) STRICT;

-- Receipts that a later one of another task took the place of: the gateway sold twice what was asked for once.
CREATE TABLE receipts (
    attempt TEXT NOT NULL REFERENCES attempts (id),
    task    TEXT NOT NULL,
    receipt TEXT NOT NULL,             -- JSON
    PRIMARY KEY (attempt, task)
) STRICT;

-- The sums of `stages` over every scope, so that an intent need not add them up.
CREATE TABLE spending (
    scope    TEXT PRIMARY KEY,         -- run:ID, project, project:2026-11
    reserved INTEGER NOT NULL,
    charged  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE results (
    attempt   TEXT PRIMARY KEY REFERENCES attempts (id),
    text      TEXT,
    facts     TEXT NOT NULL,           -- JSON
    artifacts TEXT NOT NULL,           -- JSON: kind, sha256, size, media_type
    made      REAL NOT NULL
) STRICT;

-- Which file was saved where, of which stored one.
CREATE TABLE saved (
    run      TEXT NOT NULL,
    path     TEXT NOT NULL,            -- absolute
    node     TEXT NOT NULL,
    attempt  TEXT NOT NULL,            -- empty for a text of several steps
    sha256   TEXT NOT NULL,            -- of the saved copy
    original TEXT NOT NULL,            -- of what is stored
    saved    REAL NOT NULL,
    PRIMARY KEY (run, path)
) STRICT;

CREATE INDEX saved_copies ON saved (sha256);

CREATE TABLE events (
    run      TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    body     TEXT NOT NULL,            -- JSON
    PRIMARY KEY (run, sequence)
) STRICT, WITHOUT ROWID;
