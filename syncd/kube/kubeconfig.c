#include "syncd/kube/kubeconfig.h"

#include "syncd/base/clock.h"
#include "syncd/base/crypto.h"
#include "syncd/http/client.h"
#include "syncd/kube/private_file.h"
#include "syncd/value/yaml.h"

#include <stdlib.h>
#include <unistd.h>

#define KUBECONFIG_MAX (1u << 20)
#define PART_MAX       (256u << 10) /* a certificate, key or token */
#define RULE           "E_KUBECONFIG"

static const char account[] = "/var/run/secrets/kubernetes.io/serviceaccount";

/* What a field of the format is to us. */
enum treatment {
    TAKE,   /* read below */
    IGNORE, /* changes nothing that matters here */
    REFUSE, /* would run, reroute, weaken or pretend */
};

struct field_rule {
    const char *name;
    enum treatment treatment;
    const char *why;
};

static const struct field_rule cluster_fields[] = {
    {"certificate-authority", TAKE, NULL},
    {"certificate-authority-data", TAKE, NULL},
    {"disable-compression", IGNORE, NULL},
    {"extensions", IGNORE, NULL},
    {"insecure-skip-tls-verify", TAKE, NULL},
    {"proxy-url", REFUSE, "connections are not sent through a proxy"},
    {"server", TAKE, NULL},
    {"tls-server-name", TAKE, NULL},
};

static const struct field_rule user_fields[] = {
    {"as", REFUSE, "syncd does not act as somebody else"},
    {"as-groups", REFUSE, "syncd does not act as somebody else"},
    {"as-uid", REFUSE, "syncd does not act as somebody else"},
    {"as-user-extra", REFUSE, "syncd does not act as somebody else"},
    {"auth-provider", REFUSE, "syncd runs no programs to get a credential"},
    {"client-certificate", TAKE, NULL},
    {"client-certificate-data", TAKE, NULL},
    {"client-key", TAKE, NULL},
    {"client-key-data", TAKE, NULL},
    {"exec", REFUSE, "syncd runs no programs to get a credential"},
    {"extensions", IGNORE, NULL},
    {"password", TAKE, NULL},
    {"token", TAKE, NULL},
    {"tokenFile", TAKE, NULL},
    {"username", TAKE, NULL},
};

static const struct field_rule context_fields[] = {
    {"cluster", TAKE, NULL},
    {"extensions", IGNORE, NULL},
    {"namespace", TAKE, NULL},
    {"user", TAKE, NULL},
};

struct reading {
    const struct kubeconfig_options *options;
    const char *name; /* of the file, for messages */
    struct arena *arena;
    struct error *err;
};

static bool is_unset(value v)
{
    return !value_present(v) || value_is(v, VALUE_NULL) ||
           (value_is(v, VALUE_BOOL) && !value_true(v)) ||
           (value_is(v, VALUE_STRING) && value_str(v).len == 0) ||
           ((value_is(v, VALUE_ARRAY) || value_is(v, VALUE_OBJECT)) && value_len(v) == 0);
}

static bool refuse(const struct reading *reading, uint32_t line, const char *section,
                   const char *field, const char *why)
{
    (void)error_rule(reading->err, ERROR_INPUT, RULE, "%s.%s: %s", section, field, why);
    return error_at(reading->err, (struct position){str_z(reading->name), line, 0});
}

static bool check_field(const struct reading *reading, const char *section,
                        const struct member *member, const struct field_rule *rules, size_t count)
{
    const str text = arena_str(reading->arena, str_slice(member->key, 0, 64));
    for (size_t i = 0; i < count; i++) {
        if (!str_equal(member->key, str_z(rules[i].name)))
            continue;
        if (rules[i].treatment != REFUSE || is_unset(member->val))
            return true;
        return refuse(reading, member->val.line, section, rules[i].name, rules[i].why);
    }
    return refuse(reading, member->val.line, section, text.ptr, "not a field that syncd knows");
}

/* Every member of the object is one of the rules', and none is refused. */
static bool check_fields(const struct reading *reading, const char *section, value object,
                         const struct field_rule *rules, size_t count)
{
    if (!value_is(object, VALUE_OBJECT))
        return refuse(reading, object.line, section, section, "not an object");
    for (size_t i = 0; i < value_len(object); i++)
        if (!check_field(reading, section, value_member(object, i), rules, count))
            return false;
    return true;
}

