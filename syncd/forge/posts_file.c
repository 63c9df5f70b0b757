#include "syncd/forge/posts_internal.h"

#include "syncd/value/json.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#define FILE_MOST  (64u << 20)
#define COUNT_MOST 10000

static value post_value(const struct post *post, struct arena *arena)
{
    struct object_builder object;
    if (post->kind == POST_CHECK)
        return check_run_write(&post->check, arena);
    object_begin(&object, arena);
    if (post->kind == POST_STATUS) {
        object_add(&object, STR("commit"), value_string(post->status.commit));
        object_add(&object, STR("context"), value_string(post->status.context));
        object_add(&object, STR("state"), value_int(post->status.state, arena));
        object_add(&object, STR("description"), value_string(post->status.description));
        object_add(&object, STR("url"), value_string(post->status.url));
    } else {
        object_add(&object, STR("number"), value_uint(post->number, arena));
        object_add(&object, STR("text"), value_string(post->text));
    }
    return object_finish(&object);
}

/* All of it, in place of the old one at once. A failure is told, and nothing is lost but the file.
 */
void posts_save(struct posts *posts)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    AUTO_BUF struct buf text = BUF_INIT(FILE_MOST);
    struct error err = ERROR_INIT;
    LIST_FOR (node, &posts->open) {
        json_write(post_value(LIST_ITEM(node, struct post, node), arena), JSON_COMPACT, &text);
        buf_add_byte(&text, '\n');
    }
    const char *fresh = arena_printf(arena, "%s.new", posts->options.path).ptr;
    int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    bool done = fd >= 0;
    for (size_t at = 0; done && at < text.len;) {
        ssize_t n = write(fd, text.ptr + at, text.len - at);
        done = n > 0 || errno == EINTR;
        at += n > 0 ? (size_t)n : 0;
    }
    done = done && fsync(fd) == 0;
    int number = errno;
    if (fd >= 0 && close(fd) != 0)
        done = false;
    if (!done || rename(fresh, posts->options.path) != 0) {
        (void)error_errno(&err, done ? errno : number, "writing %s", posts->options.path);
        posts->options.port->troubled(posts->options.context, &err, true);
    }
}

static bool read_status(value line, struct forge_status *ret_status)
{
    int64_t state;
    struct forge_status status = {
        .commit = value_str(value_get(line, STR("commit"))),
        .context = value_str(value_get(line, STR("context"))),
        .description = value_str(value_get(line, STR("description"))),
        .url = value_str(value_get(line, STR("url"))),
    };
    if (!value_to_i64(value_get(line, STR("state")), &state) || state < FORGE_PENDING ||
        state > FORGE_TROUBLE)
        return false;
    status.state = (enum forge_state)state;
    *ret_status = status;
    return true;
}

static bool read_comment(value line, struct post *post)
{
    int64_t number;
    post->text = value_str(value_get(line, STR("text")));
    if (!value_to_i64(value_get(line, STR("number")), &number) || number <= 0)
        return false;
    post->number = (uint64_t)number;
    return post->text.len != 0;
}

static bool read_post(value line, struct post *post)
{
    if (value_present(value_get(line, STR("check")))) {
        post->kind = POST_CHECK;
        return check_run_read(line, post->arena, &post->check);
    }
    if (value_present(value_get(line, STR("commit")))) {
        post->kind = POST_STATUS;
        return read_status(line, &post->status);
    }
    return read_comment(line, post);
}

/* A line of the file; one that is torn or strange is left out. */
static void take_line(struct posts *posts, str text)
{
    struct error err = ERROR_INIT;
    struct post *post = posts_new_post();
    value line;
    posts_append(posts, post);
    text = arena_str(post->arena, text);
    if (!json_read(text, posts->options.limits, post->arena, &line, &err) || !read_post(line, post))
        posts_free_post(posts, post);
}

bool posts_load(struct posts *posts, struct error *err)
{
    FILE *file = fopen(posts->options.path, "re");
    if (file == NULL)
        return errno == ENOENT || error_errno(err, errno, "opening %s", posts->options.path);
    AUTO_BUF struct buf text = BUF_INIT(FILE_MOST);
    char *room;
    size_t n;
    while ((room = buf_reserve(&text, 65536)) != NULL && (n = fread(room, 1, 65536, file)) != 0)
        buf_wrote(&text, n);
    (void)fclose(file); /* only read from */
    str rest = buf_str(&text), line;
    while (str_cut(&rest, '\n', &line))
        if (line.len != 0 && posts->count < COUNT_MOST)
            take_line(posts, line);
    return true;
}
