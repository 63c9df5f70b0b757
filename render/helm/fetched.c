/* Charts from outside the repository: blobs by digest, each verified when it is used. */
#include "render/helm/release.h"
#include "syncd/base/crypto.h"
#include "syncd/value/json.h"

#define CHART_LAYER "application/vnd.cncf.helm.chart.content.v1.tar+gzip"

/* The blob that is known by a digest ("sha256:…"); false when it is not there, or another. */
static bool find_blob(struct render_context *context, str digest, str *ret_bytes, bool *ret_there,
                      struct error *err)
{
    const struct snapshot *blobs = context->world != NULL ? context->world->charts : NULL;
    str hex = str_skip(digest, strlen("sha256:"));
    *ret_there = false;
    if (blobs == NULL)
        return true;
    const struct snapshot_entry *entry =
        snapshot_find(blobs, arena_concat(context->scratch, STR("sha256/"), hex, STR("")));
    if (entry == NULL)
        return true;
    uint8_t sum[SHA256_LEN];
    crypto_sha256(entry->bytes, sum);
    str got = hex_encode(context->scratch, str_from((const char *)sum, sizeof(sum)));
    if (!str_equal(got, hex))
        return error_rule(err, ERROR_INTERNAL, "E_CHART_DIGEST",
                          "what was fetched as %.*s has the digest sha256:%.*s", STR_ARG(digest),
                          STR_ARG(got));
    *ret_bytes = entry->bytes;
    *ret_there = true;
    return true;
}

/* The digest of the chart's layer in an image manifest. */
static bool read_manifest(struct render_context *context, str manifest, str *ret_digest,
                          struct error *err)
{
    value document;
    if (!json_read(manifest, context->limits, context->scratch, &document, err))
        return error_wrap(err, "the manifest");
    value layers = value_get(document, STR("layers"));
    for (size_t i = 0; i < value_len(layers); i++) {
        value layer = value_item(layers, i);
        str digest = value_str(value_get(layer, STR("digest")));
        if (!str_equal(value_str(value_get(layer, STR("mediaType"))), STR(CHART_LAYER)))
            continue;
        if (!str_starts(digest, STR("sha256:")))
            break;
        *ret_digest = digest;
        return true;
    }
    return error_rule(err, ERROR_INPUT, "E_CHART_SOURCE",
                      "the image has no chart: no layer is of type " CHART_LAYER);
}

bool fetched_chart(struct render_context *context, const struct chart_source *source,
                   str *ret_packed, bool *ret_there, struct error *err)
{
    if (!find_blob(context, source->digest, ret_packed, ret_there, err))
        return false;
    bool oci = str_starts(source->repository, STR("oci://"));
    str layer;
    if (*ret_there && oci &&
        (!read_manifest(context, *ret_packed, &layer, err) ||
         !find_blob(context, layer, ret_packed, ret_there, err)))
        return false;
    if (*ret_there)
        return true;
    if (context->world == NULL) {
        (void)error_rule(err, ERROR_UNSUPPORTED, "E_CHART_SOURCE",
                         "chart %.*s of %.*s is not in the repository, and nothing is fetched here",
                         STR_ARG(source->chart), STR_ARG(source->repository));
        return false;
    }
    const str texts[NEED_TEXTS] = {source->repository, source->chart, source->version,
                                   source->digest};
    world_need(context->world, context->arena, NEED_CHART, texts);
    return true;
}
