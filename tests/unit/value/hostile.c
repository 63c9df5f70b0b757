/*
 * The hostile documents H24 to H33 and H35 of the catalogue: each is refused with its class and
 * rule, or read as Kubernetes reads it, within a second under sanitizers and with bounded memory.
 */
#include "syncd/value/json.h"
#include "syncd/value/yaml.h"

#include <criterion/criterion.h>
#include <time.h>

#define SECONDS_MAX 4.0 /* of processor time; most take milliseconds */
#define MEMORY_MAX  (256u << 20)

static struct arena *arena;

static void set_up(void)
{
    arena = arena_create(MEMORY_MAX);
}

static void tear_down(void)
{
    arena_destroy(arena);
}

TestSuite(hostile, .init = set_up, .fini = tear_down);

struct document {
    const char *id, *head, *piece, *tail;
    size_t count;
    enum error_class class; /* ERROR_NONE: it is read */
    const char *rule;
};

static str build(const struct document *d, struct buf *buf)
{
    buf_add(buf, str_z(d->head));
    for (size_t i = 0; i < d->count; i++)
        buf_add(buf, str_z(d->piece));
    buf_add(buf, str_z(d->tail));
    return buf_str(buf);
}

static double cpu_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void expect(const struct document *d, bool ok, const struct error *err, double begin)
{
    double seconds = cpu_seconds() - begin;
    cr_expect_lt(seconds, SECONDS_MAX, "%s %s: %.2f s", d->id, d->piece, seconds);
    cr_expect_leq(arena_peak(arena), 2 * (size_t)MEMORY_MAX, "%s", d->id);
    cr_expect_eq(ok, d->class == ERROR_NONE, "%s %s: %s", d->id, d->piece, err->text);
    if (ok)
        return;
    cr_expect_eq(err->class, d->class, "%s %s: %s", d->id, d->piece, err->text);
    cr_expect_str_eq(err->rule, d->rule, "%s %s: %s %s", d->id, d->piece, err->rule, err->text);
}

static const struct document yaml_documents[] = {
    {"H24", "", "[", "", 1000000, ERROR_LIMIT, "E_YAML_DEPTH"},
    {"H24", "", "{", "", 1000000, ERROR_LIMIT, "E_YAML_DEPTH"},
    {"H24", "", "[a,", "", 1000000, ERROR_LIMIT, "E_YAML_DEPTH"},
    {"H24", "", "? ", "", 1000000, ERROR_LIMIT, "E_YAML_DEPTH"},
    {"H24", "", "- ", "", 100000, ERROR_LIMIT, "E_YAML_DEPTH"},
    {"H25", "", "a: [x,", "", 100000, ERROR_LIMIT, "E_YAML_DEPTH"},
    {"H26", "", "- &a x\n", "", 100000, ERROR_LIMIT, "E_YAML_ALIAS"},
    {"H27", "", "", "a: &a [*a]\n", 0, ERROR_INPUT, "E_YAML_CYCLE"},
    {"H27", "", "", "a: &self\n  <<: *self\n", 0, ERROR_INPUT, "E_YAML_CYCLE"},
    {"H27", "", "", "<<: text\n", 0, ERROR_INPUT, "E_YAML_MERGE"},
    {"H27", "a: &a {k: 1}\nb:\n", "  <<: *a\n", "", 1000, ERROR_NONE, ""},
    {"H28", "a: ", "xxxxxxxx", "\n", 640000, ERROR_LIMIT, "E_FILE_SIZE"},
    {"H28", "", "kkkkkkkk", ": 1\n", 500000, ERROR_INPUT, "E_YAML"},
    {"H28", "", "--- 1\n", "", 20000, ERROR_LIMIT, "E_DOC_COUNT"},
    {"H28", "", "---\n", "", 1000000, ERROR_NONE, ""},
    {"H28", "", "#\n", "", 1000000, ERROR_NONE, ""},
    {"H28", "a: b", "\n c", "\n", 1000000, ERROR_NONE, ""},
    {"H28", "a: |\n", " \n", " b\n", 1000000, ERROR_NONE, ""},
    {"H29", "", "", "metadata:\n  name: a\n  name: b\n", 0, ERROR_INPUT, "E_DUP_KEY"},
    {"H29", "", "", "data: {a: 1, a: 2}\n", 0, ERROR_INPUT, "E_DUP_KEY"},
    {"H30", "", "", "a: .nan\n", 0, ERROR_INPUT, "E_NUM"},
    {"H31", "", "",
     "\xff\xfe"
     "a:",
     0, ERROR_INPUT, "E_UTF8"},
    {"H31", "", "", "a: \xc3(\n", 0, ERROR_INPUT, "E_UTF8"},
    {"H31", "", "", "a: \xed\xa0\x80\n", 0, ERROR_INPUT, "E_UTF8"},
    {"H31", "", "", "a: \xc2\x80\n", 0, ERROR_INPUT, "E_UTF8"},
    {"H31", "", "", "a:\n\tb: 1\n", 0, ERROR_INPUT, "E_YAML"},
    {"H31", "", "", "a: \xe2\x80\xae txt\r\n", 0, ERROR_NONE, ""},
    {"H32", "", "", "a: !!python/object:os.system x\n", 0, ERROR_INPUT, "E_YAML_TAG"},
    {"H32", "", "", "a: !custom {}\n", 0, ERROR_INPUT, "E_YAML_TAG"},
    {"H32", "", "%TAG !a! tag:x\n", "---\na: 1\n", 100000, ERROR_LIMIT, "E_YAML_TAG"},
    {"H33", "", "", "~: 1\n", 0, ERROR_INPUT, "E_YAML_KEY"},
    {"H33", "", "", "{a: b}: 1\n", 0, ERROR_INPUT, "E_YAML_KEY"},
    {"H33", "", "", "? [a]\n: 1\n", 0, ERROR_INPUT, "E_YAML_KEY"},
};

