#include "syncd/base/check.h"
#include "syncd/base/crypto.h"
#include "syncd/http/client_internal.h"

#include <arpa/inet.h>
#include <stdlib.h>

#define CONNECT_TIMEOUT_S 10L

/* The parts of an address; freed with curl_free. */
struct address {
    char *scheme, *host, *port, *path;
};

static void address_finish(struct address *address)
{
    curl_free(address->scheme);
    curl_free(address->host);
    curl_free(address->port);
    curl_free(address->path);
}

static void url_freep(CURLU **url)
{
    curl_url_cleanup(*url);
}

static bool has_part(CURLU *url, CURLUPart part)
{
    char *text = NULL;
    const bool has = curl_url_get(url, part, &text, 0) == CURLUE_OK;
    curl_free(text);
    return has;
}

static bool address_read(str text, struct address *ret_address, struct error *err)
{
    CLEANUP(url_freep) CURLU *url = curl_url();
    CHECK(url != NULL);
    AUTO_BUF struct buf zero_ended = BUF_INIT(4096);
    buf_add(&zero_ended, text);
    if (buf_failed(&zero_ended) || text.len == 0 || str_index(text, '\0') != SIZE_MAX ||
        curl_url_set(url, CURLUPART_URL, zero_ended.ptr, 0) != CURLUE_OK)
        return error_set(err, ERROR_INPUT, "the address is not a URL");
    if (has_part(url, CURLUPART_USER) || has_part(url, CURLUPART_PASSWORD))
        return error_set(err, ERROR_INPUT, "the address holds a user or password");
    if (has_part(url, CURLUPART_QUERY) || has_part(url, CURLUPART_FRAGMENT))
        return error_set(err, ERROR_INPUT, "the address holds a query or fragment");
    struct address address = {0};
    if (curl_url_get(url, CURLUPART_SCHEME, &address.scheme, 0) != CURLUE_OK ||
        curl_url_get(url, CURLUPART_HOST, &address.host, 0) != CURLUE_OK ||
        curl_url_get(url, CURLUPART_PORT, &address.port, CURLU_DEFAULT_PORT) != CURLUE_OK ||
        curl_url_get(url, CURLUPART_PATH, &address.path, 0) != CURLUE_OK) {
        address_finish(&address);
        return error_set(err, ERROR_INPUT, "the address is not complete");
    }
    *ret_address = address;
    return true;
}

bool http_host_is_loopback(str host)
{
    char text[INET_ADDRSTRLEN] = "";
    struct in_addr address;
    if (str_equal(host, STR("localhost")) || str_equal(host, STR("[::1]")))
        return true;
    if (host.len >= sizeof(text))
        return false;
    memcpy(text, host.ptr, host.len);
    text[host.len] = '\0';
    return inet_pton(AF_INET, text, &address) == 1 && ntohl(address.s_addr) >> 24 == 127;
}

static struct curl_blob blob(struct arena *arena, str text)
{
    if (text.len == 0)
        return (struct curl_blob){0};
    const str copy = arena_str(arena, text);
    /* libcurl takes data without const and does not write to it. */
    union {
        const char *from;
        void *to;
    } bytes = {.from = copy.ptr};
    return (struct curl_blob){.data = bytes.to, .len = copy.len, .flags = CURL_BLOB_NOCOPY};
}

static bool check_scheme(const struct address *address, const struct http_origin_options *options,
                         struct error *err)
{
    if (str_equal(str_z(address->scheme), STR("https")))
        return true;
    if (!str_equal(str_z(address->scheme), STR("http")))
        return error_set(err, ERROR_INPUT, "the address begins with %s://; it must be https://",
                         address->scheme);
    if (options->allow_plain || http_host_is_loopback(str_z(address->host)))
        return true;
    return error_set(err, ERROR_INPUT, "http:// is allowed to loopback addresses only");
}

bool http_origin_create(struct http_client *client, const struct http_origin_options *options,
                        struct http_origin **ret_origin, struct error *err)
{
    struct address address = {0};
    if (!address_read(options->url, &address, err))
        return false;
    if (!check_scheme(&address, options, err)) {
        address_finish(&address);
        return false;
    }
    struct http_origin *origin = calloc(1, sizeof(*origin));
    CHECK(origin != NULL);
    struct arena *arena = arena_create(ARENA_NO_BUDGET);
    origin->arena = arena;
    origin->client = client;
    origin->https = str_equal(str_z(address.scheme), STR("https"));
    origin->insecure = options->insecure;
    origin->ca = blob(arena, options->ca_pem);
    http_origin_set_identity(origin, &options->identity);
    origin->user_agent = arena_str(arena, options->user_agent).ptr;

