/* JSON, YAML, base64, base32 and digests. */
#include "render/template/fns.h"
#include "render/template/json_syntax.h"
#include "render/template/print.h"
#include "render/template/run.h"
#include "render/template/toml.h"
#include "syncd/base/crypto.h"
#include "syncd/value/json.h"
#include "syncd/value/yaml.h"

#include "render/template/dyn_value.h"

static str json_of(struct dyn_call *call, size_t index, enum json_style style, bool *ret_good)
{
    value document;
    *ret_good = dyn_to_value(call->args[index], DYN_NUMBERS_TEXT, call->arena, &document);
    if (!*ret_good)
        return (str){0};
    return valid_utf8_with(json_text(document, style, call->arena), STR("\\ufffd"), call->arena);
}

bool fn_to_json(struct dyn_call *call)
{
    bool good;
    return call_return_str(call, json_of(call, 0, JSON_GO, &good));
}

static bool unsupported_value(struct dyn_call *call)
{
    return call_error(call, "json: unsupported type: complex128");
}

bool fn_must_to_json(struct dyn_call *call)
{
    bool good;
    str text = json_of(call, 0, JSON_GO, &good);
    return good ? call_return_str(call, text) : unsupported_value(call);
}

/* Go escapes U+2028 and U+2029 even where it leaves <, > and & alone. */
static str without_line_separators(str text, struct arena *arena)
{
    if (str_find(text, STR("\xE2\x80")) == SIZE_MAX)
        return text;
    AUTO_BUF struct buf buf = BUF_INIT(text.len * 2 + 8);
    for (size_t i = 0; i < text.len; i++) {
        str rest = str_skip(text, i);
        bool separator = str_starts(rest, STR("\xE2\x80\xA8"));
        if (separator || str_starts(rest, STR("\xE2\x80\xA9"))) {
            buf_add(&buf, separator ? STR("\\u2028") : STR("\\u2029"));
            i += 2;
        } else {
            buf_add_byte(&buf, text.ptr[i]);
        }
    }
    return buf_copy(&buf, arena);
}

bool fn_must_to_raw_json(struct dyn_call *call)
{
    bool good;
    str text = json_of(call, 0, JSON_COMPACT, &good);
    return good ? call_return_str(call, without_line_separators(text, call->arena))
                : unsupported_value(call);
}

/* Two spaces and escaped as Go does: the printer with four spaces is the one that escapes. */
static str pretty_json(struct dyn_call *call, bool *ret_good)
{
    str wide = json_of(call, 0, JSON_INDENT4, ret_good);
    char *out = arena_alloc_bytes(call->arena, wide.len + 1);
    size_t len = 0;
    while (wide.len > 0) {
        size_t spaces = 0;
        while (spaces < wide.len && wide.ptr[spaces] == ' ')
            spaces++;
        size_t end = str_index(wide, '\n');
        size_t line = end == SIZE_MAX ? wide.len : end + 1;
        memset(out + len, ' ', spaces / 2);
        len += spaces / 2;
        memcpy(out + len, wide.ptr + spaces, line - spaces);
        len += line - spaces;
        wide = str_skip(wide, line);
    }
    return str_from(out, len);
}

bool fn_to_pretty_json(struct dyn_call *call)
{
    bool good;
    return call_return_str(call, pretty_json(call, &good));
}

bool fn_must_to_pretty_json(struct dyn_call *call)
{
    bool good;
    str text = pretty_json(call, &good);
    return good ? call_return_str(call, text) : unsupported_value(call);
}

