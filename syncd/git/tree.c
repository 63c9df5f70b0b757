/*
 * A commit's tree as a snapshot, straight from the object database. libgit2 loads any tree; names,
 * order and sizes are checked here before a byte is used.
 */
#include "syncd/git/child.h"

#include "syncd/base/check.h"

#define DEPTH_MAX    256
#define FINDINGS_MAX 200
#define READ_SECONDS 4 /* of processor time, for one object */

struct level {
    git_tree *tree;
    size_t next;
    size_t path_len;
};

struct walk {
    struct git_work *work;
    git_repository *repository;
    git_odb *odb;
    struct snapshot_writer *writer;
    const str *wanted; /* clean; none = everything */
    size_t wanted_count;
    struct tree_findings *findings;
    struct level levels[DEPTH_MAX];
    size_t depth;
    struct buf path;
    bool too_deep; /* the budget that was exceeded is this directory's own */
};

enum wish { UNWANTED, ON_THE_WAY, WANTED };

/* Is `path` in a wanted directory (or a wanted file), or above one? */
static enum wish wish_for(const struct walk *walk, str path)
{
    if (walk->wanted_count == 0)
        return WANTED;
    enum wish wish = UNWANTED;
    for (size_t i = 0; i < walk->wanted_count; i++) {
        str wanted = walk->wanted[i];
        if (wanted.len == 0 || str_equal(path, wanted) ||
            (str_starts(path, wanted) && path.ptr[wanted.len] == '/'))
            return WANTED;
        if (path.len == 0 || (str_starts(wanted, path) && wanted.ptr[path.len] == '/'))
            wish = ON_THE_WAY;
    }
    return wish;
}

static bool at_path(struct walk *walk, struct error *err)
{
    return error_at(err, (struct position){.file = buf_str(&walk->path)});
}

static bool find(struct walk *walk, const char *rule, const char *text, bool fault)
{
    if (walk->findings->list.len == FINDINGS_MAX) {
        walk->findings->dropped++;
        return false;
    }
    struct repo_finding finding = {.rule = rule,
                                   .path = buf_copy(&walk->path, walk->work->arena),
                                   .text = str_z(text),
                                   .fault = fault};
    VEC_PUSH(walk->work->arena, &walk->findings->list, finding);
    return true;
}

/* What a tree itself says wrongly. An object that cannot be read concerns the whole repository. */
static bool is_fault_of_tree(const struct walk *walk, const struct error *err)
{
    static const char *const rules[] = {"E_TREE_NAME", "E_TREE_DUP", "E_TREE_MODE", "E_FILE_SIZE",
                                        "E_OBJ_TYPE"};
    for (size_t i = 0; i < ARRAY_LEN(rules); i++)
        if (strcmp(err->rule, rules[i]) == 0)
            return true;
    return walk->too_deep && strcmp(err->rule, "E_TREE_BUDGET") == 0;
}

/*
 * Leaves out what is at the path, and tells so: those who would read it stop, everybody else goes
 * on. False when that is no way out: the root itself, an object that cannot be read, or too many
 * faults.
 */
static bool leave_out(struct walk *walk, struct error *err)
{
    struct arena *arena = walk->work->arena;
    if (walk->path.len == 0 || !is_fault_of_tree(walk, err))
        return false;
    walk->too_deep = false;
    if (!find(walk, arena_str(arena, str_z(err->rule)).ptr, arena_str(arena, str_z(err->text)).ptr,
              true))
        return false;
    error_clear(err);
    return true;
}

/* Git's order of a tree: names as bytes, a directory as if a slash followed. */
static int tree_order(const git_tree_entry *a, const git_tree_entry *b)
{
    str left = str_z(git_tree_entry_name(a)), right = str_z(git_tree_entry_name(b));
    size_t same = left.len < right.len ? left.len : right.len;
    int order = memcmp(left.ptr, right.ptr, same);
    if (order != 0)
        return order;
    int next_left = left.len > same                             ? (unsigned char)left.ptr[same]
                    : git_tree_entry_type(a) == GIT_OBJECT_TREE ? '/'
                                                                : 0;
    int next_right = right.len > same                            ? (unsigned char)right.ptr[same]
                     : git_tree_entry_type(b) == GIT_OBJECT_TREE ? '/'
                                                                 : 0;
    return next_left - next_right;
}

