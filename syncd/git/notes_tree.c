/*
 * The tree behind a notes reference: blobs named by commits, flat ("9f2c…", 40 digits) or fanned
 * out ("9f/2c…", at any depth, as Git itself does with many notes). What is no note stays. A note
 * that is longer than it may be has all of its records in "details/9f2c…" too.
 */
#include "syncd/git/child.h"

#include <stdlib.h>

/* From so many notes on a flat tree is fanned out; a tree of 2 x 38 digits then serves millions. */
#define FAN_OUT_FROM 256
#define LEVELS_MAX   20 /* 40 digits, two a level */

struct pending {
    char hex[41];
    str records;
};

struct detail {
    char hex[41];
    git_oid blob;
    bool gone; /* the note is short again */
};

struct build {
    struct git_work *work;
    git_repository *repository;
    git_tree *details; /* as it was; NULL = there are none */
    VEC(struct detail) changed_details;
    bool changed;
};

static bool is_hex(const char *name, size_t len)
{
    return strlen(name) == len && strspn(name, "0123456789abcdef") == len;
}

static bool read_text(struct build *build, const git_oid *oid, str *ret_text, struct error *err)
{
    git_odb *odb = NULL;
    git_odb_object *object = NULL;
    size_t size = 0;
    git_object_t type;
    watchdog_objects(build->work, 10);
    int code = git_repository_odb(&odb, build->repository);
    if (code == 0)
        code = git_odb_read_header(&size, &type, odb, oid);
    if (code == 0 && size > build->work->limits->git_object_bytes) {
        git_odb_free(odb);
        return error_rule(err, ERROR_LIMIT, "E_OBJ_SIZE", "a note of %zu bytes", size);
    }
    if (code == 0)
        code = git_odb_read(&object, odb, oid);
    git_odb_free(odb);
    if (code < 0)
        return library_failed(build->work, code, err, "reading a note");
    *ret_text = arena_str(build->work->arena,
                          str_from(git_odb_object_data(object), git_odb_object_size(object)));
    git_odb_object_free(object);
    return true;
}

/* Opens the folder of details of a notes tree; NULL when there is none. */
static bool open_details(const struct build *build, const git_tree *root, git_tree **ret_details,
                         struct error *err)
{
    *ret_details = NULL;
    const git_tree_entry *entry = root != NULL ? git_tree_entry_byname(root, NOTES_DETAILS) : NULL;
    if (entry == NULL || git_tree_entry_type(entry) != GIT_OBJECT_TREE)
        return true;
    int code = git_tree_lookup(ret_details, build->repository, git_tree_entry_id(entry));
    return code == 0 || library_failed(build->work, code, err, "reading the details of notes");
}

/* The note together with its details, where it has any. */
static bool add_details(struct build *build, const char *hex, str *text, struct error *err)
{
    str details;
    const git_tree_entry *entry =
        build->details != NULL ? git_tree_entry_byname(build->details, hex) : NULL;
    if (entry == NULL || git_tree_entry_type(entry) != GIT_OBJECT_BLOB)
        return true;
    if (!read_text(build, git_tree_entry_id(entry), &details, err))
        return false;
    *text = note_merge(details, *text, build->work->limits, build->work->arena);
    return true;
}

bool notes_lookup(struct git_work *work, git_repository *repository, git_tree *root,
                  const git_oid *commit, str *ret_text, struct error *err)
{
    struct build build = {.work = work, .repository = repository};
    char hex[41];
    oid_hex(commit, hex);
    git_tree *level = NULL;
    bool done = true;
    *ret_text = (str){0};
    for (size_t at = 0; at < 2 * LEVELS_MAX; at += 2) {
        const git_tree *here = level != NULL ? level : root;
        const git_tree_entry *entry = git_tree_entry_byname(here, hex + at);
        if (entry != NULL && git_tree_entry_type(entry) == GIT_OBJECT_BLOB) {
            done = read_text(&build, git_tree_entry_id(entry), ret_text, err);
            break;
        }
        char prefix[3] = {hex[at], hex[at + 1], '\0'};
        entry = git_tree_entry_byname(here, prefix);
        git_tree *next = NULL;
        if (entry == NULL || git_tree_entry_type(entry) != GIT_OBJECT_TREE)
            break;
        int code = git_tree_lookup(&next, repository, git_tree_entry_id(entry));
        if (code < 0) {
            done = library_failed(work, code, err, "reading the notes");
            break;
        }
        git_tree_free(level);
        level = next;
    }
    git_tree_free(level);
    if (done && ret_text->len != 0)
        done = open_details(&build, root, &build.details, err) &&
               add_details(&build, hex, ret_text, err);
    git_tree_free(build.details);
    return done;
}

