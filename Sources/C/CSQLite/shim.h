#pragma once
#include <sqlite3.h>
#include <stdint.h>

// Swift sees neither SQLITE_TRANSIENT (a cast) nor the extended codes (expressions) nor functions with variable arguments.

/// Binds text that SQLite copies; NULL with count 0 is the empty text.
static inline int roost_sqlite_bind_text(sqlite3_stmt *statement, int place, const uint8_t *bytes, int count) {
    return sqlite3_bind_text(statement, place, count == 0 ? "" : (const char *)bytes, count, SQLITE_TRANSIENT);
}

/// Binds bytes that SQLite copies; NULL with count 0 is the empty blob.
static inline int roost_sqlite_bind_blob(sqlite3_stmt *statement, int place, const void *bytes, int count) {
    return sqlite3_bind_blob(statement, place, count == 0 ? "" : bytes, count, SQLITE_TRANSIENT);
}

/// Stops SQLite from counting its memory, which takes a lock at every allocation. Before the first connection is opened.
static inline int roost_sqlite_count_no_memory(void) { return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); }

enum {
    roost_sqlite_constraint_unique = SQLITE_CONSTRAINT_UNIQUE,
    roost_sqlite_constraint_primary_key = SQLITE_CONSTRAINT_PRIMARYKEY,
    roost_sqlite_constraint_rowid = SQLITE_CONSTRAINT_ROWID,
};
