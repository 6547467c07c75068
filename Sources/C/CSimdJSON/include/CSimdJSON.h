/// simdjson behind a C interface: one call that turns bytes into a tape.
#ifndef ROOST_CSIMDJSON_H
#define ROOST_CSIMDJSON_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum roost_json_status {
    ROOST_JSON_OK = 0,
    ROOST_JSON_MALFORMED = 1,
    ROOST_JSON_TOO_DEEP = 2,
    ROOST_JSON_BAD_NUMBER = 3,
    ROOST_JSON_NOT_UTF8 = 4,
    ROOST_JSON_DUPLICATE_NAME = 5,
    ROOST_JSON_NO_MEMORY = 6,
};

/// What a call of roost_json_parse found. The pointers belong to the calling thread's parser and are good until its next call.
struct roost_json_result {
    enum roost_json_status status;
    /// The place of the second of two equal names, for ROOST_JSON_DUPLICATE_NAME.
    size_t duplicate_index;
    /// simdjson's tape: https://github.com/simdjson/simdjson/blob/master/doc/tape.md
    const uint64_t *tape;
    size_t tape_count;
    const uint8_t *strings;
    size_t string_bytes;
};

/// Parses one JSON document, strictly. Nesting deeper than max_depth is refused.
struct roost_json_result roost_json_parse(const uint8_t *bytes, size_t length, size_t max_depth);

#ifdef __cplusplus
}
#endif

#endif
