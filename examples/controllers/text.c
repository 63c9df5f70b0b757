/* Texts of documents. */
#include "examples/controllers/sim.h"

#include "syncd/value/json.h"

#include <stdarg.h>
#include <stdio.h>

void sim_say(struct buf *buf, const char *format, ...)
{
    char quoted[1024], text[4096];
    size_t len = strlen(format);
    va_list arguments;
    CHECK(len < sizeof(quoted));
    for (size_t i = 0; i <= len; i++)
        quoted[i] = format[i] == '\'' ? '"' : format[i];
    va_start(arguments, format);
    int written = vsnprintf(text, sizeof(text), quoted, arguments);
    va_end(arguments);
    CHECK(written >= 0 && (size_t)written < sizeof(text));
    buf_add(buf, str_from(text, (size_t)written));
}

void sim_say_head(const struct sim_object *object, const struct sim_document *document,
                  struct buf *body)
{
    bool other = document->kind != NULL;
    sim_say(body, "{'apiVersion':'%s/%s','kind':'%s','metadata':{'name':'%.*s'",
            other ? document->group : object->kind->group,
            other ? document->version : object->kind->version, other ? document->kind : "",
            STR_ARG(object->name));
    if (object->namespace.len != 0)
        sim_say(body, ",'namespace':'%.*s'", STR_ARG(object->namespace));
    buf_add(body, STR("}"));
}

str sim_time_text(int64_t wall_ns, struct arena *arena)
{
    char text[CLOCK_RFC3339_LEN + 1];
    clock_format_rfc3339(wall_ns, text);
    return arena_str(arena, str_z(text));
}

uint64_t sim_chance(const struct sim *sim, str what, str name)
{
    char seed[32];
    (void)snprintf(seed, sizeof(seed), "%llu/", (unsigned long long)sim->seed);
    return hash_stable(arena_concat(sim->scratch, str_z(seed), what, name));
}

str sim_address(const struct sim *sim, str name, struct arena *arena)
{
    uint64_t hash = sim_chance(sim, STR("address/"), name);
    return arena_printf(arena, "10.%u.%u.%u", (unsigned)(hash & 127), (unsigned)(hash >> 8 & 255),
                        1 + (unsigned)((hash >> 16) % 254));
}

int64_t sim_number(value number, int64_t absent)
{
    int64_t found;
    return value_to_i64(number, &found) ? found : absent;
}
