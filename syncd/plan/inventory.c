#include "syncd/plan/inventory.h"

static void add_digest(struct buf *buf, bool known, struct hash128 digest)
{
    if (known)
        buf_printf(buf, "%016llx%016llx", (unsigned long long)digest.high,
                   (unsigned long long)digest.low);
    else
        buf_add_byte(buf, '-');
}

void inventory_write(const struct inventory_entry *entry, struct buf *buf)
{
    buf_add(buf, entry->key);
    buf_add_byte(buf, '\t');
    buf_add(buf, entry->version);
    buf_add_byte(buf, '\t');
    buf_add(buf, entry->uid.len != 0 ? entry->uid : STR("-"));
    buf_add_byte(buf, '\t');
    add_digest(buf, entry->acknowledged, entry->desired);
    buf_add_byte(buf, '\t');
    add_digest(buf, entry->acknowledged, entry->live);
    buf_add_byte(buf, '\n');
}

static bool read_hex(str text, uint64_t *ret_number)
{
    uint64_t number = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        unsigned digit = c >= '0' && c <= '9'   ? (unsigned)(c - '0')
                         : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10
                                                : 16;
        if (digit == 16)
            return false;
        number = number << 4 | digit;
    }
    *ret_number = number;
    return true;
}

static bool read_digest(str text, bool *known, struct hash128 *digest)
{
    if (str_equal(text, STR("-"))) {
        *known = false;
        return true;
    }
    return text.len == 32 && read_hex(str_slice(text, 0, 16), &digest->high) &&
           read_hex(str_skip(text, 16), &digest->low);
}

bool inventory_read(str line, struct inventory_entry *ret_entry, struct error *err)
{
    str fields[5], rest = line;
    size_t count = 0;
    while (count < ARRAY_LEN(fields) && str_cut(&rest, '\t', &fields[count]))
        count++;
    struct inventory_entry entry = {.acknowledged = true};
    struct object_id id;
    if (count != ARRAY_LEN(fields) || rest.ptr != NULL ||
        !inventory_key_id(fields[0], fields[1], &id) ||
        !read_digest(fields[3], &entry.acknowledged, &entry.desired) ||
        !read_digest(fields[4], &entry.acknowledged, &entry.live))
        return error_rule(err, ERROR_INPUT, "E_INVENTORY", "a line of the inventory is damaged");
    entry.key = fields[0];
    entry.version = fields[1];
    entry.uid = str_equal(fields[2], STR("-")) ? (str){0} : fields[2];
    *ret_entry = entry;
    return true;
}

bool inventory_key_id(str key, str version, struct object_id *ret_id)
{
    struct object_id id = {.gvk.version = version};
    str rest = key;
    if (!str_cut(&rest, '/', &id.gvk.group) || !str_cut(&rest, '/', &id.gvk.kind) ||
        !str_cut(&rest, '/', &id.namespace) || !str_cut(&rest, '/', &id.name) || rest.ptr != NULL ||
        id.gvk.kind.len == 0 || version.len == 0 || !name_is_path_segment(id.name))
        return false;
    *ret_id = id;
    return true;
}

void inventory_write_release(const struct known_release *release, struct buf *buf)
{
    buf_printf(buf, "%.*s/%.*s\t%lld\t", STR_ARG(release->namespace), STR_ARG(release->name),
               (long long)release->revision);
    add_digest(buf, true, release->inputs);
    buf_add_byte(buf, '\n');
}

bool inventory_read_release(str line, struct known_release *ret_release)
{
    struct known_release release = {0};
    str rest = line, revision;
    bool known = true;
    if (!str_cut(&rest, '/', &release.namespace) || !str_cut(&rest, '\t', &release.name) ||
        !str_cut(&rest, '\t', &revision) || !str_to_i64(revision, &release.revision) ||
        release.revision < 1 || rest.ptr == NULL || !read_digest(rest, &known, &release.inputs))
        return false;
    *ret_release = release;
    return known;
}

static const char *const run_results[] = {
    [RUN_STARTED] = "started", [RUN_SUCCEEDED] = "succeeded", [RUN_FAILED] = "failed"};

void inventory_write_run(const struct inventory_run *run, struct buf *buf)
{
    buf_add(buf, STR("!run\t"));
    add_digest(buf, true, run->id);
    buf_printf(buf, "\t%s\t%.*s\t%.*s\n", run_results[run->result], STR_ARG(run->key),
               STR_ARG(run->phase));
}

bool inventory_read_run(str line, struct inventory_run *ret_run)
{
    str fields[5], rest = line;
    size_t count = 0;
    bool known = false;
    struct inventory_run run = {0};
    while (count < ARRAY_LEN(fields) && str_cut(&rest, '\t', &fields[count]))
        count++;
    if (count != ARRAY_LEN(fields) || rest.ptr != NULL || !str_equal(fields[0], STR("!run")) ||
        !read_digest(fields[1], &known, &run.id) || fields[1].len == 1)
        return false;
    for (int result = RUN_STARTED; result <= RUN_FAILED; result++) {
        if (str_equal(fields[2], str_z(run_results[result])))
            run.result = (enum run_result)result;
    }
    run.key = fields[3];
    run.phase = fields[4];
    *ret_run = run;
    return run.result != RUN_UNKNOWN;
}
