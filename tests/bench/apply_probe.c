/* How fast an API server takes server-side apply: sends encoded requests over one HTTP/2 connection
 * with a number of streams in flight, and prints objects per second.
 *
 *     apply_probe URL CA-FILE TOKEN STREAMS < REQUESTS
 *
 * REQUESTS has two lines for each object: the path with its query, and the JSON body.
 */
#include <curl/curl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct request {
    char *url;
    char *body;
};

struct probe {
    const char *base;
    const char *ca;
    struct curl_slist *headers;
    struct request *requests;
    size_t count;
    size_t next;
    size_t done;
    size_t refused;
};

static size_t drop(char *bytes, size_t size, size_t count, void *context)
{
    (void)bytes;
    (void)context;
    return size * count;
}

static bool read_requests(struct probe *probe)
{
    char *path = NULL;
    char *body = NULL;
    size_t path_cap = 0;
    size_t body_cap = 0;
    while (getline(&path, &path_cap, stdin) > 0 && getline(&body, &body_cap, stdin) > 0) {
        path[strcspn(path, "\n")] = '\0';
        body[strcspn(body, "\n")] = '\0';
        probe->requests = realloc(probe->requests, (probe->count + 1) * sizeof(*probe->requests));
        struct request *request = &probe->requests[probe->count++];
        if (asprintf(&request->url, "%s%s", probe->base, path) < 0)
            return false;
        request->body = strdup(body);
    }
    free(path);
    free(body);
    return probe->count > 0;
}

/* Puts the next request on a handle that is free. */
static void start_next(struct probe *probe, CURLM *multi, CURL *easy)
{
    const struct request *request = &probe->requests[probe->next++];
    curl_easy_setopt(easy, CURLOPT_URL, request->url);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request->body);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, (long)strlen(request->body));
    curl_multi_add_handle(multi, easy);
}

static CURL *new_handle(const struct probe *probe)
{
    CURL *easy = curl_easy_init();
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, "PATCH");
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, probe->headers);
    curl_easy_setopt(easy, CURLOPT_CAINFO, probe->ca);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
    curl_easy_setopt(easy, CURLOPT_PIPEWAIT, 1L);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, drop);
    return easy;
}

static void take_answers(struct probe *probe, CURLM *multi)
{
    CURLMsg *message;
    int left;
    while ((message = curl_multi_info_read(multi, &left)) != NULL) {
        CURL *easy = message->easy_handle;
        long status = 0;
        curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
        if (message->data.result != CURLE_OK || (status != 200 && status != 201))
            probe->refused++;
        probe->done++;
        curl_multi_remove_handle(multi, easy);
        if (probe->next < probe->count)
            start_next(probe, multi, easy);
        else
            curl_easy_cleanup(easy);
    }
}

static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
    if (argc != 5)
        return 2;
    struct probe probe = {.base = argv[1], .ca = argv[2]};
    char bearer[512];
    snprintf(bearer, sizeof(bearer), "Authorization: Bearer %s", argv[3]);
    probe.headers = curl_slist_append(NULL, bearer);
    probe.headers = curl_slist_append(probe.headers, "Content-Type: application/apply-patch+yaml");
    size_t streams = strtoul(argv[4], NULL, 10);
    if (!read_requests(&probe))
        return 1;

    curl_global_init(CURL_GLOBAL_DEFAULT);
    CURLM *multi = curl_multi_init();
    curl_multi_setopt(multi, CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX);
    curl_multi_setopt(multi, CURLMOPT_MAX_HOST_CONNECTIONS, 1L);
    double start = seconds_now();
    for (size_t i = 0; i < streams && probe.next < probe.count; i++)
        start_next(&probe, multi, new_handle(&probe));
    while (probe.done < probe.count) {
        int running;
        if (curl_multi_perform(multi, &running) != CURLM_OK)
            return 1;
        take_answers(&probe, multi);
        if (probe.done < probe.count)
            curl_multi_poll(multi, NULL, 0, 1000, NULL);
    }
    printf("%.1f %zu\n", (double)probe.count / (seconds_now() - start), probe.refused);
    curl_multi_cleanup(multi);
    return probe.refused == 0 ? 0 : 1;
}
