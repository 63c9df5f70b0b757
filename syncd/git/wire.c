/* Requests and results of Git jobs as messages: what is put in one function is taken in the next.
 */
#include "syncd/git/job_internal.h"

static bool take_flag(struct message_reader *reader)
{
    return message_take_number(reader) != 0;
}

static int64_t take_time(struct message_reader *reader)
{
    return (int64_t)message_take_number(reader);
}

static void put_texts(struct buf *buf, const str *texts, size_t count)
{
    message_put_number(buf, count);
    for (size_t i = 0; i < count; i++)
        message_put_text(buf, texts[i]);
}

static const str *take_texts(struct message_reader *reader, struct arena *arena, size_t *ret_count)
{
    size_t count = message_take_count(reader, sizeof(uint64_t));
    str *texts = ARENA_ARRAY(arena, str, count);
    for (size_t i = 0; i < count; i++)
        texts[i] = message_take_text(reader);
    *ret_count = count;
    return texts;
}

static void take_id(struct message_reader *reader, char out[41])
{
    str id = message_take_text(reader);
    if (id.len != 0 && id.len != 40)
        reader->failed = true;
    memset(out, 0, 41);
    if (id.len == 40)
        memcpy(out, id.ptr, 40);
}

void wire_put_head(struct buf *buf, const struct job_head *head)
{
    message_put_number(buf, head->kind);
    message_put_number(buf, (uint64_t)head->deadline_ns);
    message_put_text(buf, str_from((const char *)&head->limits, sizeof(head->limits)));
}

bool wire_take_head(struct message_reader *reader, struct job_head *ret_head)
{
    ret_head->kind = (enum job_kind)message_take_number(reader);
    ret_head->deadline_ns = take_time(reader);
    str limits = message_take_text(reader);
    if (limits.len != sizeof(ret_head->limits))
        return false;
    memcpy(&ret_head->limits, limits.ptr, limits.len);
    return !reader->failed;
}

static void put_remote(struct buf *buf, const struct repo_remote *remote)
{
    message_put_text(buf, remote->url);
    message_put_number(buf, remote->auth);
    message_put_text(buf, remote->user);
    message_put_text(buf, remote->token);
    message_put_text(buf, remote->key);
    message_put_text(buf, remote->passphrase);
    message_put_text(buf, remote->known_hosts);
    message_put_text(buf, remote->ca_bundle);
    message_put_number(buf, remote->insecure);
}

static void take_remote(struct message_reader *reader, struct repo_remote *ret_remote)
{
    ret_remote->url = message_take_text(reader);
    ret_remote->auth = (enum repo_auth)message_take_number(reader);
    ret_remote->user = message_take_text(reader);
    ret_remote->token = message_take_text(reader);
    ret_remote->key = message_take_text(reader);
    ret_remote->passphrase = message_take_text(reader);
    ret_remote->known_hosts = message_take_text(reader);
    ret_remote->ca_bundle = message_take_text(reader);
    ret_remote->insecure = take_flag(reader);
}

static void put_trust(struct buf *buf, const struct repo_trust *trust)
{
    message_put_number(buf, trust->policy);
    message_put_text(buf, trust->allowed_signers);
    message_put_text(buf, trust->allowed_file);
    message_put_text(buf, trust->revoked_keys);
    message_put_text(buf, trust->revoked_file);
    message_put_text(buf, trust->openpgp_keys);
    message_put_text(buf, trust->since);
    message_put_number(buf, trust->scope_count);
    for (size_t i = 0; i < trust->scope_count; i++) {
        message_put_text(buf, trust->scopes[i].signer);
        put_texts(buf, trust->scopes[i].paths, trust->scopes[i].path_count);
    }
}

static void take_trust(struct message_reader *reader, struct arena *arena,
                       struct repo_trust *ret_trust)
{
    ret_trust->policy = (enum trust_policy)message_take_number(reader);
    if (ret_trust->policy > TRUST_TAG)
        reader->failed = true;
    ret_trust->allowed_signers = message_take_text(reader);
    ret_trust->allowed_file = message_take_text(reader);
    ret_trust->revoked_keys = message_take_text(reader);
    ret_trust->revoked_file = message_take_text(reader);
    ret_trust->openpgp_keys = message_take_text(reader);
    ret_trust->since = message_take_text(reader);
    size_t count = message_take_count(reader, 2 * sizeof(uint64_t));
    struct trust_scope *scopes = ARENA_ARRAY(arena, struct trust_scope, count);
    for (size_t i = 0; i < count; i++) {
        scopes[i].signer = message_take_text(reader);
        scopes[i].paths = take_texts(reader, arena, &scopes[i].path_count);
    }
    ret_trust->scopes = scopes;
    ret_trust->scope_count = count;
}