static bool failed(struct build *build, int code, struct error *err)
{
    return library_failed(build->work, code, err, "writing notes");
}

static bool write_builder(struct build *build, git_treebuilder *builder, git_oid *ret_oid,
                          struct error *err)
{
    int code = git_treebuilder_write(ret_oid, builder);
    return code == 0 || failed(build, code, err);
}

/* Remembers what becomes of a note's details; they are written when all notes are. */
static bool put_details(struct build *build, const char *hex, str merged, str head,
                        struct error *err)
{
    const git_tree_entry *old =
        build->details != NULL ? git_tree_entry_byname(build->details, hex) : NULL;
    struct detail detail = {.gone = str_equal(merged, head)};
    if (detail.gone && old == NULL)
        return true;
    memcpy(detail.hex, hex, sizeof(detail.hex));
    int code = detail.gone ? 0
                           : git_blob_create_from_buffer(&detail.blob, build->repository,
                                                         merged.ptr, merged.len);
    if (code < 0)
        return failed(build, code, err);
    if (!detail.gone && old != NULL && git_oid_equal(git_tree_entry_id(old), &detail.blob))
        return true;
    VEC_PUSH(build->work->arena, &build->changed_details, detail);
    build->changed = true;
    return true;
}

/* Puts one note under `name`, merged with what is there. */
static bool put_note(struct build *build, git_treebuilder *builder, const char *name,
                     const struct pending *note, struct error *err)
{
    const git_tree_entry *entry = git_treebuilder_get(builder, name);
    str theirs = STR("");
    if (entry != NULL && !read_text(build, git_tree_entry_id(entry), &theirs, err))
        return false;
    str shown = theirs;
    if (!add_details(build, note->hex, &theirs, err))
        return false;
    str merged = note_merge(theirs, note->records, build->work->limits, build->work->arena);
    str head = note_merge_head(merged, build->work->limits, build->work->arena);
    if (!put_details(build, note->hex, merged, head, err))
        return false;
    if (str_equal(head, shown))
        return true;
    git_oid blob;
    int code = git_blob_create_from_buffer(&blob, build->repository, head.ptr, head.len);
    if (code == 0)
        code = git_treebuilder_insert(NULL, builder, name, &blob, GIT_FILEMODE_BLOB);
    build->changed = true;
    return code == 0 || failed(build, code, err);
}

/* A flat entry beside the subtree its note belongs to: a foreign merge can leave both. */
static bool take_flat(struct build *build, git_treebuilder *builder, const char *name,
                      struct pending *note, struct error *err)
{
    const git_tree_entry *entry = git_treebuilder_get(builder, name);
    str theirs;
    if (entry == NULL || git_tree_entry_type(entry) != GIT_OBJECT_BLOB)
        return true;
    if (!read_text(build, git_tree_entry_id(entry), &theirs, err))
        return false;
    note->records = note_merge(theirs, note->records, build->work->limits, build->work->arena);
    build->changed = true;
    int code = git_treebuilder_remove(builder, name);
    return code == 0 || failed(build, code, err);
}

static bool build_level(struct build *build, const git_oid *old, size_t level,
                        struct pending *notes, size_t count, git_oid *ret_oid, struct error *err);

/* Notes that share two digits, into their subtree. `old` is NULL when it is new. */
static bool put_subtree(struct build *build, git_treebuilder *builder, const git_oid *old,
                        size_t level, struct pending *notes, size_t count, struct error *err)
{
    const char *digits = notes[0].hex + 2 * level;
    char prefix[3] = {digits[0], digits[1], '\0'};
    for (size_t i = 0; i < count; i++)
        if (!take_flat(build, builder, notes[i].hex + 2 * level, &notes[i], err))
            return false;
    git_oid before, after;
    if (old != NULL)
        before = *old; /* the builder's entry does not survive the insertion */
    if (!build_level(build, old != NULL ? &before : NULL, level + 1, notes, count, &after, err))
        return false;
    int code = git_treebuilder_insert(NULL, builder, prefix, &after, GIT_FILEMODE_TREE);
    return code == 0 || failed(build, code, err);
}

