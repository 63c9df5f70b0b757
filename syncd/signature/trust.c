#include "syncd/signature/trust.h"

#include "syncd/base/clock.h"
#include "syncd/base/pattern.h"

#define FILE_MOST (4u << 20)

/* One line of the allowed signers. */
struct allowed {
    str principals; /* patterns, with commas */
    str namespaces; /* the same; empty = all */
    int64_t after_s, before_s;
    str key; /* in wire form */
};

struct trust {
    struct trust_options options;
    VEC(struct allowed) allowed;
    VEC(str) revoked;
};

static const char *const policy_names[] = {
    [TRUST_NONE] = "none",
    [TRUST_COMMIT] = "commit",
    [TRUST_MERGE] = "merge",
    [TRUST_TAG] = "tag",
};

const char *trust_policy_name(enum trust_policy policy)
{
    return policy_names[policy];
}

bool trust_policy_read(str name, enum trust_policy *ret_policy)
{
    for (size_t i = 0; i < ARRAY_LEN(policy_names); i++) {
        if (!str_equal(name, str_z(policy_names[i])))
            continue;
        *ret_policy = (enum trust_policy)i;
        return true;
    }
    return false;
}

enum trust_policy trust_policy_of(const struct trust *trust)
{
    return trust->options.policy;
}

/* Reading. */

struct line {
    struct trust *trust;
    struct arena *arena;
    struct findings *findings;
    struct position position;
};

static void complain(const struct line *line, const char *why, const char *hint)
{
    struct finding *finding =
        findings_add(line->findings, SEVERITY_ERROR, "E_SIG_TRUST", line->position, "%s", why);
    findings_hint(line->findings, finding, "%s", hint);
}

/* The next word; quotes hold spaces together and stay out of it. */
static bool take_word(str *rest, struct arena *arena, str *ret_word)
{
    *rest = str_trim_left(*rest, STR(" \t"));
    if (rest->len == 0)
        return false;
    char *word = arena_alloc_bytes(arena, rest->len + 1);
    size_t len = 0, at = 0;
    for (bool quoted = false; at < rest->len; at++) {
        char byte = rest->ptr[at];
        if (!quoted && (byte == ' ' || byte == '\t'))
            break;
        if (byte == '"')
            quoted = !quoted;
        else
            word[len++] = byte;
    }
    *rest = str_skip(*rest, at);
    *ret_word = str_from(word, len);
    return true;
}

static bool digits(str text, size_t from, size_t len, int64_t *ret_number)
{
    uint64_t number = 0;
    bool good = from + len <= text.len && str_to_u64(str_slice(text, from, len), &number);
    *ret_number = (int64_t)number;
    return good;
}

/* YYYYMMDD[HHMM[SS]][Z]. A time without Z is taken as UTC, too: nothing here knows another zone. */
static bool read_time(str text, int64_t *ret_time_s)
{
    int64_t year, month, day, hour = 0, minute = 0, second = 0;
    if (str_ends(text, STR("Z")))
        text = str_slice(text, 0, text.len - 1);
    if (text.len != 8 && text.len != 12 && text.len != 14)
        return false;
    if (!digits(text, 0, 4, &year) || !digits(text, 4, 2, &month) || !digits(text, 6, 2, &day) ||
        (text.len > 8 && (!digits(text, 8, 2, &hour) || !digits(text, 10, 2, &minute))) ||
        (text.len > 12 && !digits(text, 12, 2, &second)))
        return false;
    if (year < 1970 || month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 ||
        second > 60)
        return false;
    *ret_time_s =
        ((clock_days(year, (int)month, (int)day) * 24 + hour) * 60 + minute) * 60 + second;
    return true;
}

static bool take_option(const struct line *line, str option, struct allowed *allowed)
{
    str text = option, name;
    bool named = str_cut(&text, '=', &name);
    bool time = true;
    if (named && str_equal_fold(name, STR("namespaces")))
        allowed->namespaces = text;
    else if (named && str_equal_fold(name, STR("valid-after")))
        time = read_time(text, &allowed->after_s);
    else if (named && str_equal_fold(name, STR("valid-before")))
        time = read_time(text, &allowed->before_s);
    else if (str_equal_fold(option, STR("cert-authority")))
        complain(line, "cert-authority is not supported", "list the signers' own keys");
    else
        complain(line, "an option that is not known",
                 "namespaces, valid-after and valid-before are");
    if (!time)
        complain(line, "no time of the form YYYYMMDD[HHMM[SS]]Z", "write it in UTC");
    return time;
}