void wire_put_sync(struct buf *buf, const struct repo_sync_request *request)
{
    put_remote(buf, &request->remote);
    put_trust(buf, &request->trust);
    message_put_text(buf, request->directory);
    message_put_text(buf, request->branch);
    message_put_text(buf, request->tag);
    put_texts(buf, request->paths, request->path_count);
    message_put_text(buf, request->accepted);
    message_put_text(buf, request->have);
    message_put_number(buf, request->follow);
    message_put_number(buf, (uint64_t)request->idle_ns);
}

void wire_take_sync(struct message_reader *reader, struct arena *arena,
                    struct repo_sync_request *ret_request)
{
    take_remote(reader, &ret_request->remote);
    take_trust(reader, arena, &ret_request->trust);
    ret_request->directory = message_take_text(reader);
    ret_request->branch = message_take_text(reader);
    ret_request->tag = message_take_text(reader);
    ret_request->paths = take_texts(reader, arena, &ret_request->path_count);
    ret_request->accepted = message_take_text(reader);
    ret_request->have = message_take_text(reader);
    ret_request->follow = take_flag(reader);
    ret_request->idle_ns = take_time(reader);
}

static void put_commit(struct buf *buf, const struct repo_commit *commit)
{
    message_put_text(buf, str_z(commit->id));
    message_put_text(buf, str_z(commit->parent));
    message_put_text(buf, commit->author);
    message_put_text(buf, commit->committer);
    message_put_number(buf, (uint64_t)commit->time_s);
    message_put_text(buf, commit->summary);
    message_put_text(buf, commit->message);
}

static void take_commit(struct message_reader *reader, struct repo_commit *ret_commit)
{
    take_id(reader, ret_commit->id);
    take_id(reader, ret_commit->parent);
    ret_commit->author = message_take_text(reader);
    ret_commit->committer = message_take_text(reader);
    ret_commit->time_s = take_time(reader);
    ret_commit->summary = message_take_text(reader);
    ret_commit->message = message_take_text(reader);
}

/* Rule ids are constants; a child's spelling is matched with ours. */
static const char *known_rule(str rule)
{
    static const char *const rules[] = {"E_SUBMODULE", "E_LFS_POINTER", "E_FILE_SIZE",
                                        "E_TREE_NAME", "E_TREE_DUP",    "E_TREE_BUDGET",
                                        "E_TREE_MODE", "E_OBJ_TYPE"};
    for (size_t i = 0; i < ARRAY_LEN(rules); i++)
        if (str_equal(rule, str_z(rules[i])))
            return rules[i];
    return "E_SOURCE";
}

void wire_put_sync_result(struct buf *buf, const struct repo_sync_result *result)
{
    message_put_number(buf, result->history);
    message_put_number(buf, result->taken);
    put_commit(buf, &result->commit);
    message_put_text(buf, result->signer.name);
    message_put_text(buf, result->signer.key);
    message_put_text(buf, str_z(result->accepted));
    message_put_text(buf, result->reason);
    message_put_number(buf, result->finding_count);
    for (size_t i = 0; i < result->finding_count; i++) {
        message_put_text(buf, str_z(result->findings[i].rule));
        message_put_text(buf, result->findings[i].path);
        message_put_text(buf, result->findings[i].text);
        message_put_number(buf, result->findings[i].fault);
    }
    message_put_number(buf, result->finding_dropped);
    message_put_error(buf, &result->refused);
    message_put_number(buf, result->refetched);
}