static bool read_json(struct dyn_call *call, struct dyn *ret_value, str *ret_message)
{
    struct error err = ERROR_INIT;
    value document;
    str text = call_str(call, 0);
    if (!json_read(text, call->run->limits, call->arena, &document, &err)) {
        const struct yaml_options options = {.dialect = YAML_KUBERNETES,
                                             .allow_duplicate_keys = true};
        *ret_message = json_complaint(text, call->arena);
        struct error duplicate = ERROR_INIT;
        /* Of a key that is there twice Go takes the last, as the YAML reader can. */
        if (ret_message->len == 0 &&
            yaml_read(text, &options, call->run->limits, call->arena, &document, &duplicate)) {
            *ret_value = dyn_from_value(document, call->arena);
            return true;
        }
        if (ret_message->len == 0)
            *ret_message = arena_str(call->arena, str_z(err.text));
        return false;
    }
    *ret_value = dyn_from_value(document, call->arena);
    return true;
}

bool fn_must_from_json(struct dyn_call *call)
{
    str message;
    struct dyn v;
    if (!read_json(call, &v, &message))
        return call_error_text(call, message);
    return call_return(call, v);
}

static const char *json_kind(struct dyn v)
{
    switch (v.kind) {
    case DYN_BOOL: return "bool";
    case DYN_FLOAT: return "number";
    case DYN_STRING: return "string";
    case DYN_LIST: return "array";
    default: return "object";
    }
}

/* The result of fromJson and fromYaml: a map; an error is its member "Error". */
static bool return_map(struct dyn_call *call, struct dyn v, str message, const char *prefix)
{
    if (message.len == 0 && v.kind == DYN_NIL)
        return call_return(call, dyn_of_map(TYPE_MAP_ANY, NULL));
    if (message.len == 0 && v.kind == DYN_MAP)
        return call_return(call, v);
    if (message.len == 0)
        message = arena_printf(call->arena,
                               "%sjson: cannot unmarshal %s into Go value of type "
                               "map[string]interface {}",
                               prefix, json_kind(v));
    struct dyn_map *map = dyn_map_create(call->arena);
    dyn_map_set(map, call->arena, STR("Error"), dyn_string(message));
    return call_return(call, dyn_of_map(TYPE_MAP_ANY, map));
}

static bool return_list(struct dyn_call *call, struct dyn v, str message, const char *prefix)
{
    if (message.len == 0 && v.kind == DYN_NIL) {
        struct dyn empty = dyn_list(TYPE_LIST_ANY, NULL, 0);
        empty.null = true;
        return call_return(call, empty);
    }
    if (message.len == 0 && v.kind == DYN_LIST)
        return call_return(call, v);
    if (message.len == 0)
        message = arena_printf(call->arena,
                               "%sjson: cannot unmarshal %s into Go value of type []interface {}",
                               prefix, json_kind(v));
    struct dyn *item = ARENA_ARRAY(call->arena, struct dyn, 1);
    *item = dyn_string(message);
    return call_return(call, dyn_list(TYPE_LIST_ANY, item, 1));
}

bool fn_from_json(struct dyn_call *call)
{
    struct dyn v = dyn_nil();
    str message = {0};
    (void)read_json(call, &v, &message);
    return return_map(call, v, message, "");
}

bool fn_from_json_array(struct dyn_call *call)
{
    struct dyn v = dyn_nil();
    str message = {0};
    (void)read_json(call, &v, &message);
    return return_list(call, v, message, "");
}

#define CONVERT_ERROR     "error converting YAML to JSON: yaml: "
#define YAML_DECODE_ERROR "error unmarshaling JSON: while decoding JSON: "

static bool read_yaml(struct dyn_call *call, struct dyn *ret_value, str *ret_message)
{
    const struct yaml_options options = {.dialect = YAML_KUBERNETES,
                                         .allow_duplicate_keys = true,
                                         .go_words = true,
                                         .first_only = true};
    struct error err = ERROR_INIT;
    value document;
    if (!call_charge(call, call_str(call, 0).len / 64))
        return false;
    if (yaml_read(call_str(call, 0), &options, call->run->limits, call->arena, &document, &err)) {
        *ret_value = dyn_from_value(document, call->arena);
        return true;
    }
    if (err.class == ERROR_LIMIT)
        return call_limit(call, "E_TPL_YAML", "%.*s: %s", STR_ARG(call->name), err.text);
    bool whole = str_starts(str_z(err.text), STR(CONVERT_ERROR));
    *ret_message =
        arena_concat(call->arena, whole ? STR("") : STR(CONVERT_ERROR), str_z(err.text), STR(""));
    return true;
}