/* Every entry of a tree that is entered, also those nobody asked for. */
static bool tree_check(struct walk *walk, git_tree *tree, struct error *err)
{
    size_t count = git_tree_entrycount(tree);
    if (count > walk->work->limits->unit_files) {
        (void)error_rule(err, ERROR_LIMIT, "E_TREE_BUDGET", "a directory with %zu entries", count);
        (void)error_hint(err, "limits.unit_files raises it");
        walk->too_deep = true;
        return at_path(walk, err);
    }
    const git_tree_entry *last = NULL;
    for (size_t i = 0; i < count; i++) {
        const git_tree_entry *entry = git_tree_entry_byindex(tree, i);
        if (!tree_name_check(str_z(git_tree_entry_name(entry)), err))
            return at_path(walk, err);
        if (last != NULL && tree_order(last, entry) >= 0) {
            bool twice = strcmp(git_tree_entry_name(last), git_tree_entry_name(entry)) == 0;
            (void)error_rule(err, ERROR_INPUT, "E_TREE_DUP",
                             twice ? "a tree has two entries \"%s\""
                                   : "a tree is not sorted at \"%s\"",
                             git_tree_entry_name(entry));
            return at_path(walk, err);
        }
        last = entry;
    }
    return true;
}

static bool enter(struct walk *walk, const git_oid *oid, struct error *err)
{
    if (walk->depth > walk->work->limits->tree_depth || walk->depth == DEPTH_MAX) {
        walk->too_deep = true;
        (void)error_rule(err, ERROR_LIMIT, "E_TREE_BUDGET", "directories are nested too deep");
        (void)error_hint(err, "limits.tree_depth raises it");
        return at_path(walk, err);
    }
    git_tree *tree;
    watchdog_objects(walk->work, READ_SECONDS);
    int code = git_tree_lookup(&tree, walk->repository, oid);
    if (code < 0) {
        (void)library_failed(walk->work, code, err, "reading a tree");
        return at_path(walk, err);
    }
    if (!tree_check(walk, tree, err)) {
        git_tree_free(tree);
        return false;
    }
    walk->levels[walk->depth++] = (struct level){.tree = tree, .path_len = walk->path.len};
    return snapshot_writer_add(walk->writer, buf_str(&walk->path), ENTRY_DIRECTORY, oid->id,
                               STR(""), err);
}

/* Git's own files steer checkouts and filters, which do not exist here. */
static bool is_git_file(str path)
{
    return str_starts(path_base(path), STR(".git"));
}

static bool is_lfs_pointer(str bytes)
{
    return bytes.len < 1024 && str_starts(bytes, STR("version https://git-lfs.github.com/spec/")) &&
           str_find(bytes, STR("\noid sha256:")) != SIZE_MAX;
}

static bool add_blob(struct walk *walk, const git_tree_entry *entry, enum entry_mode mode,
                     struct error *err)
{
    const git_oid *oid = git_tree_entry_id(entry);
    str path = buf_str(&walk->path);
    size_t size;
    git_object_t type;
    watchdog_objects(walk->work, READ_SECONDS);
    /* The size first: reading would allocate what the object claims. */
    int code = git_odb_read_header(&size, &type, walk->odb, oid);
    if (code == 0 && size > walk->work->limits->file_bytes && is_git_file(path)) {
        (void)find(walk, "E_FILE_SIZE", "too long and left out; nothing here reads it", false);
        return true;
    }
    if (code == 0 && size > walk->work->limits->file_bytes) {
        (void)error_rule(err, ERROR_LIMIT, "E_FILE_SIZE", "a file of %zu bytes, more than %llu",
                         size, (unsigned long long)walk->work->limits->file_bytes);
        (void)error_hint(err, "limits.file_bytes raises it; `paths` leaves folders out");
        return at_path(walk, err);
    }
    git_odb_object *object = NULL;
    if (code == 0)
        code = git_odb_read(&object, walk->odb, oid);
    if (code < 0) {
        (void)library_failed(walk->work, code, err, "reading a file");
        return at_path(walk, err);
    }
    str bytes = str_from(git_odb_object_data(object), git_odb_object_size(object));
    bool done;
    if (git_odb_object_type(object) != GIT_OBJECT_BLOB) {
        (void)error_rule(err, ERROR_INPUT, "E_OBJ_TYPE", "the tree says file, the object is none");
        done = at_path(walk, err);
    } else {
        if (mode != ENTRY_LINK && is_lfs_pointer(bytes))
            (void)find(walk, "E_LFS_POINTER",
                       "Git LFS keeps the file elsewhere; this is its pointer", false);
        done = snapshot_writer_add(walk->writer, path, mode, oid->id, bytes, err);
    }
    git_odb_object_free(object);
    return done;
}

