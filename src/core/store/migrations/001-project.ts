/** Format 1: images and their sources, labels, annotations, runs, and the log of edits. */
import type { Migration } from '../migrate.ts'

const IMAGES = `
  CREATE TABLE sources (
    id INTEGER PRIMARY KEY,
    root TEXT NOT NULL UNIQUE
  ) STRICT;

  CREATE TABLE images (
    id INTEGER PRIMARY KEY,
    source_id INTEGER NOT NULL REFERENCES sources (id),
    path TEXT NOT NULL,
    path_key TEXT NOT NULL, -- the path in Unicode normal form C
    size INTEGER NOT NULL, -- bytes of the file
    mtime REAL NOT NULL, -- milliseconds since 1970
    content_hash TEXT, -- SHA-256 of the file, hex, once it was read
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    orientation INTEGER NOT NULL CHECK (orientation BETWEEN 1 AND 8),
    depth INTEGER NOT NULL,
    frames INTEGER NOT NULL CHECK (frames >= 1),
    status TEXT NOT NULL CHECK (status IN ('ok', 'failed', 'missing')),
    problem TEXT,
    revision INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE UNIQUE INDEX images_path ON images (source_id, path);
  CREATE INDEX images_path_key ON images (source_id, path_key);
  CREATE INDEX images_status ON images (status);`

const ANNOTATIONS = `
  CREATE TABLE labels (
    id INTEGER PRIMARY KEY AUTOINCREMENT, -- never used twice: the log names them
    name TEXT NOT NULL UNIQUE CHECK (name <> ''),
    color TEXT NOT NULL,
    key TEXT UNIQUE,
    sort INTEGER NOT NULL,
    source TEXT -- JSON
  ) STRICT;

  CREATE TABLE annotations (
    id TEXT NOT NULL PRIMARY KEY,
    image_id INTEGER NOT NULL REFERENCES images (id),
    frame INTEGER NOT NULL CHECK (frame >= 0),
    label_id INTEGER NOT NULL REFERENCES labels (id),
    x0 REAL NOT NULL CHECK (x0 BETWEEN -1e9 AND 1e9),
    y0 REAL NOT NULL CHECK (y0 BETWEEN -1e9 AND 1e9),
    x1 REAL NOT NULL CHECK (x1 BETWEEN x0 AND 1e9),
    y1 REAL NOT NULL CHECK (y1 BETWEEN y0 AND 1e9),
    mask_height INTEGER,
    mask_width INTEGER,
    mask_counts TEXT,
    polygon TEXT, -- JSON
    state TEXT NOT NULL CHECK (state IN ('proposed', 'accepted')),
    origin TEXT NOT NULL CHECK (origin IN ('drawn', 'model', 'imported')),
    score REAL CHECK (score BETWEEN 0 AND 1),
    iscrowd INTEGER NOT NULL,
    difficult INTEGER NOT NULL,
    truncated INTEGER NOT NULL,
    occluded INTEGER NOT NULL,
    attributes TEXT NOT NULL, -- JSON
    group_id INTEGER,
    z REAL NOT NULL,
    provenance_id INTEGER REFERENCES provenance (id),
    source TEXT, -- JSON
    CHECK ((mask_counts IS NULL) = (mask_height IS NULL) AND (mask_counts IS NULL) = (mask_width IS NULL))
  ) STRICT;
  CREATE INDEX annotations_image ON annotations (image_id, state);
  CREATE INDEX annotations_label ON annotations (label_id, image_id);
  CREATE INDEX annotations_provenance ON annotations (provenance_id);`

const RUNS = `
  CREATE TABLE runs (
    id INTEGER PRIMARY KEY,
    recipe TEXT NOT NULL, -- JSON
    recipe_hash TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'finished', 'undone')),
    created_at TEXT NOT NULL
  ) STRICT;
  CREATE INDEX runs_recipe ON runs (recipe_hash);

  CREATE TABLE run_items (
    run_id INTEGER NOT NULL REFERENCES runs (id),
    image_id INTEGER NOT NULL REFERENCES images (id),
    state TEXT NOT NULL CHECK (state IN ('pending', 'running', 'done', 'failed', 'skipped')),
    attempts INTEGER NOT NULL DEFAULT 0,
    error TEXT,
    ms REAL,
    PRIMARY KEY (run_id, image_id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX run_items_state ON run_items (run_id, state, image_id);

  CREATE TABLE replies (
    id INTEGER PRIMARY KEY,
    image_hash TEXT NOT NULL,
    model_hash TEXT NOT NULL,
    prompt_hash TEXT NOT NULL,
    words TEXT NOT NULL,
    text TEXT NOT NULL -- verbatim
  ) STRICT;
  CREATE INDEX replies_question ON replies (image_hash, model_hash, prompt_hash);

  CREATE TABLE provenance (
    id INTEGER PRIMARY KEY,
    run_id INTEGER NOT NULL REFERENCES runs (id),
    reply_id INTEGER NOT NULL REFERENCES replies (id),
    grounder TEXT NOT NULL,
    segmenter TEXT NOT NULL,
    segmenter_hash TEXT NOT NULL,
    original_box TEXT NOT NULL, -- JSON
    notes TEXT NOT NULL -- JSON
  ) STRICT;
  CREATE INDEX provenance_run ON provenance (run_id);`

const LOG = `
  CREATE TABLE edits (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    actor TEXT NOT NULL,
    reason TEXT NOT NULL,
    image_id INTEGER NOT NULL REFERENCES images (id),
    revision INTEGER NOT NULL, -- of the image, after this edit
    changes TEXT NOT NULL, -- the ChangeSet, JSON
    hash TEXT NOT NULL -- SHA-256 over the hash before and this row, hex
  ) STRICT;
  CREATE UNIQUE INDEX edits_image ON edits (image_id, revision);
  CREATE TRIGGER edits_stay BEFORE UPDATE ON edits BEGIN SELECT RAISE(ABORT, 'edits are never changed'); END;
  CREATE TRIGGER edits_remain BEFORE DELETE ON edits BEGIN SELECT RAISE(ABORT, 'edits are never removed'); END;

  CREATE TABLE settings (
    key TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL -- JSON
  ) STRICT, WITHOUT ROWID;`

export const project: Migration = {
  version: 1,
  up(connection) {
    connection.execute(IMAGES)
    connection.execute(ANNOTATIONS)
    connection.execute(RUNS)
    connection.execute(LOG)
  },
}