/* The `inner` object of the entry of a list that has this name. */
static bool find_entry(const struct reading *reading, value root, const char *list_name,
                       const char *inner, str name, value *ret_entry)
{
    const value list = value_get(root, str_z(list_name));
    value found = value_absent();
    for (size_t i = 0; i < value_len(list) && value_is(list, VALUE_ARRAY); i++) {
        const value entry = value_item(list, i);
        if (!str_equal(value_str(value_get(entry, STR("name"))), name))
            continue;
        if (value_present(found))
            return refuse(reading, entry.line, list_name, inner, "the same name comes twice");
        found = value_get(entry, str_z(inner));
        if (!value_present(found))
            return refuse(reading, entry.line, list_name, inner, "missing");
    }
    if (!value_present(found)) {
        const str shown = arena_str(reading->arena, str_slice(name, 0, 64));
        (void)error_rule(reading->err, ERROR_INPUT, RULE, "%s: no entry with the name \"%s\"",
                         list_name, shown.ptr);
        return error_at(reading->err, (struct position){str_z(reading->name), list.line, 0});
    }
    *ret_entry = found;
    return true;
}

/* A string member; empty when it is not there. */
static bool take_text(const struct reading *reading, const char *section, value object,
                      const char *field, str *ret_text)
{
    const value found = value_get(object, str_z(field));
    if (value_present(found) && !value_is(found, VALUE_NULL) && !value_is(found, VALUE_STRING))
        return refuse(reading, found.line, section, field, "not text");
    const str text = value_str(found);
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] == '\0')
            return refuse(reading, found.line, section, field, "holds a NUL byte");
    *ret_text = arena_str(reading->arena, text);
    return true;
}

/* base64 may be broken over lines. */
static bool take_base64(const struct reading *reading, const char *section, value object,
                        const char *field, str *ret_bytes)
{
    str text;
    if (!take_text(reading, section, object, field, &text))
        return false;
    AUTO_BUF struct buf packed = BUF_INIT(PART_MAX);
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] != '\n' && text.ptr[i] != '\r' && text.ptr[i] != ' ')
            buf_add_byte(&packed, text.ptr[i]);
    const uint32_t line = value_get(object, str_z(field)).line;
    if (buf_failed(&packed))
        return refuse(reading, line, section, field, "too big");
    if (!base64_decode(reading->arena, buf_str(&packed), ret_bytes))
        return refuse(reading, line, section, field, "not base64");
    if (packed.len > 0)
        crypto_wipe(packed.ptr, packed.len);
    private_text_wipe(reading->arena, *ret_bytes);
    return true;
}

/* Relative paths start where the kubeconfig is. */
static str path_from(const struct reading *reading, str path)
{
    const str name = str_z(reading->name);
    const size_t slash = str_rindex(name, '/');
    if (str_starts(path, STR("/")) || slash == SIZE_MAX)
        return arena_str(reading->arena, path);
    return arena_concat(reading->arena, str_slice(name, 0, slash + 1), path, STR(""));
}

static bool take_file(const struct reading *reading, const char *section, value object,
                      const char *field, enum file_rules rules, str *ret_path, str *ret_text)
{
    str path;
    if (!take_text(reading, section, object, field, &path))
        return false;
    *ret_path = path;
    if (path.len == 0)
        return true;
    const uint32_t line = value_get(object, str_z(field)).line;
    if (!reading->options->allow_files)
        return refuse(reading, line, section, field, "files are not read for this kubeconfig");
    *ret_path = path_from(reading, path);
    if (!private_file_read(ret_path->ptr, reading->options->strict_files ? rules : FILE_PLAIN,
                           PART_MAX, reading->arena, ret_text, reading->err)) {
        (void)error_at(reading->err, (struct position){str_z(reading->name), line, 0});
        return error_wrap(reading->err, "%s.%s", section, field);
    }
    return true;
}

/* `field`-data when it is there, else the file that `field` names. */
static bool take_pem(const struct reading *reading, const char *section, value object,
                     const char *field, const char *data_field, enum file_rules rules, str *ret_pem)
{
    str path, pem = {0};
    if (!take_base64(reading, section, object, data_field, &pem))
        return false;
    if (pem.len == 0 && !take_file(reading, section, object, field, rules, &path, &pem))
        return false;
    *ret_pem = pem;
    return true;
}

static bool pem_problem(const struct reading *reading, value object, const char *field,
                        const char *section)
{
    const struct error why = *reading->err;
    error_clear(reading->err);
    return refuse(reading, object.line, section, field, why.text);
}

