/*
 * Git's smart protocol over HTTPS with libcurl, in place of libgit2's own HTTP: one TLS, deadlines,
 * no redirects, credentials for the configured host only.
 */
#include "syncd/git/child.h"

#include "syncd/base/check.h"
#include "syncd/base/clock.h"

#include <curl/curl.h>
#include <git2/sys/transport.h>
#include <stdlib.h>

#define CONNECT_SECONDS 10L
#define SLOW_BYTES      1024L
/* The answer not yet read: the transfer pauses when it is this long. */
#define WINDOW_MAX (256u << 10)
/* A push holds notes, a fetch its negotiation. */
#define REQUEST_MAX (64u << 20)
/* A list of references, at some 100 bytes each. */
#define LIST_MAX (64u << 20)

struct https {
    git_smart_subtransport parent;
    struct git_work *work;
    CURLM *multi; /* keeps the connection between requests */
};

struct request {
    git_smart_subtransport_stream parent;
    struct https *https;
    const struct service *service;
    const char *url;
    CURL *easy;
    struct curl_slist *headers;
    struct buf body;
    struct buf window;
    size_t taken; /* of the window */
    uint64_t received;
    bool started, finished, failed, paused;
    char reason[CURL_ERROR_SIZE];
};

static const struct service {
    git_smart_service_t action;
    const char *suffix;
    const char *type;   /* of the answer */
    const char *header; /* of a request with a body; NULL: there is none */
} services[] = {
    {GIT_SERVICE_UPLOADPACK_LS, "/info/refs?service=git-upload-pack",
     "application/x-git-upload-pack-advertisement", NULL},
    {GIT_SERVICE_UPLOADPACK, "/git-upload-pack", "application/x-git-upload-pack-result",
     "Content-Type: application/x-git-upload-pack-request"},
    {GIT_SERVICE_RECEIVEPACK_LS, "/info/refs?service=git-receive-pack",
     "application/x-git-receive-pack-advertisement", NULL},
    {GIT_SERVICE_RECEIVEPACK, "/git-receive-pack", "application/x-git-receive-pack-result",
     "Content-Type: application/x-git-receive-pack-request"},
};

/* Says what failed, once, in our words; libgit2 only needs to know that it did. */
static int fail(struct request *request, enum error_class class, const char *rule, const char *text)
{
    struct error *failure = &request->https->work->failure;
    if (failure->class == ERROR_NONE)
        (void)error_rule(failure, class, rule, "%s", text);
    git_error_set_str(GIT_ERROR_HTTP, text);
    request->failed = true;
    return -1;
}

static int fail_status(struct request *request, long status)
{
    struct error *failure = &request->https->work->failure;
    const char *text =
        arena_printf(request->https->work->arena, "the server answers with status %ld", status).ptr;
    failure->detail = (int)status;
    if (status == 401 || status == 403) {
        int code = fail(request, ERROR_DENIED, "E_GIT_AUTH", text);
        (void)error_hint(failure, "check the token and what it may do");
        return code;
    }
    if (status == 404 || status == 410)
        return fail(request, ERROR_NOT_FOUND, "E_GIT_REPOSITORY", text);
    if (status >= 300 && status < 400) {
        int code = fail(request, ERROR_DENIED, "E_REDIRECT",
                        "the server redirects elsewhere, which is not followed");
        (void)error_hint(failure, "configure the repository's final URL");
        return code;
    }
    return fail(request, ERROR_UNAVAILABLE, "E_GIT_SERVER", text);
}

/* Before the first byte counts: is this a Git server's answer at all? */
static int check_head(struct request *request)
{
    long status = 0;
    char *type = NULL;
    (void)curl_easy_getinfo(request->easy, CURLINFO_RESPONSE_CODE, &status);
    (void)curl_easy_getinfo(request->easy, CURLINFO_CONTENT_TYPE, &type);
    if (status != 200)
        return fail_status(request, status);
    if (type == NULL || strcmp(type, request->service->type) != 0)
        return fail(request, ERROR_INPUT, "E_GIT_SERVER",
                    "the URL does not lead to a Git repository (smart protocol)");
    return 0;
}

