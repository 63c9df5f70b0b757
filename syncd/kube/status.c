#include "syncd/base/vec.h"
#include "syncd/kube/kube_internal.h"
#include "syncd/value/json.h"

#define CAUSES_MAX   100
#define SENTENCE_MAX 300
#define WORD_MAX     256

/* What an HTTP status means when the server refuses. Everything else is by hundreds. */
static const struct {
    int code;
    enum error_class class;
    const char *rule;
    const char *reason; /* where the body names none */
} codes[] = {
    {400, ERROR_INPUT, "E_API_BAD_REQUEST", "BadRequest"},
    {401, ERROR_DENIED, "E_API_UNAUTHORIZED", "Unauthorized"},
    {403, ERROR_DENIED, "E_API_FORBIDDEN", "Forbidden"},
    {404, ERROR_NOT_FOUND, "E_API_NOT_FOUND", "NotFound"},
    {405, ERROR_UNSUPPORTED, "E_API_METHOD", "MethodNotAllowed"},
    {406, ERROR_UNSUPPORTED, "E_API_FORMAT", "NotAcceptable"},
    {408, ERROR_TIMEOUT, "E_API_TIMEOUT", "Timeout"},
    {409, ERROR_CONFLICT, "E_API_CONFLICT", "Conflict"},
    {410, ERROR_UNAVAILABLE, "E_API_GONE", "Expired"},
    {413, ERROR_LIMIT, "E_API_TOO_LARGE", "RequestEntityTooLarge"},
    {415, ERROR_UNSUPPORTED, "E_API_FORMAT", "UnsupportedMediaType"},
    {422, ERROR_INPUT, "E_API_INVALID", "Invalid"},
    {429, ERROR_UNAVAILABLE, "E_API_BUSY", "TooManyRequests"},
    {504, ERROR_TIMEOUT, "E_API_TIMEOUT", "Timeout"},
};

static bool is_word_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == '_' || c == ':' || c == '/';
}

/* Reasons, kinds and names are words; what is none of these is not repeated. */
static str word(value v, struct arena *arena)
{
    const str text = value_str(v);
    if (text.len > WORD_MAX)
        return STR("");
    for (size_t i = 0; i < text.len; i++)
        if (!is_word_byte(text.ptr[i]))
            return STR("");
    return arena_str(arena, text);
}

static bool has_control(str text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] < 0x20 || text.ptr[i] == 0x7f)
            return true;
    return false;
}

/* A field's path may hold keys in brackets and quotes, but nothing that controls a terminal. */
static str field_path(value v, struct arena *arena)
{
    const str text = str_slice(value_str(v), 0, WORD_MAX);
    return has_control(text) ? STR("") : arena_str(arena, text);
}

/* Behind "Invalid value: " stands what was sent, up to the next ": ". */
static size_t value_end(str text, size_t from)
{
    static const char mark[] = "Invalid value: ";
    const str before = str_slice(text, 0, from);
    if (!str_ends(before, STR("Invalid value: ")) || sizeof(mark) - 1 > from)
        return from;
    if (from < text.len && (text.ptr[from] == '"' || text.ptr[from] == '`'))
        return from;
    const size_t end = str_find(str_skip(text, from), STR(": "));
    return end == SIZE_MAX ? text.len : from + end;
}

static size_t quote_end(str text, size_t from)
{
    const char quote = text.ptr[from];
    for (size_t i = from + 1; i < text.len; i++) {
        if (text.ptr[i] == '\\' && quote == '"')
            i++;
        else if (text.ptr[i] == quote)
            return i + 1;
    }
    return text.len;
}

/* The server's sentence without anything it quotes. */
static str without_values(str text, struct arena *arena)
{
    AUTO_BUF struct buf buf = BUF_INIT(SENTENCE_MAX + 8);
    const size_t dump = str_find(text, STR(", got &"));
    if (dump != SIZE_MAX)
        text.len = dump;
    for (size_t i = 0; i < text.len && buf.len < SENTENCE_MAX;) {
        const size_t end = value_end(text, i);
        if (end > i) {
            buf_add(&buf, STR("…"));
            i = end;
            continue;
        }
        const char c = text.ptr[i];
        if (c == '"' || c == '`' || (c == '\'' && (i == 0 || !is_word_byte(text.ptr[i - 1])))) {
            buf_add(&buf, STR("…"));
            i = quote_end(text, i);
            continue;
        }
        buf_add_byte(&buf, (unsigned char)c < 0x20 || c == 0x7f ? ' ' : c);
        i++;
    }
    return buf_copy(&buf, arena);
}

/* conflict with "kubectl-edit" using v1: the manager is in the sentence only. */
static str conflict_owner(str message, struct arena *arena)
{
    static const str before = STR_INIT("conflict with \"");
    const size_t at = str_find(message, before);
    if (at == SIZE_MAX)
        return STR("");
    const str rest = str_skip(message, at + before.len);
    const size_t end = str_index(rest, '"');
    const str owner = str_slice(rest, 0, end);
    return end == SIZE_MAX || end > WORD_MAX || has_control(owner) ? STR("")
                                                                   : arena_str(arena, owner);
}