static bool is_loopback_url(str url)
{
    static const str scheme = STR_INIT("http://");
    if (!str_starts(url, scheme))
        return false;
    const str rest = str_skip(url, scheme.len);
    size_t end = 0;
    const bool bracket = str_starts(rest, STR("["));
    while (end < rest.len && rest.ptr[end] != '/' && (bracket || rest.ptr[end] != ':') &&
           (end == 0 || rest.ptr[end - 1] != ']'))
        end++;
    const bool ends = end == rest.len || rest.ptr[end] == '/' || rest.ptr[end] == ':';
    return ends && http_host_is_loopback(str_slice(rest, 0, end));
}

static bool take_cluster(const struct reading *reading, value cluster, struct kube_config *config)
{
    static const char section[] = "cluster";
    if (!check_fields(reading, section, cluster, cluster_fields, ARRAY_LEN(cluster_fields)) ||
        !take_text(reading, section, cluster, "server", &config->server) ||
        !take_text(reading, section, cluster, "tls-server-name", &config->server_name))
        return false;
    if (!str_starts(config->server, STR("https://")) && !is_loopback_url(config->server))
        return refuse(reading, cluster.line, section, "server",
                      "must begin with https:// (http:// is for loopback only)");
    if (str_index(config->server, '@') != SIZE_MAX)
        return refuse(reading, cluster.line, section, "server", "holds a user");
    config->insecure = value_true(value_get(cluster, STR("insecure-skip-tls-verify")));
    if (config->insecure && !reading->options->allow_insecure)
        return refuse(reading, cluster.line, section, "insecure-skip-tls-verify",
                      "must be allowed in the target's configuration");
    if (!take_pem(reading, section, cluster, "certificate-authority", "certificate-authority-data",
                  FILE_PUBLIC, &config->ca_pem))
        return false;
    int64_t expires_s;
    return config->ca_pem.len == 0 ||
           tls_check_certificates(config->ca_pem, &expires_s, reading->err) ||
           pem_problem(reading, cluster, "certificate-authority", section);
}

static bool take_certificate(const struct reading *reading, value user, struct kube_config *config)
{
    static const char section[] = "user";
    struct tls_identity *identity = &config->identity;
    if (!take_pem(reading, section, user, "client-certificate", "client-certificate-data",
                  FILE_PUBLIC, &identity->certificate_pem) ||
        !take_pem(reading, section, user, "client-key", "client-key-data", FILE_SECRET,
                  &identity->key_pem))
        return false;
    if (identity->certificate_pem.len == 0 && identity->key_pem.len == 0)
        return true;
    if (identity->certificate_pem.len == 0 || identity->key_pem.len == 0)
        return refuse(reading, user.line, section,
                      identity->key_pem.len == 0 ? "client-key" : "client-certificate", "missing");
    int64_t expires_s;
    if (!tls_check_certificates(identity->certificate_pem, &expires_s, reading->err) ||
        !tls_check_identity(identity, reading->err))
        return pem_problem(reading, user, "client-certificate", section);
    if (expires_s <= clock_wall_ns() / NS_PER_S)
        return refuse(reading, user.line, section, "client-certificate", "has expired");
    return true;
}

static bool take_user(const struct reading *reading, value user, struct kube_config *config)
{
    static const char section[] = "user";
    str from_file = {0};
    if (!check_fields(reading, section, user, user_fields, ARRAY_LEN(user_fields)) ||
        !take_certificate(reading, user, config) ||
        !take_text(reading, section, user, "username", &config->user) ||
        !take_text(reading, section, user, "password", &config->password) ||
        !take_text(reading, section, user, "token", &config->token) ||
        !take_file(reading, section, user, "tokenFile", FILE_SECRET, &config->token_file,
                   &from_file))
        return false;
    private_text_wipe(reading->arena, config->password);
    private_text_wipe(reading->arena, config->token);
    if (config->token_file.len > 0)
        config->token = str_trim(from_file);
    for (size_t i = 0; i < config->token.len; i++)
        if ((unsigned char)config->token.ptr[i] <= ' ' || config->token.ptr[i] == 0x7f)
            return refuse(reading, user.line, section, "token", "holds space or control bytes");
    return true;
}