bool fn_from_yaml(struct dyn_call *call)
{
    struct dyn v = dyn_nil();
    str message = {0};
    if (!read_yaml(call, &v, &message))
        return false;
    if (message.len == 0 && v.kind == DYN_NIL) /* null leaves the empty map that was there */
        v = dyn_of_map(TYPE_MAP_ANY, dyn_map_create(call->arena));
    return return_map(call, v, message, YAML_DECODE_ERROR);
}

bool fn_from_yaml_array(struct dyn_call *call)
{
    struct dyn v = dyn_nil();
    str message = {0};
    if (!read_yaml(call, &v, &message))
        return false;
    if (message.len == 0 && v.kind == DYN_NIL)
        v = dyn_list(TYPE_LIST_ANY, NULL, 0);
    return return_list(call, v, message, YAML_DECODE_ERROR);
}

static bool return_yaml(struct dyn_call *call, enum yaml_style style)
{
    value document;
    if (!dyn_to_value(call->args[0], style == YAML_V3 ? DYN_NUMBERS_YAML : DYN_NUMBERS_SIGS,
                      call->arena, &document))
        return style == YAML_V3 ? call_error(call, "cannot marshal type: complex128")
                                : call_return_str(call, STR(""));
    struct buf *buf = run_take_buf(call->run);
    yaml_write(document, style, buf);
    if (!buf_failed(buf) && buf->len > 0 && buf->ptr[buf->len - 1] == '\n')
        buf_truncate(buf, buf->len - 1);
    size_t len = buf->len;
    bool good = call_return_buf(call, buf);
    run_give_buf(call->run, buf);
    return good && call_charge(call, len / 64);
}

bool fn_to_yaml(struct dyn_call *call)
{
    return return_yaml(call, YAML_SIGS);
}

bool fn_to_yaml_pretty(struct dyn_call *call)
{
    return return_yaml(call, YAML_V3);
}

/* Base64 and base32. */

bool fn_b64enc(struct dyn_call *call)
{
    str text = call_str(call, 0);
    return call_alloc(call, 0) != NULL && text.len <= call->run->limits->template_output &&
           call_return_str(call, base64_encode(call->arena, text));
}

static str without_line_breaks(str text, struct arena *arena)
{
    if (str_index(text, '\n') == SIZE_MAX && str_index(text, '\r') == SIZE_MAX)
        return text;
    char *out = arena_alloc_bytes(arena, text.len);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] != '\n' && text.ptr[i] != '\r')
            out[len++] = text.ptr[i];
    return str_from(out, len);
}

/* The byte that Go's decoder of base64 complains of. */
static size_t illegal_byte(str text, const char *alphabet)
{
    size_t solid = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '\n' || text.ptr[i] == '\r')
            continue;
        if (text.ptr[i] == '\0' || strchr(alphabet, text.ptr[i]) == NULL)
            return i;
        solid++;
    }
    return text.len - (solid % 4);
}

str base64_complaint(str text, struct arena *arena)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    return arena_printf(arena, "illegal base64 data at input byte %zu",
                        illegal_byte(text, alphabet));
}

bool fn_b64dec(struct dyn_call *call)
{
    str text = call_str(call, 0);
    str bytes;
    if (base64_decode(call->arena, without_line_breaks(text, call->arena), &bytes))
        return call_return_str(call, bytes);
    return call_return_str(call, base64_complaint(text, call->arena));
}

static const char base32_alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

