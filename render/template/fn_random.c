/* Random text. The bytes come from the rendering's world, so that a release can freeze them. */
#include "render/template/fns.h"
#include "render/template/print.h"
#include "render/template/run.h"
#include "syncd/base/crypto.h"

#include "render/template/dyn_value.h"

#define RANDOM_TEXT_MAX (1u << 20)

void run_random(struct template_run *run, void *out, size_t len)
{
    if (run->world != NULL && run->world->random != NULL)
        run->world->random(run->world->context, out, len);
    else
        crypto_random(out, len);
}

/* Frozen values. */

struct frozen_count {
    unsigned calls;
};

#define LABEL_MAX 64

static bool is_label_byte(char c)
{
    return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || c == '.' || c == '_' ||
           c == '-';
}

/* "password" of "  password: \"": where on the line the value will stand. */
static str label_of(str written)
{
    size_t end = written.len;
    while (end > 0 && written.ptr[end - 1] != '\n' && !is_label_byte(written.ptr[end - 1]))
        end--;
    size_t start = end;
    while (start > 0 && end - start < LABEL_MAX && is_label_byte(written.ptr[start - 1]))
        start--;
    return start < end ? str_slice(written, start, end - start) : STR("-");
}

/* What tells an element of a range from the others, wherever it stands among them. */
static struct dyn identity_of(const struct loop *loop)
{
    static const char *const names[] = {"name", "key", "id", "username", "user"};
    struct dyn element = loop->element;
    if (loop->index.kind == DYN_STRING)
        return loop->index;
    if (element.kind == DYN_STRING || element.kind == DYN_BOOL || element.kind == DYN_FLOAT ||
        dyn_is_signed(element) || dyn_is_unsigned(element))
        return element;
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        const struct dyn *named = dyn_get(element, str_z(names[i]));
        if (named != NULL && named->kind == DYN_STRING)
            return *named;
    }
    return loop->index;
}

/* "", or "@" and a digest of the elements that all ranges around the call have come to. */
static str loops_of(struct dyn_call *call)
{
    if (call->run->loop == NULL)
        return STR("");
    AUTO_BUF struct buf buf;
    call_buf(call, &buf);
    for (const struct loop *loop = call->run->loop; loop != NULL; loop = loop->outer) {
        dyn_print(identity_of(loop), &buf);
        buf_add_byte(&buf, '\0');
    }
    uint8_t digest[SHA256_LEN];
    crypto_sha256(buf_str(&buf), digest);
    return arena_concat(call->arena, STR("@"),
                        hex_encode(call->arena, str_from((const char *)digest, 8)), STR(""));
}

static struct frozen_key frozen_key(struct dyn_call *call, str written)
{
    struct template_run *run = call->run;
    AUTO_BUF struct buf buf;
    call_buf(call, &buf);
    for (size_t i = 0; i < call->argc; i++) {
        dyn_print(call->args[i], &buf);
        buf_add_byte(&buf, '\0');
    }
    uint8_t digest[SHA256_LEN];
    crypto_sha256(buf_str(&buf), digest);
    str hex = hex_encode(call->arena, str_from((const char *)digest, 8));
    str made = arena_printf(call->arena, "%.*s %.*s", STR_ARG(call->name), STR_ARG(hex));
    str here = arena_printf(call->arena, "%.*s %.*s %.*s%.*s", STR_ARG(made), STR_ARG(run->page),
                            STR_ARG(label_of(written)), STR_ARG(loops_of(call)));
    struct map_entry *entry = map_place(&run->frozen, call->arena, here);
    if (entry->value == NULL)
        entry->value = ARENA_NEW(call->arena, struct frozen_count);
    struct frozen_count *count = entry->value;
    return (struct frozen_key){
        .text = arena_printf(call->arena, "%.*s %u", STR_ARG(here), count->calls++),
        .call = made,
        .set = run->set};
}

static struct dyn thaw(value v, struct arena *arena)
{
    int64_t number;
    if (value_is(v, VALUE_OBJECT))
        return certificate_value(value_str(value_get(v, STR("Cert"))),
                                 value_str(value_get(v, STR("Key"))), arena);
    if (value_to_i64(v, &number))
        return dyn_int(number);
    return dyn_string(value_str(v));
}

bool run_random_call(struct dyn_call *call, const struct function *function, str written)
{
    const struct template_world *world = call->run->world;
    if (function->family == FAMILY_DATES || world == NULL || world->recall == NULL)
        return function->run(call);
    struct frozen_key key = frozen_key(call, written);
    value v;
    if (world->recall(world->context, &key, call->arena, &v))
        return call_return(call, thaw(v, call->arena));
    if (!function->run(call))
        return false;
    if (world->remember != NULL && dyn_to_value(call->result, DYN_NUMBERS_JSON, call->arena, &v))
        world->remember(world->context, key.text, v);
    return true;
}

