#include "syncd/http/field.h"
#include "syncd/kube/kube_internal.h"

static void add_segment(struct buf *buf, str segment)
{
    buf_add_byte(buf, '/');
    http_encode(buf, segment);
}

void kube_path_write(const struct kube_path *path, struct buf *buf)
{
    if (path->group.len == 0) {
        buf_add(buf, STR("/api"));
    } else {
        buf_add(buf, STR("/apis"));
        add_segment(buf, path->group);
    }
    add_segment(buf, path->version);
    if (path->namespace.len > 0) {
        buf_add(buf, STR("/namespaces"));
        add_segment(buf, path->namespace);
    }
    add_segment(buf, path->plural);
    if (path->name.len > 0)
        add_segment(buf, path->name);
    if (path->subresource.len > 0)
        add_segment(buf, path->subresource);
}

struct kube_path kube_path_of(const struct kube_resource *resource, str namespace, str name)
{
    return (struct kube_path){
        .group = resource->gvk.group,
        .version = resource->gvk.version,
        .plural = resource->plural,
        .namespace = resource->namespaced ? namespace : STR(""),
        .name = name,
    };
}

str kube_path_text(const struct kube_path *path, struct arena *arena)
{
    AUTO_BUF struct buf buf = BUF_INIT(2048);
    buf_add(&buf, path->plural);
    if (path->group.len > 0) {
        buf_add_byte(&buf, '.');
        buf_add(&buf, path->group);
    }
    if (path->subresource.len > 0) {
        buf_add_byte(&buf, '/');
        buf_add(&buf, path->subresource);
    }
    if (path->namespace.len > 0 || path->name.len > 0)
        buf_add_byte(&buf, ' ');
    if (path->namespace.len > 0) {
        buf_add(&buf, path->namespace);
        buf_add_byte(&buf, '/');
    }
    buf_add(&buf, path->name);
    return buf_copy(&buf, arena);
}
