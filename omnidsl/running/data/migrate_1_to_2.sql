-- Money, who intended what, what a run was asked for, and what was saved where.

ALTER TABLE runs ADD COLUMN options TEXT NOT NULL DEFAULT '{}';
ALTER TABLE assignments ADD COLUMN planned TEXT NOT NULL DEFAULT '';
CREATE INDEX planned_keys ON assignments (planned);
ALTER TABLE attempts ADD COLUMN charged INTEGER;
ALTER TABLE stages ADD COLUMN moment TEXT NOT NULL DEFAULT '';
ALTER TABLE stages ADD COLUMN signature TEXT NOT NULL DEFAULT '';
ALTER TABLE stages ADD COLUMN run TEXT NOT NULL DEFAULT '';
ALTER TABLE stages ADD COLUMN owner TEXT NOT NULL DEFAULT '';
ALTER TABLE stages ADD COLUMN fence INTEGER NOT NULL DEFAULT 1;
ALTER TABLE stages ADD COLUMN account TEXT NOT NULL DEFAULT 'default';
ALTER TABLE stages ADD COLUMN reserved INTEGER NOT NULL DEFAULT 0;
ALTER TABLE stages ADD COLUMN charged INTEGER NOT NULL DEFAULT 0;
ALTER TABLE stages ADD COLUMN scopes TEXT NOT NULL DEFAULT '[]';
UPDATE stages SET (run, owner, fence, account) =
    (SELECT run, owner, fence, account FROM attempts WHERE attempts.id = stages.attempt);
CREATE INDEX open_receipts ON attempts (gateway, opened) WHERE state = 'submitted';
CREATE TABLE receipts (
    attempt TEXT NOT NULL REFERENCES attempts (id),
    task    TEXT NOT NULL,
    receipt TEXT NOT NULL,
    PRIMARY KEY (attempt, task)
) STRICT;
CREATE TABLE spending (
    scope    TEXT PRIMARY KEY,
    reserved INTEGER NOT NULL,
    charged  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE saved (
    run      TEXT NOT NULL,
    path     TEXT NOT NULL,
    node     TEXT NOT NULL,
    attempt  TEXT NOT NULL,
    sha256   TEXT NOT NULL,
    original TEXT NOT NULL,
    saved    REAL NOT NULL,
    PRIMARY KEY (run, path)
) STRICT;
CREATE INDEX saved_copies ON saved (sha256);