static bool is_fanned(const git_tree *tree)
{
    for (size_t i = 0; tree != NULL && i < git_tree_entrycount(tree); i++) {
        const git_tree_entry *entry = git_tree_entry_byindex(tree, i);
        if (git_tree_entry_type(entry) == GIT_OBJECT_TREE && is_hex(git_tree_entry_name(entry), 2))
            return true;
    }
    return false;
}

static size_t count_flat(const git_tree *tree)
{
    size_t count = 0;
    for (size_t i = 0; tree != NULL && i < git_tree_entrycount(tree); i++)
        count += is_hex(git_tree_entry_name(git_tree_entry_byindex(tree, i)), 40);
    return count;
}

/* Moves all flat notes of a root into subtrees of two digits. */
static bool fan_out(struct build *build, git_treebuilder *root, const git_tree *old,
                    struct error *err)
{
    size_t count = git_tree_entrycount(old);
    for (size_t i = 0; i < count;) {
        const char *first = git_tree_entry_name(git_tree_entry_byindex(old, i));
        if (!is_hex(first, 40)) {
            i++;
            continue;
        }
        char prefix[3] = {first[0], first[1], '\0'};
        git_treebuilder *sub;
        int code = git_treebuilder_new(&sub, build->repository, NULL);
        for (; code == 0 && i < count; i++) {
            const git_tree_entry *entry = git_tree_entry_byindex(old, i);
            const char *name = git_tree_entry_name(entry);
            if (!is_hex(name, 40) || memcmp(name, prefix, 2) != 0)
                break;
            code = git_treebuilder_insert(NULL, sub, name + 2, git_tree_entry_id(entry),
                                          git_tree_entry_filemode(entry));
            if (code == 0)
                code = git_treebuilder_remove(root, name);
        }
        git_oid oid;
        if (code == 0)
            code = git_treebuilder_write(&oid, sub);
        if (code == 0)
            code = git_treebuilder_insert(NULL, root, prefix, &oid, GIT_FILEMODE_TREE);
        git_treebuilder_free(sub);
        if (code < 0)
            return failed(build, code, err);
    }
    build->changed = true;
    return true;
}

/* Every note of one level: into subtrees where they are, or where the root is fanned out. */
static bool put_all(struct build *build, git_treebuilder *builder, size_t level, bool fanned,
                    struct pending *notes, size_t count, struct error *err)
{
    for (size_t i = 0, next; i < count; i = next) {
        const char *digits = notes[i].hex + 2 * level;
        char prefix[3] = {digits[0], digits[1], '\0'};
        for (next = i + 1; next < count && memcmp(notes[next].hex + 2 * level, prefix, 2) == 0;)
            next++;
        const git_tree_entry *entry = git_treebuilder_get(builder, prefix);
        if (entry != NULL && git_tree_entry_type(entry) == GIT_OBJECT_TREE) {
            if (!put_subtree(build, builder, git_tree_entry_id(entry), level, notes + i, next - i,
                             err))
                return false;
            continue;
        }
        if (fanned) {
            if (!put_subtree(build, builder, NULL, level, notes + i, next - i, err))
                return false;
            continue;
        }
        for (size_t k = i; k < next; k++)
            if (!put_note(build, builder, notes[k].hex + 2 * level, &notes[k], err))
                return false;
    }
    return true;
}

