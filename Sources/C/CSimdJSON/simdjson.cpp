#include "CSimdJSON.h"

#include <simdjson.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <string_view>
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

// A name of an object, and its place on the tape.
struct name {
    std::string_view text;
    size_t place;
};

constexpr size_t none = static_cast<size_t>(-1);
// So many names are compared with each other as they come; an object with more is sorted when it ends. A hash would be faster for honest input,
// but whoever knows the hash can make names that all collide.
constexpr size_t pairwise_limit = 16;

// An object or array that is open.
struct scope {
    // Where its names begin; `none` for an array.
    size_t first_name;
    bool expects_name;
};

// The place of the first name that is there for the second time, or `none`.
size_t duplicate_among(std::vector<name> &names, size_t first) {
    const auto begin = names.begin() + static_cast<std::ptrdiff_t>(first);
    std::sort(begin, names.end(), [](const name &left, const name &right) {
        const int order = left.text.compare(right.text);
        return order != 0 ? order < 0 : left.place < right.place;
    });
    size_t place = none;
    for (auto next = begin; next != names.end(); next++) {
        if (next != begin && next->text == (next - 1)->text && next->place < place) place = next->place;
    }
    return place;
}

// Walks the tape once: counts levels, and finds duplicate names and where the strings end.
void inspect(roost_json_result &result, size_t max_depth) {
    const uint64_t *tape = result.tape;
    const uint8_t *strings = result.strings;
    std::vector<scope> scopes;
    std::vector<name> names;
    const auto refuse_duplicate = [&result](size_t place) {
        result.status = ROOST_JSON_DUPLICATE_NAME;
        result.duplicate_index = place;
    };
    for (size_t i = 1; i + 1 < result.tape_count; i++) {
        const uint64_t word = tape[i];
        // simdjson does not count the innermost array or object when it is empty.
        if ((type(word) == '{' || type(word) == '[') && scopes.size() == max_depth) {
            result.status = ROOST_JSON_TOO_DEEP;
            return;
        }
        switch (type(word)) {
        case '"': {
            const std::string_view text = string_at(strings, word);
            const size_t end = payload(word) + sizeof(uint32_t) + text.size() + 1;
            if (end > result.string_bytes) result.string_bytes = end;
            if (!scopes.empty() && scopes.back().expects_name) {
                scopes.back().expects_name = false;
                const size_t first = scopes.back().first_name;
                if (names.size() - first < pairwise_limit) {
                    for (size_t earlier = first; earlier < names.size(); earlier++) {
                        if (names[earlier].text == text) return refuse_duplicate(i);
                    }
                }
                names.push_back({text, i});
                continue;
            }
            break;
        }
        case '{':
            scopes.push_back({names.size(), true});
            continue;
        case '[':
            scopes.push_back({none, false});
            continue;
        case '}': {
            const size_t first = scopes.back().first_name;
            if (names.size() - first > pairwise_limit) {
                const size_t duplicate = duplicate_among(names, first);
                if (duplicate != none) return refuse_duplicate(duplicate);
            }
            names.resize(first);
            scopes.pop_back();
            break;
        }
        case ']':
            scopes.pop_back();
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
        const simdjson::error_code error = current.parser->allocate(length, max_depth + 1); // the document itself is a level
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
    inspect(result, max_depth);
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