static size_t on_bytes(char *bytes, size_t one, size_t len, void *context)
{
    struct request *request = context;
    (void)one; /* always 1 */
    if (request->received == 0 && check_head(request) < 0)
        return 0;
    if (request->window.len - request->taken > WINDOW_MAX) {
        request->paused = true;
        return CURL_WRITEFUNC_PAUSE;
    }
    if (request->taken == request->window.len) {
        buf_clear(&request->window);
        request->taken = 0;
    }
    request->received += len;
    if (request->service->header == NULL && request->received > LIST_MAX) {
        (void)fail(request, ERROR_LIMIT, "E_REF_COUNT", "the repository has too many references");
        return 0;
    }
    buf_add(&request->window, str_from(bytes, len));
    watchdog_network(request->https->work);
    return len;
}

static long seconds_left(const struct git_work *work)
{
    int64_t left = (work->deadline_ns - clock_monotonic_ns()) / NS_PER_S;
    return left < 1 ? 1 : (long)left;
}

/* Errors of setting an option are a bug or no memory. */
#define SET(option, value) CHECK(curl_easy_setopt(easy, (option), (value)) == CURLE_OK)

static void set_security(CURL *easy, const struct repo_remote *remote)
{
    SET(CURLOPT_PROTOCOLS_STR, "https");
    SET(CURLOPT_REDIR_PROTOCOLS_STR, "https");
    SET(CURLOPT_FOLLOWLOCATION, 0L);
    SET(CURLOPT_UNRESTRICTED_AUTH, 0L);
    SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    SET(CURLOPT_PROXY, "");
    SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    SET(CURLOPT_SSL_VERIFYPEER, remote->insecure ? 0L : 1L);
    SET(CURLOPT_SSL_VERIFYHOST, remote->insecure ? 0L : 2L);
    if (remote->ca_bundle.len != 0) {
        struct curl_blob bundle = {.data = (void *)(uintptr_t)remote->ca_bundle.ptr,
                                   .len = remote->ca_bundle.len,
                                   .flags = CURL_BLOB_COPY};
        SET(CURLOPT_CAINFO_BLOB, &bundle);
    }
}

static void set_credentials(CURL *easy, struct git_work *work)
{
    const struct repo_remote *remote = work->remote;
    if (remote->auth != REPO_AUTH_TOKEN)
        return;
    str user = remote->user.len != 0 ? remote->user : STR("x-access-token");
    SET(CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
    SET(CURLOPT_USERNAME, zero_ended(work, user));
    SET(CURLOPT_PASSWORD, zero_ended(work, remote->token));
}

static void set_times(CURL *easy, const struct git_work *work)
{
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_CONNECTTIMEOUT, CONNECT_SECONDS);
    SET(CURLOPT_LOW_SPEED_LIMIT, SLOW_BYTES);
    SET(CURLOPT_LOW_SPEED_TIME, (long)(work->idle_ns / NS_PER_S) + 1L);
    SET(CURLOPT_TIMEOUT, seconds_left(work));
}

static void start(struct request *request)
{
    struct git_work *work = request->https->work;
    CURL *easy = request->easy = curl_easy_init();
    CHECK(easy != NULL);
    set_security(easy, work->remote);
    set_credentials(easy, work);
    set_times(easy, work);
    SET(CURLOPT_URL, request->url);
    SET(CURLOPT_USERAGENT, "git/2 syncd/" SYNCD_VERSION);
    SET(CURLOPT_ERRORBUFFER, request->reason);
    SET(CURLOPT_WRITEFUNCTION, on_bytes);
    SET(CURLOPT_WRITEDATA, request);
    if (request->service->header != NULL) {
        request->headers = curl_slist_append(NULL, request->service->header);
        request->headers = curl_slist_append(request->headers, "Expect:");
        CHECK(request->headers != NULL);
        SET(CURLOPT_POST, 1L);
        SET(CURLOPT_POSTFIELDS, request->body.ptr);
        SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.len);
        SET(CURLOPT_HTTPHEADER, request->headers);
    }
    CHECK(curl_multi_add_handle(request->https->multi, easy) == CURLM_OK);
    request->started = true;
}

static int fail_transfer(struct request *request, CURLcode code)
{
    const char *text = request->reason[0] != '\0' ? request->reason : curl_easy_strerror(code);
    str clean = foreign_text(request->https->work->arena, text, 200, false);
    switch (code) {
    case CURLE_OPERATION_TIMEDOUT: return fail(request, ERROR_TIMEOUT, "E_GIT_SLOW", clean.ptr);
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_INVALIDCERTSTATUS:
        return fail(request, ERROR_DENIED, "E_GIT_CERTIFICATE", clean.ptr);
    default: return fail(request, ERROR_UNAVAILABLE, "E_GIT_CONNECTION", clean.ptr);
    }
}