/* A number below `bound`, every one as likely. */
static uint64_t random_below(struct template_run *run, uint64_t bound)
{
    uint64_t limit = UINT64_MAX - UINT64_MAX % bound;
    uint64_t number;
    do {
        run_random(run, &number, sizeof(number));
    } while (number >= limit);
    return number % bound;
}

static bool random_text(struct dyn_call *call, const char *alphabet)
{
    int64_t count = call->args[0].as.integer;
    size_t letters = strlen(alphabet);
    if (count <= 0)
        return call_return_str(call, STR(""));
    if (count > RANDOM_TEXT_MAX)
        return call_limit(call, "E_TPL_OUTPUT", "%.*s: more than %u characters",
                          STR_ARG(call->name), RANDOM_TEXT_MAX);
    char *out = call_alloc(call, (size_t)count);
    if (out == NULL || !call_charge(call, (uint64_t)count))
        return false;
    unsigned fair = 256 - 256 % (unsigned)letters; /* bytes from there on would favour some */
    uint8_t pool[256];
    for (size_t made = 0; made < (size_t)count;) {
        run_random(call->run, pool, sizeof(pool));
        for (size_t i = 0; i < sizeof(pool) && made < (size_t)count; i++)
            if (pool[i] < fair)
                out[made++] = alphabet[pool[i] % letters];
    }
    return call_return_str(call, str_from(out, (size_t)count));
}

#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
#define DIGITS  "0123456789"

bool fn_rand_alpha(struct dyn_call *call)
{
    return random_text(call, LETTERS);
}

bool fn_rand_alpha_num(struct dyn_call *call)
{
    return random_text(call, DIGITS LETTERS);
}

bool fn_rand_numeric(struct dyn_call *call)
{
    return random_text(call, DIGITS);
}

bool fn_rand_ascii(struct dyn_call *call)
{
    return random_text(call, " !\"#$%&'()*+,-./" DIGITS ":;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                             "[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~");
}

bool fn_rand_int(struct dyn_call *call)
{
    int64_t low = call->args[0].as.integer;
    int64_t high = call->args[1].as.integer;
    if (high <= low)
        return call_error(call, "invalid argument to Intn");
    uint64_t span = (uint64_t)high - (uint64_t)low;
    return call_return(call, dyn_int((int64_t)((uint64_t)low + random_below(call->run, span))));
}

bool fn_rand_bytes(struct dyn_call *call)
{
    int64_t count = call->args[0].as.integer;
    if (count < 0)
        return call_error(call, "runtime error: makeslice: len out of range");
    if (count > RANDOM_TEXT_MAX)
        return call_limit(call, "E_TPL_OUTPUT", "randBytes: more than %u bytes", RANDOM_TEXT_MAX);
    char *bytes = call_alloc(call, (size_t)count);
    if (bytes == NULL)
        return false;
    run_random(call->run, bytes, (size_t)count);
    return call_return_str(call, base64_encode(call->arena, str_from(bytes, (size_t)count)));
}

bool fn_uuidv4(struct dyn_call *call)
{
    uint8_t b[16];
    run_random(call->run, b, sizeof(b));
    b[6] = (uint8_t)((b[6] & 0x0f) | 0x40);
    b[8] = (uint8_t)((b[8] & 0x3f) | 0x80);
    return call_return_str(
        call, arena_printf(call->arena,
                           "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x",
                           b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11],
                           b[12], b[13], b[14], b[15]));
}

bool fn_shuffle(struct dyn_call *call)
{
    str text = call_str(call, 0);
    VEC(str) runes = {0};
    if (!call_charge(call, 8 * (uint64_t)text.len))
        return false;
    while (text.len > 0) {
        uint32_t code;
        size_t len = str_decode_utf8(text, &code);
        VEC_PUSH(call->arena, &runes, str_slice(text, 0, len == 0 ? 1 : len));
        text = str_skip(text, len == 0 ? 1 : len);
    }
    AUTO_BUF struct buf buf;
    call_buf(call, &buf);
    for (size_t left = runes.len; left > 0; left--) {
        size_t at = (size_t)random_below(call->run, left);
        buf_add(&buf, runes.items[at]);
        runes.items[at] = runes.items[left - 1];
    }
    return call_return_buf(call, &buf);
}