void wire_take_sync_result(struct message_reader *reader, struct arena *arena,
                           struct repo_sync_result *ret_result)
{
    uint64_t history = message_take_number(reader);
    if (history > REPO_HISTORY_REF_GONE)
        reader->failed = true;
    ret_result->history = (enum repo_history)history;
    ret_result->taken = take_flag(reader);
    take_commit(reader, &ret_result->commit);
    ret_result->signer.name = message_take_text(reader);
    ret_result->signer.key = message_take_text(reader);
    take_id(reader, ret_result->accepted);
    ret_result->reason = message_take_text(reader);
    size_t count = message_take_count(reader, 3 * sizeof(uint64_t));
    struct repo_finding *findings = ARENA_ARRAY(arena, struct repo_finding, count);
    for (size_t i = 0; i < count; i++) {
        findings[i].rule = known_rule(message_take_text(reader));
        findings[i].path = message_take_text(reader);
        findings[i].text = message_take_text(reader);
        findings[i].fault = message_take_number(reader) != 0;
    }
    ret_result->findings = findings;
    ret_result->finding_count = count;
    ret_result->finding_dropped = (size_t)message_take_number(reader);
    message_take_error(reader, &ret_result->refused);
    ret_result->refetched = take_flag(reader);
}

void wire_put_read(struct buf *buf, const struct repo_read_request *request)
{
    message_put_text(buf, request->repository);
    message_put_text(buf, request->revision);
    put_texts(buf, request->paths, request->path_count);
}

void wire_take_read(struct message_reader *reader, struct arena *arena,
                    struct repo_read_request *ret_request)
{
    ret_request->repository = message_take_text(reader);
    ret_request->revision = message_take_text(reader);
    ret_request->paths = take_texts(reader, arena, &ret_request->path_count);
}

void wire_put_log(struct buf *buf, const struct repo_log_request *request)
{
    message_put_text(buf, request->repository);
    message_put_text(buf, request->revision);
    message_put_text(buf, request->notes_ref);
    message_put_number(buf, request->max);
    message_put_number(buf, request->only_noted);
}

void wire_take_log(struct message_reader *reader, struct repo_log_request *ret_request)
{
    ret_request->repository = message_take_text(reader);
    ret_request->revision = message_take_text(reader);
    ret_request->notes_ref = message_take_text(reader);
    ret_request->max = (size_t)message_take_number(reader);
    ret_request->only_noted = take_flag(reader);
}

void wire_put_log_result(struct buf *buf, const struct repo_log_result *result)
{
    message_put_number(buf, result->count);
    for (size_t i = 0; i < result->count; i++) {
        put_commit(buf, &result->entries[i].commit);
        message_put_text(buf, result->entries[i].note);
    }
    message_put_number(buf, result->more);
}

void wire_take_log_result(struct message_reader *reader, struct arena *arena,
                          struct repo_log_result *ret_result)
{
    size_t count = message_take_count(reader, 8 * sizeof(uint64_t));
    struct repo_log_entry *entries = ARENA_ARRAY(arena, struct repo_log_entry, count);
    for (size_t i = 0; i < count; i++) {
        take_commit(reader, &entries[i].commit);
        entries[i].note = message_take_text(reader);
    }
    ret_result->entries = entries;
    ret_result->count = count;
    ret_result->more = take_flag(reader);
}

void wire_put_verify(struct buf *buf, const struct repo_verify_request *request)
{
    message_put_text(buf, request->repository);
    message_put_text(buf, request->notes_ref);
    put_trust(buf, &request->trust);
}

void wire_take_verify(struct message_reader *reader, struct arena *arena,
                      struct repo_verify_request *ret_request)
{
    ret_request->repository = message_take_text(reader);
    ret_request->notes_ref = message_take_text(reader);
    take_trust(reader, arena, &ret_request->trust);
}

void wire_put_verify_result(struct buf *buf, const struct repo_verify_result *result)
{
    message_put_number(buf, result->commits);
    message_put_number(buf, result->good);
    message_put_number(buf, result->more);
    message_put_number(buf, result->finding_count);
    for (size_t i = 0; i < result->finding_count; i++) {
        const struct repo_verify_finding *finding = &result->findings[i];
        message_put_text(buf, str_z(finding->notes_commit));
        message_put_text(buf, finding->author);
        message_put_text(buf, str_z(finding->rule));
        message_put_text(buf, finding->text);
        message_put_text(buf, str_z(finding->commit));
        message_put_number(buf, finding->added);
        message_put_number(buf, finding->removed);
        message_put_number(buf, finding->offset);
        message_put_number(buf, finding->old_len);
        message_put_number(buf, finding->new_len);
    }
}