static bool visit(struct walk *walk, const git_tree_entry *entry, struct error *err)
{
    enum wish wish = wish_for(walk, buf_str(&walk->path));
    unsigned mode = (unsigned)git_tree_entry_filemode_raw(entry);
    if (wish == UNWANTED)
        return true;
    switch (mode & 0170000) {
    case 0040000: return enter(walk, git_tree_entry_id(entry), err);
    case 0120000: return add_blob(walk, entry, ENTRY_LINK, err);
    case 0100000:
        if (wish == ON_THE_WAY)
            return true;
        return add_blob(walk, entry, mode & 0100 ? ENTRY_EXECUTABLE : ENTRY_FILE, err);
    case 0160000:
        (void)find(walk, "E_SUBMODULE", "a submodule: switched off, its files are not here", false);
        return true;
    default:
        (void)error_rule(err, ERROR_INPUT, "E_TREE_MODE", "a tree entry of unknown mode %o", mode);
        return at_path(walk, err);
    }
}

static bool walk_all(struct walk *walk, struct error *err)
{
    while (walk->depth != 0) {
        struct level *level = &walk->levels[walk->depth - 1];
        buf_truncate(&walk->path, level->path_len);
        if (level->next == git_tree_entrycount(level->tree)) {
            git_tree_free(level->tree);
            walk->depth--;
            continue;
        }
        const git_tree_entry *entry = git_tree_entry_byindex(level->tree, level->next++);
        if (walk->path.len != 0)
            buf_add_byte(&walk->path, '/');
        buf_add(&walk->path, str_z(git_tree_entry_name(entry)));
        if (!visit(walk, entry, err) && !leave_out(walk, err))
            return false;
    }
    return true;
}

static bool clean_paths(struct walk *walk, const str *paths, size_t count, struct error *err)
{
    str *clean = ARENA_ARRAY(walk->work->arena, str, count);
    for (size_t i = 0; i < count; i++)
        if (!path_join(STR(""), str_trim_left(paths[i], STR("/")), walk->work->arena, &clean[i],
                       err))
            return error_wrap(err, "the source's paths");
    walk->wanted = clean;
    walk->wanted_count = count;
    return true;
}

bool tree_snapshot_of(struct git_work *work, git_repository *repository, const git_oid *tree,
                      str name, const str *paths, size_t path_count, struct tree_findings *findings,
                      int *ret_fd, struct error *err)
{
    struct walk walk = {.work = work, .repository = repository, .findings = findings};
    buf_init(&walk.path, SIZE_MAX / 2);
    int code = git_repository_odb(&walk.odb, repository);
    if (code < 0)
        return library_failed(work, code, err, "opening the object database");
    walk.writer = snapshot_writer_create(name, work->limits);
    bool done = clean_paths(&walk, paths, path_count, err) && enter(&walk, tree, err) &&
                walk_all(&walk, err);
    while (walk.depth != 0)
        git_tree_free(walk.levels[--walk.depth].tree);
    buf_finish(&walk.path);
    git_odb_free(walk.odb);
    if (!done) {
        snapshot_writer_destroy(walk.writer);
        return false;
    }
    return snapshot_writer_seal(walk.writer, ret_fd, err);
}

bool tree_snapshot(struct git_work *work, git_repository *repository, git_commit *commit,
                   const str *paths, size_t path_count, struct tree_findings *findings, int *ret_fd,
                   struct error *err)
{
    char hex[41];
    oid_hex(git_commit_id(commit), hex);
    return tree_snapshot_of(work, repository, git_commit_tree_id(commit), str_z(hex), paths,
                            path_count, findings, ret_fd, err);
}
