#include "CSimdJSON.h"

#include <simdjson.h>

#include <cstring>
#include <memory>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace {

// A parser that has read a large document is dropped after the next small one, so that a thread does not keep its memory for ever.
constexpr size_t kept_capacity = 256 * 1024;

struct thread_parser {
    std::unique_ptr<simdjson::dom::parser> parser;
    std::vector<uint8_t> padded;
    size_t depth = 0;
};

thread_local thread_parser current;

uint64_t payload(uint64_t word) { return word & 0x00FFFFFFFFFFFFFFULL; }
char type(uint64_t word) { return static_cast<char>(word >> 56); }

std::string_view string_at(const uint8_t *strings, uint64_t word) {
    const uint8_t *place = strings + payload(word);
    uint32_t length;
    std::memcpy(&length, place, sizeof length);
    return {reinterpret_cast<const char *>(place + sizeof length), length};
}

// The names of one object while it is open.
struct open_object {
    size_t first_name;
    bool expects_name;
};

// Looks for two equal names in one object. Small objects are compared pairwise, large ones by a set.
struct duplicate_finder {
    static constexpr size_t pairwise_limit = 16;
    std::vector<std::string_view> names;

    bool has_duplicate(size_t first) const {
        const size_t count = names.size() - first;
        if (count <= pairwise_limit) {
            const std::string_view last = names.back();
            for (size_t i = first; i + 1 < names.size(); i++) {
                if (names[i] == last) return true;
            }
        }
        return false;
    }
};

// Walks the tape once: finds duplicate names and where the strings end. Returns the place of a duplicate name, or 0.
size_t inspect(const uint64_t *tape, size_t count, const uint8_t *strings, size_t &string_bytes) {
    std::vector<open_object> scopes;
    duplicate_finder found;
    std::vector<std::unordered_set<std::string_view>> sets;
    std::vector<size_t> set_of_scope;
    constexpr size_t none = static_cast<size_t>(-1);
    string_bytes = 0;
    for (size_t i = 1; i + 1 < count; i++) {
        const uint64_t word = tape[i];
        const bool in_object = !scopes.empty() && scopes.back().first_name != none;
        switch (type(word)) {
        case '"': {
            const std::string_view text = string_at(strings, word);
            const size_t end = payload(word) + sizeof(uint32_t) + text.size() + 1;
            if (end > string_bytes) string_bytes = end;
            if (in_object && scopes.back().expects_name) {
                scopes.back().expects_name = false;
                const size_t first = scopes.back().first_name;
                found.names.push_back(text);
                const size_t members = found.names.size() - first;
                if (members <= duplicate_finder::pairwise_limit) {
                    if (found.has_duplicate(first)) return i;
                } else {
                    if (set_of_scope.back() == none) {
                        sets.emplace_back(found.names.begin() + static_cast<std::ptrdiff_t>(first), found.names.end() - 1);
                        set_of_scope.back() = sets.size() - 1;
                    }
                    if (!sets[set_of_scope.back()].insert(text).second) return i;
                }
                continue;
            }
            break;
        }
        case '{':
            scopes.push_back({found.names.size(), true});
            set_of_scope.push_back(none);
            continue;
        case '[':
            scopes.push_back({none, false});
            set_of_scope.push_back(none);
            continue;
        case '}':
            found.names.resize(scopes.back().first_name);
            if (set_of_scope.back() != none) sets.pop_back();
            scopes.pop_back();
            set_of_scope.pop_back();
            break;
        case ']':
            scopes.pop_back();
            set_of_scope.pop_back();
            break;
        case 'l':
        case 'u':
        case 'd':
            i++;
            break;
        default:
            break;
        }
        // A value has ended: its object expects a name next.
        if (!scopes.empty() && scopes.back().first_name != none) scopes.back().expects_name = true;
    }
    return 0;
}

roost_json_status status_of(simdjson::error_code error) {
    switch (error) {
    case simdjson::SUCCESS: return ROOST_JSON_OK;
    case simdjson::DEPTH_ERROR: return ROOST_JSON_TOO_DEEP;
    case simdjson::NUMBER_ERROR:
    case simdjson::NUMBER_OUT_OF_RANGE: return ROOST_JSON_BAD_NUMBER;
    case simdjson::UTF8_ERROR: return ROOST_JSON_NOT_UTF8;
    case simdjson::MEMALLOC: return ROOST_JSON_NO_MEMORY;
    default: return ROOST_JSON_MALFORMED;
    }
}

roost_json_result parse(const uint8_t *bytes, size_t length, size_t max_depth) {
    roost_json_result result = {ROOST_JSON_OK, 0, nullptr, 0, nullptr, 0};
    if (length <= kept_capacity && current.padded.capacity() > kept_capacity + simdjson::SIMDJSON_PADDING) current = thread_parser();
    if (!current.parser) current.parser = std::make_unique<simdjson::dom::parser>();
    if (current.parser->capacity() < length || current.depth != max_depth) {
        const simdjson::error_code error = current.parser->allocate(length, max_depth);
        if (error) {
            result.status = status_of(error);
            return result;
        }
        current.depth = max_depth;
    }
    current.padded.resize(length + simdjson::SIMDJSON_PADDING);
    std::memcpy(current.padded.data(), bytes, length);
    std::memset(current.padded.data() + length, 0, simdjson::SIMDJSON_PADDING);
    const simdjson::error_code error = current.parser->parse(current.padded.data(), length, false).error();
    if (error) {
        result.status = status_of(error);
        return result;
    }
    const simdjson::dom::document &document = current.parser->doc;
    result.tape = document.tape.get();
    result.tape_count = static_cast<size_t>(payload(result.tape[0]));
    result.strings = document.string_buf.get();
    result.duplicate_index = inspect(result.tape, result.tape_count, result.strings, result.string_bytes);
    if (result.duplicate_index != 0) result.status = ROOST_JSON_DUPLICATE_NAME;
    return result;
}

} // namespace

extern "C" roost_json_result roost_json_parse(const uint8_t *bytes, size_t length, size_t max_depth) {
    try {
        return parse(bytes, length, max_depth);
    } catch (...) {
        return {ROOST_JSON_NO_MEMORY, 0, nullptr, 0, nullptr, 0};
    }
}