/* Calls itself through put_subtree, one level for two digits: at most LEVELS_MAX deep. */
static bool build_level(struct build *build, const git_oid *old, size_t level,
                        struct pending *notes, size_t count, git_oid *ret_oid, struct error *err)
{
    git_tree *tree = NULL;
    git_treebuilder *builder = NULL;
    if (level >= LEVELS_MAX - 1)
        return error_rule(err, ERROR_INPUT, "E_NOTES_TREE", "the notes are nested too deep");
    watchdog_objects(build->work, 10);
    int code = old != NULL ? git_tree_lookup(&tree, build->repository, old) : 0;
    if (code == 0)
        code = git_treebuilder_new(&builder, build->repository, tree);
    if (code < 0) {
        git_tree_free(tree);
        return failed(build, code, err);
    }
    bool fanned = level == 0 && is_fanned(tree), done = true;
    if (level == 0 && !fanned && count_flat(tree) + count >= FAN_OUT_FROM) {
        done = tree == NULL || fan_out(build, builder, tree, err);
        fanned = true;
    }
    done = done && put_all(build, builder, level, fanned, notes, count, err) &&
           write_builder(build, builder, ret_oid, err);
    git_treebuilder_free(builder);
    git_tree_free(tree);
    return done;
}

static int by_hex(const void *left, const void *right)
{
    const struct pending *a = left, *b = right;
    return memcmp(a->hex, b->hex, 40);
}

/* Sorted by commit, one each. */
static bool collect(struct git_work *work, const struct note *notes, size_t count,
                    struct pending **ret_pending, size_t *ret_count, struct error *err)
{
    struct pending *pending = ARENA_ARRAY(work->arena, struct pending, count);
    for (size_t i = 0; i < count; i++) {
        git_oid checked;
        if (!oid_read(notes[i].commit, &checked, err))
            return false;
        oid_hex(&checked, pending[i].hex); /* small letters */
        pending[i].records = notes[i].records;
    }
    qsort(pending, count, sizeof(*pending), by_hex);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (kept != 0 && memcmp(pending[kept - 1].hex, pending[i].hex, 40) == 0)
            pending[kept - 1].records = note_merge(pending[kept - 1].records, pending[i].records,
                                                   work->limits, work->arena);
        else
            pending[kept++] = pending[i];
    }
    *ret_pending = pending;
    *ret_count = kept;
    return true;
}

/* The folder of details with what changed in it; *ret_count is how many it has then. */
static int write_details(struct build *build, git_oid *ret_folder, size_t *ret_count)
{
    git_treebuilder *folder = NULL;
    int code = git_treebuilder_new(&folder, build->repository, build->details);
    VEC_FOR (struct detail, detail, &build->changed_details) {
        if (code == 0 && detail->gone)
            code = git_treebuilder_remove(folder, detail->hex);
        else if (code == 0)
            code =
                git_treebuilder_insert(NULL, folder, detail->hex, &detail->blob, GIT_FILEMODE_BLOB);
    }
    *ret_count = code == 0 ? git_treebuilder_entrycount(folder) : 0;
    if (code == 0)
        code = git_treebuilder_write(ret_folder, folder);
    git_treebuilder_free(folder);
    return code;
}

/* Puts the details beside the notes of a tree that was just built. */
static bool join_details(struct build *build, git_oid *root, struct error *err)
{
    git_tree *tree = NULL;
    git_treebuilder *builder = NULL;
    git_oid folder;
    size_t count;
    if (build->changed_details.len == 0)
        return true;
    int code = write_details(build, &folder, &count);
    if (code == 0)
        code = git_tree_lookup(&tree, build->repository, root);
    if (code == 0)
        code = git_treebuilder_new(&builder, build->repository, tree);
    if (code == 0)
        code = count != 0 ? git_treebuilder_insert(NULL, builder, NOTES_DETAILS, &folder,
                                                   GIT_FILEMODE_TREE)
                          : git_treebuilder_remove(builder, NOTES_DETAILS);
    if (code == 0)
        code = git_treebuilder_write(root, builder);
    git_treebuilder_free(builder);
    git_tree_free(tree);
    return code == 0 || failed(build, code, err);
}

bool notes_tree_build(struct git_work *work, git_repository *repository, git_tree *old,
                      const struct note *notes, size_t count, git_oid *ret_tree, bool *ret_changed,
                      struct error *err)
{
    struct build build = {.work = work, .repository = repository};
    struct pending *pending;
    size_t pending_count;
    bool done = collect(work, notes, count, &pending, &pending_count, err) &&
                open_details(&build, old, &build.details, err) &&
                build_level(&build, old != NULL ? git_tree_id(old) : NULL, 0, pending,
                            pending_count, ret_tree, err) &&
                join_details(&build, ret_tree, err);
    git_tree_free(build.details);
    *ret_changed = build.changed;
    return done;
}