/* Takes note of the transfer's end. */
static int collect(struct request *request)
{
    int left;
    const CURLMsg *message;
    while ((message = curl_multi_info_read(request->https->multi, &left)) != NULL) {
        if (message->msg != CURLMSG_DONE || message->easy_handle != request->easy)
            continue;
        request->finished = true;
        if (request->failed)
            return -1;
        if (message->data.result != CURLE_OK)
            return fail_transfer(request, message->data.result);
        if (request->received == 0)
            return check_head(request);
    }
    return 0;
}

static int more(struct request *request)
{
    int running;
    if (request->paused) {
        request->paused = false;
        (void)curl_easy_pause(request->easy,
                              CURLPAUSE_CONT); /* its error comes with the transfer */
    }
    if (curl_multi_perform(request->https->multi, &running) != CURLM_OK)
        return fail(request, ERROR_INTERNAL, "E_GIT_CONNECTION", "the transfer cannot go on");
    if (collect(request) < 0)
        return -1;
    if (!request->finished && request->taken == request->window.len)
        (void)curl_multi_poll(request->https->multi, NULL, 0, 1000,
                              NULL); /* time-outs are curl's */
    return 0;
}

static int on_read(git_smart_subtransport_stream *stream, char *out, size_t size, size_t *ret_len)
{
    struct request *request = (struct request *)stream;
    *ret_len = 0;
    if (request->failed)
        return -1;
    if (!request->started)
        start(request);
    while (request->taken == request->window.len && !request->finished)
        if (more(request) < 0)
            return -1;
    str ready = str_skip(buf_str(&request->window), request->taken);
    size_t len = ready.len < size ? ready.len : size;
    if (len != 0)
        memcpy(out, ready.ptr, len);
    request->taken += len;
    *ret_len = len;
    return 0;
}

static int on_write(git_smart_subtransport_stream *stream, const char *bytes, size_t len)
{
    struct request *request = (struct request *)stream;
    buf_add(&request->body, str_from(bytes, len));
    if (buf_failed(&request->body))
        return fail(request, ERROR_LIMIT, "E_GIT_REQUEST", "a request to the server is too long");
    return 0;
}

static void on_free(git_smart_subtransport_stream *stream)
{
    struct request *request = (struct request *)stream;
    if (request->easy != NULL) {
        (void)curl_multi_remove_handle(request->https->multi, request->easy);
        curl_easy_cleanup(request->easy);
    }
    curl_slist_free_all(request->headers);
    buf_finish(&request->body);
    buf_finish(&request->window);
    free(request);
}

static int on_action(git_smart_subtransport_stream **out, git_smart_subtransport *transport,
                     const char *url, git_smart_service_t action)
{
    struct https *https = (struct https *)transport;
    struct request *request = calloc(1, sizeof(*request));
    CHECK(request != NULL);
    request->parent = (git_smart_subtransport_stream){
        .subtransport = transport, .read = on_read, .write = on_write, .free = on_free};
    request->https = https;
    buf_init(&request->body, REQUEST_MAX);
    buf_init(&request->window, SIZE_MAX / 2);
    for (size_t i = 0; i < ARRAY_LEN(services); i++)
        if (services[i].action == action)
            request->service = &services[i];
    CHECK(request->service != NULL);
    str base = str_trim_right(str_z(url), STR("/"));
    request->url =
        arena_concat(https->work->arena, base, str_z(request->service->suffix), STR("")).ptr;
    *out = &request->parent;
    return 0;
}

static int on_close(git_smart_subtransport *transport)
{
    (void)transport; /* requests end one by one */
    return 0;
}

static void on_free_transport(git_smart_subtransport *transport)
{
    struct https *https = (struct https *)transport;
    (void)curl_multi_cleanup(https->multi); /* all requests are gone */
    free(https);
}

static int make(git_smart_subtransport **out, git_transport *owner, void *context)
{
    (void)owner;
    struct https *https = calloc(1, sizeof(*https));
    CHECK(https != NULL && curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK);
    https->parent =
        (git_smart_subtransport){.action = on_action, .close = on_close, .free = on_free_transport};
    https->work = context;
    https->multi = curl_multi_init();
    CHECK(https->multi != NULL);
    *out = &https->parent;
    return 0;
}

int https_transport(git_transport **out, git_remote *owner, void *work)
{
    git_smart_subtransport_definition definition = {.callback = make, .rpc = 1, .param = work};
    return git_transport_smart(out, owner, &definition);
}