static struct kube_cause read_cause(value cause, bool secret, struct arena *arena)
{
    const str message = value_str(value_get(cause, STR("message")));
    struct kube_cause read = {
        .reason = word(value_get(cause, STR("reason")), arena),
        .field = field_path(value_get(cause, STR("field")), arena),
    };
    if (str_equal(read.reason, STR("FieldManagerConflict")))
        read.manager = conflict_owner(message, arena);
    else if (!secret)
        read.rule = without_values(message, arena);
    return read;
}

static void read_causes(value causes, bool secret, struct arena *arena, struct kube_status *status)
{
    VEC(struct kube_cause) read = {0};
    if (!value_is(causes, VALUE_ARRAY))
        return;
    for (size_t i = 0; i < value_len(causes) && i < CAUSES_MAX; i++)
        VEC_PUSH(arena, &read, read_cause(value_item(causes, i), secret, arena));
    status->causes = read.items;
    status->cause_count = read.len;
}

/*
 * An object whose fields have the wrong types is the sender's fault, but the server's apply answers
 * it with a 500 that has no reason, and repeats the value at the end of its sentence.
 */
static bool is_typing_failure(int code, value root)
{
    return code == 500 && str_starts(value_str(value_get(root, STR("message"))),
                                     STR("failed to create typed patch object"));
}

static void classify(int code, enum error_class *ret_class, const char **ret_rule,
                     const char **ret_reason)
{
    for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
        if (codes[i].code == code) {
            *ret_class = codes[i].class;
            *ret_rule = codes[i].rule;
            *ret_reason = codes[i].reason;
            return;
        }
    }
    *ret_class = code >= 500 ? ERROR_UNAVAILABLE : code >= 400 ? ERROR_INPUT : ERROR_UNAVAILABLE;
    *ret_rule = code >= 500 ? "E_API_UNAVAILABLE" : code >= 400 ? "E_API_REFUSED" : "E_REDIRECT";
    *ret_reason = code >= 500 ? "ServerError" : code >= 400 ? "Refused" : "Redirect";
}

static void add_cause(struct buf *buf, const struct kube_cause *cause)
{
    if (cause->manager.len > 0) {
        buf_printf(buf, "%.*s belongs to \"%.*s\"", STR_ARG(cause->field), STR_ARG(cause->manager));
        return;
    }
    if (cause->field.len > 0)
        buf_printf(buf, "%.*s: ", STR_ARG(cause->field));
    buf_add(buf, cause->rule.len > 0 ? cause->rule : cause->reason);
}

/* Up to three causes, else what the status is about, else its sentence. */
static void add_explanation(struct buf *buf, const struct kube_status *status, value root,
                            bool secret)
{
    for (size_t i = 0; i < status->cause_count && i < 3; i++) {
        buf_add(buf, i == 0 ? STR(": ") : STR("; "));
        add_cause(buf, &status->causes[i]);
    }
    if (status->cause_count > 3)
        buf_printf(buf, "; %zu more", status->cause_count - 3);
    if (status->cause_count > 0 || secret)
        return;
    AUTO_ARENA struct arena *scratch = arena_create(ARENA_NO_BUDGET);
    const str sentence = without_values(value_str(value_get(root, STR("message"))), scratch);
    const str kind = word(value_get2(root, STR("details"), STR("kind")), scratch);
    const str name = word(value_get2(root, STR("details"), STR("name")), scratch);
    if (sentence.len > 0)
        buf_printf(buf, ": %.*s", STR_ARG(sentence));
    if (kind.len > 0 && name.len > 0)
        buf_printf(buf, " [%.*s %.*s]", STR_ARG(kind), STR_ARG(name));
}

void status_read(int code, str body, bool secret, str subject, const struct limits *limits,
                 struct arena *arena, struct kube_status *ret_status, struct error *err)
{
    enum error_class class;
    const char *rule, *fallback;
    AUTO_ARENA struct arena *scratch = arena_create(16u << 20);
    value root = value_absent();
    struct error ignored = ERROR_INIT;
    /* A proxy's HTML, or nothing: the code alone speaks. */
    if (!json_read(body, limits, scratch, &root, &ignored) ||
        !str_equal(value_str(value_get(root, STR("kind"))), STR("Status")))
        root = value_absent();
    classify(is_typing_failure(code, root) ? 422 : code, &class, &rule, &fallback);
    struct kube_status status = {.code = code, .retry_after_ns = -1};
    status.reason = word(value_get(root, STR("reason")), arena);
    if (status.reason.len == 0)
        status.reason = str_z(fallback);
    read_causes(value_get2(root, STR("details"), STR("causes")), secret, arena, &status);

    AUTO_BUF struct buf text = BUF_INIT(4096);
    buf_printf(&text, "%.*s: %.*s (%d)", STR_ARG(subject), STR_ARG(status.reason), code);
    add_explanation(&text, &status, root, secret);
    (void)error_rule(err, class, rule, "%.*s", STR_ARG(buf_str(&text)));
    err->detail = code;
    *ret_status = status;
}