/* Cuts options at commas outside of quotes: `text` still has them. */
static void take_options(const struct line *line, str text, struct allowed *allowed)
{
    while (text.len != 0) {
        size_t end = 0;
        for (bool quoted = false; end < text.len && (quoted || text.ptr[end] != ','); end++)
            if (text.ptr[end] == '"')
                quoted = !quoted;
        str option = str_slice(text, 0, end), plain;
        text = str_skip(text, end + 1);
        if (take_word(&option, line->arena, &plain) && !take_option(line, plain, allowed))
            return;
    }
}

static bool is_key_type(str word)
{
    return str_starts(word, STR("ssh-")) || str_starts(word, STR("ecdsa-")) ||
           str_starts(word, STR("sk-"));
}

static bool take_key(const struct line *line, str type, str *rest, str *ret_key)
{
    str packed, inner, named;
    if (!take_word(rest, line->arena, &packed) || !base64_decode(line->arena, packed, ret_key)) {
        complain(line, "no public key", "PRINCIPALS [OPTIONS] TYPE BASE64 [COMMENT]");
        return false;
    }
    inner = *ret_key;
    if (!ssh_take_text(&inner, &named) || !str_equal(named, type)) {
        complain(line, "the key is not of the type that stands before it",
                 "copy the line of the .pub file as it is");
        return false;
    }
    return true;
}

/* The word at the front as it stands, quotes and all. */
static str raw_word(str rest)
{
    size_t end = 0;
    for (bool quoted = false;
         end < rest.len && (quoted || (rest.ptr[end] != ' ' && rest.ptr[end] != '\t')); end++)
        if (rest.ptr[end] == '"')
            quoted = !quoted;
    return str_slice(rest, 0, end);
}

static void take_allowed(const struct line *line, str text)
{
    struct allowed allowed = {.after_s = INT64_MIN, .before_s = INT64_MAX};
    str word = {0};
    size_t errors = line->findings->errors;
    (void)take_word(&text, line->arena, &allowed.principals); /* the line is not empty */
    text = str_trim_left(text, STR(" \t"));
    str options = raw_word(text);
    if (!is_key_type(options)) {
        take_options(line, options, &allowed);
        text = str_skip(text, options.len);
    }
    if (!take_word(&text, line->arena, &word) || !is_key_type(word))
        complain(line, "no public key", "PRINCIPALS [OPTIONS] TYPE BASE64 [COMMENT]");
    else if (take_key(line, word, &text, &allowed.key) && line->findings->errors == errors)
        VEC_PUSH(line->arena, &line->trust->allowed, allowed);
}

static void take_revoked(const struct line *line, str text)
{
    str type = {0}, key;
    if (take_word(&text, line->arena, &type) && !is_key_type(type))
        complain(line, "no public key", "one a line, as in a .pub file; binary lists are not read");
    else if (take_key(line, type, &text, &key))
        VEC_PUSH(line->arena, &line->trust->revoked, key);
}

static void read_lines(struct line *line, str text, str file,
                       void take(const struct line *line, str text))
{
    line->position = (struct position){.file = file};
    if (text.len > FILE_MOST) {
        complain(line, "the file is over 4 MiB", "keep it to the keys in use");
        return;
    }
    str row;
    while (str_cut(&text, '\n', &row)) {
        line->position.line++;
        row = str_trim(row);
        if (row.len != 0 && row.ptr[0] != '#')
            take(line, row);
    }
}

bool trust_create(const struct trust_options *options, struct arena *arena,
                  struct findings *findings, struct trust **ret_trust)
{
    struct trust *trust = ARENA_NEW(arena, struct trust);
    struct line line = {.trust = trust, .arena = arena, .findings = findings};
    size_t errors = findings->errors;
    trust->options = *options;
    read_lines(&line, options->allowed_signers, options->allowed_file, take_allowed);
    read_lines(&line, options->revoked_keys, options->revoked_file, take_revoked);
    line.position = (struct position){.file = options->allowed_file};
    if (options->policy != TRUST_NONE && trust->allowed.len == 0 && options->openpgp == NULL &&
        findings->errors == errors)
        complain(&line, "signatures are demanded, but nobody's key is known",
                 "name a file with allowed signers");
    *ret_trust = trust;
    return findings->errors == errors;
}