    const str path = str_trim_right(str_z(address.path), STR("/"));
    const str host = options->server_name.len > 0 ? options->server_name : str_z(address.host);
    origin->url = arena_printf(arena, "%s://%.*s:%s%.*s", address.scheme, STR_ARG(host),
                               address.port, STR_ARG(path));
    if (options->server_name.len > 0) {
        origin->host_header = arena_printf(arena, "Host: %s:%s", address.host, address.port).ptr;
        origin->connect_to =
            curl_slist_append(NULL, arena_printf(arena, "%.*s:%s:%s:%s", STR_ARG(host),
                                                 address.port, address.host, address.port)
                                        .ptr);
        CHECK(origin->connect_to != NULL);
    }
    list_init(&origin->transfers);
    list_append(&client->origins, &origin->node);
    address_finish(&address);
    *ret_origin = origin;
    return true;
}

static void forget_authorization(struct http_origin *origin)
{
    if (origin->authorization == NULL)
        return;
    crypto_wipe(origin->authorization, strlen(origin->authorization));
    free(origin->authorization);
    origin->authorization = NULL;
}

void http_origin_destroy(struct http_origin *origin)
{
    if (origin == NULL)
        return;
    origin_cancel_transfers(origin);
    list_remove(&origin->node);
    forget_authorization(origin);
    curl_slist_free_all(origin->connect_to);
    arena_destroy(origin->arena);
    free(origin);
}

bool http_origin_set_authorization(struct http_origin *origin, str text)
{
    static const char name[] = "Authorization: ";
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] < 0x20 || text.ptr[i] == 0x7f)
            return false;
    forget_authorization(origin);
    if (text.len == 0)
        return true;
    char *line = malloc(sizeof(name) + text.len);
    CHECK(line != NULL);
    memcpy(line, name, sizeof(name) - 1);
    memcpy(line + sizeof(name) - 1, text.ptr, text.len);
    line[sizeof(name) - 1 + text.len] = '\0';
    origin->authorization = line;
    return true;
}

static void wipe_blob(void *context)
{
    const struct curl_blob *blob = context;
    if (blob->data != NULL)
        crypto_wipe(blob->data, blob->len);
}

/* What is on its way still uses the old one, so that stays until the origin ends. */
void http_origin_set_identity(struct http_origin *origin, const struct tls_identity *identity)
{
    struct curl_blob *key = ARENA_NEW(origin->arena, struct curl_blob);
    *key = blob(origin->arena, identity->key_pem);
    arena_defer(origin->arena, wipe_blob, key);
    origin->certificate = blob(origin->arena, identity->certificate_pem);
    origin->key = *key;
}

str http_origin_url(const struct http_origin *origin)
{
    return origin->url;
}

void origin_configure(const struct http_origin *origin, CURL *easy)
{
    SET(easy, CURLOPT_PROTOCOLS_STR, origin->https ? "https" : "http");
    SET(easy, CURLOPT_MAXREDIRS, 0L);
    SET(easy, CURLOPT_FOLLOWLOCATION, 0L);
    SET(easy, CURLOPT_UNRESTRICTED_AUTH, 0L);
    SET(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    SET(easy, CURLOPT_PROXY, "");
    SET(easy, CURLOPT_NOPROXY, "*");
    SET(easy, CURLOPT_NOSIGNAL, 1L);
    SET(easy, CURLOPT_PATH_AS_IS, 1L);
    SET(easy, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    SET(easy, CURLOPT_HTTP09_ALLOWED, 0L);
    SET(easy, CURLOPT_HTTP_CONTENT_DECODING, 0L);
    SET(easy, CURLOPT_CONNECTTIMEOUT, CONNECT_TIMEOUT_S);
    SET(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    SET(easy, CURLOPT_TCP_KEEPIDLE, 30L);
    SET(easy, CURLOPT_TCP_KEEPINTVL, 10L);
    SET(easy, CURLOPT_HTTP_VERSION,
        (long)(origin->https ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1));
    SET(easy, CURLOPT_PIPEWAIT, 1L);
    if (*origin->user_agent != '\0')
        SET(easy, CURLOPT_USERAGENT, origin->user_agent);
    if (origin->connect_to != NULL)
        SET(easy, CURLOPT_CONNECT_TO, origin->connect_to);
    if (!origin->https)
        return;
    SET(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    SET(easy, CURLOPT_SSL_VERIFYPEER, origin->insecure ? 0L : 1L);
    SET(easy, CURLOPT_SSL_VERIFYHOST, origin->insecure ? 0L : 2L);
    SET(easy, CURLOPT_SSL_SESSIONID_CACHE, 0L);
    if (origin->ca.data != NULL) {
        SET(easy, CURLOPT_CAINFO, NULL);
        SET(easy, CURLOPT_CAPATH, NULL);
        SET(easy, CURLOPT_CAINFO_BLOB, &origin->ca);
    }
    if (origin->certificate.data != NULL) {
        SET(easy, CURLOPT_SSLCERT_BLOB, &origin->certificate);
        SET(easy, CURLOPT_SSLKEY_BLOB, &origin->key);
    }
}