bool fn_b32enc(struct dyn_call *call)
{
    str text = call_str(call, 0);
    size_t size = (text.len + 4) / 5 * 8;
    char *out = call_alloc(call, size);
    if (out == NULL)
        return false;
    size_t len = 0;
    for (size_t i = 0; i < text.len; i += 5) {
        uint64_t group = 0;
        size_t used = text.len - i < 5 ? text.len - i : 5;
        for (size_t j = 0; j < 5; j++)
            group = group << 8 | (j < used ? (unsigned char)text.ptr[i + j] : 0);
        size_t letters = (used * 8 + 4) / 5;
        for (size_t j = 0; j < 8; j++)
            out[len++] = j < letters ? base32_alphabet[group >> (35 - 5 * j) & 31] : '=';
    }
    return call_return_str(call, str_from(out, len));
}

/* Whether the padding that begins at `from` is whole; if not, the byte that Go complains of. */
static bool base32_padding(str text, size_t from, size_t *ret_bad)
{
    size_t column = from % 8;
    *ret_bad = text.len;
    if (text.len - from + column < 8)
        return false;
    for (size_t i = 1; i < 8 - column; i++) {
        if (text.ptr[from + i] != '=') {
            *ret_bad = from + i - 1;
            return false;
        }
    }
    *ret_bad = from;
    return column != 3 && column != 6;
}

/* The letters before the padding; like Go it takes up to seven bytes behind the padding's begin. */
static bool base32_letters(str text, size_t *ret_count, size_t *ret_bad)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '=' && i % 8 >= 2 && text.len - i <= 8) {
            *ret_count = i;
            return base32_padding(text, i, ret_bad);
        }
        if (text.ptr[i] == '\0' || strchr(base32_alphabet, text.ptr[i]) == NULL) {
            *ret_bad = i;
            return false;
        }
    }
    *ret_count = text.len;
    *ret_bad = text.len - text.len % 8;
    return text.len % 8 == 0;
}

bool fn_b32dec(struct dyn_call *call)
{
    str text = without_line_breaks(call_str(call, 0), call->arena);
    size_t letters, bad;
    if (!base32_letters(text, &letters, &bad))
        return call_return_str(
            call, arena_printf(call->arena, "illegal base32 data at input byte %zu", bad));
    char *out = arena_alloc_bytes(call->arena, text.len);
    size_t len = 0;
    uint32_t bits = 0;
    unsigned count = 0;
    for (size_t i = 0; i < letters; i++) {
        const char *found = strchr(base32_alphabet, text.ptr[i]);
        bits = (bits << 5 | (uint32_t)(found - base32_alphabet)) & 0xFFF;
        count += 5;
        if (count >= 8) {
            count -= 8;
            out[len++] = (char)(bits >> count);
        }
    }
    return call_return_str(call, str_from(out, len));
}

static bool return_digest(struct dyn_call *call, enum digest kind)
{
    uint8_t digest[DIGEST_MAX];
    size_t len = crypto_digest(kind, call_str(call, 0), digest);
    return call_return_str(call, hex_encode(call->arena, str_from((const char *)digest, len)));
}

bool fn_sha1sum(struct dyn_call *call)
{
    return return_digest(call, DIGEST_SHA1);
}

bool fn_sha256sum(struct dyn_call *call)
{
    return return_digest(call, DIGEST_SHA256);
}

bool fn_sha512sum(struct dyn_call *call)
{
    return return_digest(call, DIGEST_SHA512);
}

/* TOML. */

bool fn_to_toml(struct dyn_call *call)
{
    AUTO_BUF struct buf buf;
    call_buf(call, &buf);
    str message;
    if (dyn_is_nothing(call->args[0]))
        return call_error(call, "reflect: call of reflect.Value.Type on zero Value");
    if (!toml_write(call->args[0], call->arena, &buf, &message))
        return call_return_str(call, message);
    return call_return_buf(call, &buf);
}

bool fn_from_toml(struct dyn_call *call)
{
    struct dyn v = dyn_nil();
    str message = {0};
    if (!call_charge(call, call_str(call, 0).len / 64))
        return false;
    if (toml_read(call_str(call, 0), call->arena, &v, &message))
        message = (str){0};
    return return_map(call, v, message, "");
}