static bool take_context(const struct reading *reading, value root, struct kube_config *config)
{
    static const char section[] = "context";
    value context, cluster, user;
    str cluster_name, user_name;
    if (reading->options->context.len > 0)
        config->context = arena_str(reading->arena, reading->options->context);
    else if (!take_text(reading, "kubeconfig", root, "current-context", &config->context))
        return false;
    if (config->context.len == 0)
        return refuse(reading, root.line, "kubeconfig", "current-context", "missing");
    if (!find_entry(reading, root, "contexts", "context", config->context, &context) ||
        !check_fields(reading, section, context, context_fields, ARRAY_LEN(context_fields)) ||
        !take_text(reading, section, context, "cluster", &cluster_name) ||
        !take_text(reading, section, context, "user", &user_name) ||
        !take_text(reading, section, context, "namespace", &config->namespace) ||
        !find_entry(reading, root, "clusters", "cluster", cluster_name, &cluster) ||
        !take_cluster(reading, cluster, config))
        return false;
    if (config->namespace.len == 0)
        config->namespace = STR("default");
    if (user_name.len == 0)
        return true; /* anonymous */
    return find_entry(reading, root, "users", "user", user_name, &user) &&
           take_user(reading, user, config);
}

bool kubeconfig_read(str text, const char *name, const struct kubeconfig_options *options,
                     struct arena *arena, struct kube_config *ret_config, struct error *err)
{
    const struct reading reading = {options, name, arena, err};
    const struct limits *limits = options->limits != NULL ? options->limits : limits_default();
    if (text.len > KUBECONFIG_MAX)
        return error_rule(err, ERROR_INPUT, RULE, "%s is over %u bytes", name, KUBECONFIG_MAX);
    AUTO_ARENA struct arena *scratch = arena_create(64u << 20);
    value root;
    const struct yaml_options yaml = {.dialect = YAML_KUBERNETES};
    if (!yaml_read(text, &yaml, limits, scratch, &root, err)) {
        /* The reader's text may quote the line, and that may hold a key. */
        const struct error why = *err;
        error_clear(err);
        (void)error_rule(err, ERROR_INPUT, RULE, "not readable as YAML (%s)", why.rule);
        return error_at(err, (struct position){str_z(name), why.line, why.column});
    }
    if (!value_is(root, VALUE_OBJECT) ||
        !str_equal(value_str(value_get(root, STR("kind"))), STR("Config")))
        return refuse(&reading, root.line, "kubeconfig", "kind", "must be Config");
    struct kube_config config = {.strict_files = options->strict_files};
    if (!take_context(&reading, root, &config))
        return false;
    *ret_config = config;
    return true;
}

bool kubeconfig_load(const char *path, const struct kubeconfig_options *options,
                     struct arena *arena, struct kube_config *ret_config, struct error *err)
{
    str text;
    if (!kubeconfig_read_file(path, options->strict_files, KUBECONFIG_MAX, arena, &text, err))
        return error_wrap(err, "kubeconfig");
    struct kubeconfig_options with_files = *options;
    with_files.allow_files = true;
    return kubeconfig_read(text, path, &with_files, arena, ret_config, err);
}

bool kubeconfig_in_cluster(const char *host, const char *port, struct arena *arena,
                           struct kube_config *ret_config, struct error *err)
{
    if (host == NULL || port == NULL || *host == '\0' || *port == '\0')
        return error_rule(err, ERROR_INPUT, RULE,
                          "not in a cluster: KUBERNETES_SERVICE_HOST and _PORT are not set");
    const bool v6 = str_index(str_z(host), ':') != SIZE_MAX;
    struct kube_config config = {
        .context = STR("in-cluster"),
        .server = arena_printf(arena, v6 ? "https://[%s]:%s" : "https://%s:%s", host, port),
        .token_file = arena_printf(arena, "%s/token", account),
    };
    str token, namespace;
    const str ca_path = arena_printf(arena, "%s/ca.crt", account);
    const str namespace_path = arena_printf(arena, "%s/namespace", account);
    if (!private_file_read(config.token_file.ptr, FILE_PLAIN, PART_MAX, arena, &token, err) ||
        !private_file_read(ca_path.ptr, FILE_PLAIN, PART_MAX, arena, &config.ca_pem, err) ||
        !private_file_read(namespace_path.ptr, FILE_PLAIN, 256, arena, &namespace, err))
        return error_wrap(err, "the pod's service account");
    config.token = str_trim(token);
    config.namespace = str_trim(namespace);
    *ret_config = config;
    return true;
}
