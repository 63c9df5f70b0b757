#include "syncd/signature/object.h"

#include "syncd/base/buf.h"

#define BYTES_MOST (8u << 20)

/* The headers in the order in which Git writes them; each once, parents and others as they like. */
enum field {
    FIELD_NONE,
    FIELD_TARGET,
    FIELD_PARENT,
    FIELD_TYPE,
    FIELD_NAME,
    FIELD_AUTHOR,
    FIELD_TIME,
    FIELD_REST
};

struct header {
    const char *name;
    enum field field;
};

static const struct header commit_headers[] = {
    {"tree", FIELD_TARGET},
    {"parent", FIELD_PARENT},
    {"author", FIELD_AUTHOR},
    {"committer", FIELD_TIME},
};

static const struct header tag_headers[] = {
    {"object", FIELD_TARGET},
    {"type", FIELD_TYPE},
    {"tag", FIELD_NAME},
    {"tagger", FIELD_TIME},
};

struct reading {
    const struct header *headers;
    size_t header_count;
    enum field last;
    bool signature_seen, in_signature;
    struct buf payload, signature;
    struct signed_object object;
};

static bool malformed(struct error *err, const char *why)
{
    return error_rule(err, ERROR_INPUT, "E_SIG_FORM", "the object is not as Git writes it: %s",
                      why);
}

/* "… <mail> 1700000000 +0000" */
static bool read_time(str line, int64_t *ret_time_s)
{
    size_t mail = str_rindex(line, '>');
    if (mail == SIZE_MAX)
        return false;
    str rest = str_trim_left(str_skip(line, mail + 1), STR(" ")), seconds;
    return str_cut(&rest, ' ', &seconds) && str_to_i64(seconds, ret_time_s);
}

static enum field field_of(const struct reading *reading, str name)
{
    for (size_t i = 0; i < reading->header_count; i++)
        if (str_equal(name, str_z(reading->headers[i].name)))
            return reading->headers[i].field;
    return FIELD_REST;
}

/* A header that is no continuation and no signature. */
static bool take_field(struct reading *reading, str name, str text, struct error *err)
{
    enum field field = field_of(reading, name);
    if (field < reading->last ||
        (field == reading->last && field != FIELD_PARENT && field != FIELD_REST))
        return malformed(err, "a header twice, or out of its order");
    if (reading->object.target.len == 0 && field != FIELD_TARGET)
        return malformed(err, "it does not begin with what it names");
    reading->last = field;
    if (field == FIELD_TARGET)
        reading->object.target = text;
    if (field == FIELD_TARGET && text.len != 40)
        return malformed(err, "no object id of 40 digits");
    if (field == FIELD_TIME && !read_time(text, &reading->object.time_s))
        return malformed(err, "no time in it");
    return true;
}

static bool take_line(struct reading *reading, str line, struct error *err)
{
    if (line.ptr[0] == ' ') { /* goes on with the header before */
        struct buf *to = reading->in_signature ? &reading->signature : &reading->payload;
        buf_add(to, reading->in_signature ? str_skip(line, 1) : line);
        buf_add_byte(to, '\n');
        return reading->object.target.len != 0 || malformed(err, "it begins with a space");
    }
    str text = line, name;
    if (!str_cut(&text, ' ', &name) || text.ptr == NULL)
        return malformed(err, "a header without a text");
    if (str_equal(name, STR("gpgsig-sha256")))
        return malformed(err, "a signature for another kind of repository");
    reading->in_signature = str_equal(name, STR("gpgsig"));
    if (reading->in_signature && reading->signature_seen)
        return malformed(err, "it has two signatures");
    if (reading->in_signature) {
        reading->signature_seen = true;
        buf_add(&reading->signature, text);
        buf_add_byte(&reading->signature, '\n');
        return true;
    }
    buf_add(&reading->payload, line);
    buf_add_byte(&reading->payload, '\n');
    return take_field(reading, name, text, err);
}

/* All headers; *ret_rest begins at the empty line before the message. */
static bool take_headers(struct reading *reading, str bytes, str *ret_rest, struct error *err)
{
    if (bytes.len > BYTES_MOST)
        return malformed(err, "it is over 8 MiB");
    while (bytes.len != 0 && bytes.ptr[0] != '\n') {
        size_t end = str_index(bytes, '\n');
        if (end == SIZE_MAX)
            return malformed(err, "a header has no end");
        if (memchr(bytes.ptr, '\0', end) != NULL)
            return malformed(err, "a NUL byte in a header");
        if (!take_line(reading, str_slice(bytes, 0, end), err))
            return false;
        bytes = str_skip(bytes, end + 1);
    }
    *ret_rest = bytes;
    return reading->last >= FIELD_TIME || malformed(err, "its headers are not complete");
}

bool signed_object_read_commit(str bytes, struct arena *arena, struct signed_object *ret_object,
                               struct error *err)
{
    struct reading reading = {.headers = commit_headers,
                              .header_count = ARRAY_LEN(commit_headers),
                              .payload = BUF_INIT(BYTES_MOST + 1),
                              .signature = BUF_INIT(BYTES_MOST + 1)};
    str rest;
    bool done = take_headers(&reading, bytes, &rest, err);
    if (done) {
        buf_add(&reading.payload, rest);
        reading.object.payload = buf_copy(&reading.payload, arena);
        reading.object.signature = buf_copy(&reading.signature, arena);
        *ret_object = reading.object;
    }
    buf_finish(&reading.signature);
    buf_finish(&reading.payload);
    return done;
}

/* The last line of the message that begins a signature, or SIZE_MAX. */
static size_t find_signature(str message)
{
    static const char *const begins[] = {"-----BEGIN SSH SIGNATURE-----",
                                         "-----BEGIN PGP SIGNATURE-----",
                                         "-----BEGIN SIGNED MESSAGE-----"};
    size_t found = SIZE_MAX;
    for (size_t at = 0; at < message.len;) {
        str line = str_skip(message, at);
        for (size_t i = 0; i < ARRAY_LEN(begins); i++)
            if (str_starts(line, str_z(begins[i])))
                found = at;
        size_t end = str_index(line, '\n');
        at = end == SIZE_MAX ? message.len : at + end + 1;
    }
    return found;
}

bool signed_object_read_tag(str bytes, struct arena *arena, struct signed_object *ret_object,
                            struct error *err)
{
    (void)arena; /* everything is a view */
    struct reading reading = {.headers = tag_headers,
                              .header_count = ARRAY_LEN(tag_headers),
                              .payload = BUF_INIT(BYTES_MOST + 1),
                              .signature = BUF_INIT(BYTES_MOST + 1)};
    str rest;
    bool done = take_headers(&reading, bytes, &rest, err);
    if (done && reading.signature_seen)
        done = malformed(err, "a tag with a commit's signature");
    if (done) {
        size_t at = find_signature(rest);
        size_t payload = at == SIZE_MAX ? bytes.len : bytes.len - rest.len + at;
        reading.object.payload = str_slice(bytes, 0, payload);
        reading.object.signature = str_skip(bytes, payload);
        *ret_object = reading.object;
    }
    buf_finish(&reading.signature);
    buf_finish(&reading.payload);
    return done;
}