/* Asking. */

static bool is_revoked(const struct trust *trust, str key)
{
    for (size_t i = 0; i < trust->revoked.len; i++)
        if (str_equal(trust->revoked.items[i], key))
            return true;
    return false;
}

/* The first principal as it is reported: patterns stay patterns. */
static str first_principal(str principals)
{
    size_t comma = str_index(principals, ',');
    return comma == SIZE_MAX ? principals : str_slice(principals, 0, comma);
}

static bool verify_ssh(const struct trust *trust, const struct signed_object *object, int64_t at_s,
                       struct arena *arena, struct signer *ret_signer, struct error *err)
{
    str key, name_space = STR(SSH_NAMESPACE_GIT);
    if (!ssh_signature_verify(object->signature, object->payload, name_space, arena, &key, err))
        return false;
    str print = ssh_key_fingerprint(key, arena);
    if (is_revoked(trust, key))
        return error_rule(err, ERROR_INPUT, "E_SIG_REVOKED", "the key %.*s is revoked",
                          STR_ARG(print));
    bool expired = false;
    for (size_t i = 0; i < trust->allowed.len; i++) {
        const struct allowed *allowed = &trust->allowed.items[i];
        if (!str_equal(allowed->key, key) ||
            (allowed->namespaces.len != 0 &&
             !pattern_list_matches(allowed->namespaces, name_space, false)))
            continue;
        expired = at_s < allowed->after_s || at_s >= allowed->before_s;
        if (expired)
            continue;
        *ret_signer = (struct signer){first_principal(allowed->principals), print};
        return true;
    }
    if (expired)
        return error_rule(err, ERROR_INPUT, "E_SIG_EXPIRED",
                          "the key %.*s is not valid at the time of the commit", STR_ARG(print));
    (void)error_rule(err, ERROR_INPUT, "E_SIG_UNKNOWN", "nobody's key is %.*s", STR_ARG(print));
    return error_hint(err,
                      "add its owner to the allowed signers, or sign with a key that is there");
}

bool trust_verify(const struct trust *trust, const struct signed_object *object, int64_t at_s,
                  struct arena *arena, struct signer *ret_signer, struct error *err)
{
    str signature = object->signature;
    if (signature.len == 0) {
        (void)error_rule(err, ERROR_INPUT, "E_SIG_MISSING", "it is not signed");
        return error_hint(err, "git config commit.gpgsign true; the policy is %s",
                          trust_policy_name(trust->options.policy));
    }
    if (str_starts(signature, STR(SSH_SIGNATURE_BEGIN)))
        return verify_ssh(trust, object, at_s, arena, ret_signer, err);
    if (!str_starts(signature, STR("-----BEGIN PGP "))) {
        (void)error_rule(err, ERROR_INPUT, "E_SIG_ALGORITHM", "this kind of signature is not read");
        return error_hint(err, "SSH and OpenPGP signatures are; X.509 is not");
    }
    if (trust->options.openpgp == NULL) {
        (void)error_rule(err, ERROR_INPUT, "E_SIG_UNKNOWN", "no OpenPGP key is known");
        return error_hint(err, "set openpgpKeysFile");
    }
    return trust->options.openpgp(trust->options.openpgp_context, signature, object->payload, at_s,
                                  arena, ret_signer, err);
}

static bool is_below(str path, str folder)
{
    folder = str_trim_right(folder, STR("/"));
    return str_starts(path, folder) &&
           (folder.len == 0 || path.len == folder.len || path.ptr[folder.len] == '/');
}

bool trust_may_change(const struct trust *trust, const struct signer *signer, str path)
{
    bool scoped = false;
    for (size_t i = 0; i < trust->options.scope_count; i++) {
        const struct trust_scope *scope = &trust->options.scopes[i];
        if (!pattern_list_matches(scope->signer, signer->name, false))
            continue;
        scoped = true;
        for (size_t k = 0; k < scope->path_count; k++)
            if (is_below(path, scope->paths[k]))
                return true;
    }
    return !scoped;
}
