/*
 * Any bytes as a comment and as a commit message. Commands are views into the text, an approval
 * with a digest spells it out in full, and quoting the text takes every command away.
 */
#include "syncd/plan/approval.h"

#include "syncd/base/buf.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void check_commands(str text, const struct plan_command *commands, size_t count)
{
    CHECK(count <= COMMANDS_MOST);
    for (size_t i = 0; i < count; i++) {
        str words = commands[i].words;
        char digest[PLAN_DIGEST_TEXT];
        CHECK(words.len == 0 ||
              (words.ptr >= text.ptr && words.ptr + words.len <= text.ptr + text.len));
        if (!commands[i].has_digest)
            continue;
        plan_digest_print(&commands[i].digest, digest);
        CHECK(commands[i].kind == COMMAND_APPROVE);
        CHECK(str_ends(words, str_z(digest + 7))); /* the 64 digits */
    }
}

/* As a mail program or a forge quotes: nobody approves by quoting. */
static void check_quoted(str text)
{
    AUTO_BUF struct buf quoted = BUF_INIT(1u << 24);
    struct plan_command commands[COMMANDS_MOST];
    str line;
    while (text.len != 0 && str_cut(&text, '\n', &line)) {
        buf_add(&quoted, STR("> "));
        buf_add(&quoted, line);
        buf_add_byte(&quoted, '\n');
    }
    CHECK(commands_read(buf_str(&quoted), commands) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct plan_command commands[COMMANDS_MOST];
    str text = str_from((const char *)bytes, len);
    check_commands(text, commands, commands_read(text, commands));
    check_commands(text, commands, trailers_read(text, commands));
    check_quoted(text);
    return 0;
}