Test(hostile, yaml_is_refused_or_read_in_time)
{
    static const struct yaml_options options = {.dialect = YAML_KUBERNETES};
    for (size_t i = 0; i < ARRAY_LEN(yaml_documents); i++) {
        struct buf buf = BUF_INIT(SIZE_MAX);
        struct yaml_stream stream;
        struct error err = ERROR_INIT;
        str text = build(&yaml_documents[i], &buf);
        double begin = cpu_seconds();
        bool ok = yaml_read_stream(text, &options, limits_default(), arena, &stream, &err);
        expect(&yaml_documents[i], ok, &err, begin);
        tear_down();
        set_up();
        buf_finish(&buf);
    }
}

static const struct document json_documents[] = {
    {"H35", "", "[", "", 10000000, ERROR_LIMIT, "E_JSON_DEPTH"},
    {"H35", "", "{\"a\":", "", 3000, ERROR_LIMIT, "E_JSON_DEPTH"},
    {"H35", "", "", "{} x", 0, ERROR_INPUT, "E_JSON"},
    {"H35", "", "", "NaN", 0, ERROR_INPUT, "E_JSON"},
    {"H35", "", "", "\xef\xbb\xbf{}", 0, ERROR_INPUT, "E_JSON"},
    {"H29", "", "", "{\"a\":1,\"a\":2}", 0, ERROR_INPUT, "E_JSON"},
    {"H35", "\"", "\\u0041", "\"", 1000000, ERROR_NONE, ""},
    {"H35", "{\"a\":1", ",\"a\":1", "}", 500000, ERROR_INPUT, "E_JSON"},
};

Test(hostile, json_is_refused_or_read_in_time)
{
    for (size_t i = 0; i < ARRAY_LEN(json_documents); i++) {
        struct buf buf = BUF_INIT(SIZE_MAX);
        value v;
        struct error err = ERROR_INIT;
        str text = build(&json_documents[i], &buf);
        double begin = cpu_seconds();
        bool ok = json_read(text, limits_default(), arena, &v, &err);
        expect(&json_documents[i], ok, &err, begin);
        tear_down();
        set_up();
        buf_finish(&buf);
    }
}