void wire_take_verify_result(struct message_reader *reader, struct arena *arena,
                             struct repo_verify_result *ret_result)
{
    ret_result->commits = (size_t)message_take_number(reader);
    ret_result->good = (size_t)message_take_number(reader);
    ret_result->more = take_flag(reader);
    size_t count = message_take_count(reader, 10 * sizeof(uint64_t));
    struct repo_verify_finding *findings = ARENA_ARRAY(arena, struct repo_verify_finding, count);
    for (size_t i = 0; i < count; i++) {
        struct repo_verify_finding *finding = &findings[i];
        take_id(reader, finding->notes_commit);
        finding->author = message_take_text(reader);
        finding->rule = arena_str(arena, message_take_text(reader)).ptr;
        finding->text = message_take_text(reader);
        take_id(reader, finding->commit);
        finding->added = take_flag(reader);
        finding->removed = take_flag(reader);
        finding->offset = message_take_number(reader);
        finding->old_len = message_take_number(reader);
        finding->new_len = message_take_number(reader);
    }
    ret_result->findings = findings;
    ret_result->finding_count = count;
}

void wire_put_merge(struct buf *buf, const struct repo_merge_request *request)
{
    put_remote(buf, &request->remote);
    message_put_text(buf, request->directory);
    message_put_text(buf, request->base);
    message_put_text(buf, request->head_reference);
    message_put_text(buf, request->head);
    put_texts(buf, request->paths, request->path_count);
    message_put_number(buf, (uint64_t)request->idle_ns);
}

void wire_take_merge(struct message_reader *reader, struct arena *arena,
                     struct repo_merge_request *ret_request)
{
    take_remote(reader, &ret_request->remote);
    ret_request->directory = message_take_text(reader);
    ret_request->base = message_take_text(reader);
    ret_request->head_reference = message_take_text(reader);
    ret_request->head = message_take_text(reader);
    ret_request->paths = take_texts(reader, arena, &ret_request->path_count);
    ret_request->idle_ns = take_time(reader);
}

void wire_put_merge_result(struct buf *buf, const struct repo_merge_result *result)
{
    put_commit(buf, &result->head);
    message_put_number(buf, result->conflicts);
    put_texts(buf, result->conflict, result->conflict_count);
    wire_put_sync_result(buf, &result->merged);
}

void wire_take_merge_result(struct message_reader *reader, struct arena *arena,
                            struct repo_merge_result *ret_result)
{
    take_commit(reader, &ret_result->head);
    ret_result->conflicts = take_flag(reader);
    ret_result->conflict = take_texts(reader, arena, &ret_result->conflict_count);
    wire_take_sync_result(reader, arena, &ret_result->merged);
}

void wire_put_notes(struct buf *buf, const struct notes_request *request)
{
    put_remote(buf, &request->remote);
    message_put_text(buf, request->directory);
    message_put_text(buf, request->ref);
    message_put_text(buf, request->author);
    message_put_text(buf, request->signing_key);
    message_put_number(buf, request->note_count);
    for (size_t i = 0; i < request->note_count; i++) {
        message_put_text(buf, request->notes[i].commit);
        message_put_text(buf, request->notes[i].records);
    }
}

void wire_take_notes(struct message_reader *reader, struct arena *arena,
                     struct notes_request *ret_request)
{
    take_remote(reader, &ret_request->remote);
    ret_request->directory = message_take_text(reader);
    ret_request->ref = message_take_text(reader);
    ret_request->author = message_take_text(reader);
    ret_request->signing_key = message_take_text(reader);
    size_t count = message_take_count(reader, 2 * sizeof(uint64_t));
    struct note *notes = ARENA_ARRAY(arena, struct note, count);
    for (size_t i = 0; i < count; i++) {
        notes[i].commit = message_take_text(reader);
        notes[i].records = message_take_text(reader);
    }
    ret_request->notes = notes;
    ret_request->note_count = count;
}

void wire_put_notes_result(struct buf *buf, const struct notes_result *result)
{
    message_put_text(buf, str_z(result->tip));
    message_put_number(buf, result->attempts);
    message_put_number(buf, result->changed);
}

void wire_take_notes_result(struct message_reader *reader, struct notes_result *ret_result)
{
    take_id(reader, ret_result->tip);
    ret_result->attempts = (uint32_t)message_take_number(reader);
    ret_result->changed = take_flag(reader);
}
