/* Commands in comments and in commits' trailers. What is not clearly a command is none. */
#include "syncd/plan/approval.h"

static bool is_space(char c)
{
    return c == ' ' || c == '\t';
}

/* The first word, and what follows it. */
static str cut_word(str text, str *ret_rest)
{
    size_t end = 0;
    text = str_trim(text);
    while (end < text.len && !is_space(text.ptr[end]))
        end++;
    *ret_rest = str_trim(str_skip(text, end));
    return str_slice(text, 0, end);
}

/* An approval names one whole digest and nothing else. */
static void read_digest(struct plan_command *command)
{
    str rest, word = cut_word(command->words, &rest);
    command->has_digest = rest.len == 0 && plan_digest_read(word, &command->digest);
}

static struct plan_command read_command(str text, uint32_t line)
{
    static const struct {
        str word;
        enum command_kind kind;
    } words[] = {{STR_INIT("plan"), COMMAND_PLAN},
                 {STR_INIT("approve"), COMMAND_APPROVE},
                 {STR_INIT("hold"), COMMAND_HOLD}};
    struct plan_command command = {.kind = COMMAND_UNKNOWN, .line = line, .words = str_trim(text)};
    str rest, word = cut_word(text, &rest);
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (!str_equal(word, words[i].word))
            continue;
        command.kind = words[i].kind;
        command.words = rest;
    }
    if (command.kind == COMMAND_APPROVE)
        read_digest(&command);
    return command;
}

/* What a reader of the page does not see as text of its own: fenced code and hidden comments. */
struct cover {
    char fence; /* '`' or '~', 0 = none is open */
    size_t fence_len;
    bool hidden;
};

/* Length of the fence that a line begins with, 0 = none. */
static size_t fence_of(str line, char *ret_mark)
{
    size_t start = 0, len = 0;
    while (start < line.len && start < 3 && line.ptr[start] == ' ')
        start++;
    line = str_skip(line, start);
    if (line.len == 0 || (line.ptr[0] != '`' && line.ptr[0] != '~'))
        return 0;
    while (len < line.len && line.ptr[len] == line.ptr[0])
        len++;
    *ret_mark = line.ptr[0];
    return len >= 3 ? len : 0;
}

static void step_hidden(struct cover *cover, str line)
{
    for (;;) {
        size_t at = str_find(line, cover->hidden ? STR("-->") : STR("<!--"));
        if (at == SIZE_MAX)
            return;
        cover->hidden = !cover->hidden;
        line = str_skip(line, at + 3);
    }
}

/* True when the line is covered, or opens or closes a cover. */
static bool is_covered(struct cover *cover, str line)
{
    char mark = 0;
    size_t fence = cover->hidden ? 0 : fence_of(line, &mark);
    if (cover->fence != 0) {
        if (mark == cover->fence && fence >= cover->fence_len)
            cover->fence = 0;
        return true;
    }
    if (fence != 0) {
        cover->fence = mark;
        cover->fence_len = fence;
        return true;
    }
    bool was_hidden = cover->hidden;
    step_hidden(cover, line);
    return was_hidden;
}

size_t commands_read(str comment, struct plan_command commands[COMMANDS_MOST])
{
    static const str word = STR_INIT("/syncd");
    struct cover cover = {0};
    uint32_t number = 0;
    size_t count = 0;
    str line;
    while (count < COMMANDS_MOST && str_cut(&comment, '\n', &line)) {
        number++;
        line = str_trim_right(line, STR("\r"));
        if (is_covered(&cover, line) || !str_starts(line, word))
            continue;
        str rest = str_skip(line, word.len);
        if (rest.len == 0 || is_space(rest.ptr[0]))
            commands[count++] = read_command(rest, number);
    }
    return count;
}

/* The last paragraph, when the message has a subject besides; else empty. */
static str last_paragraph(str message, uint32_t *ret_line)
{
    str paragraph = {0}, rest = message, line;
    uint32_t number = 0;
    bool blank = false;
    while (str_cut(&rest, '\n', &line)) {
        number++;
        bool is_blank = str_trim(line).len == 0;
        if (!is_blank && blank) {
            paragraph = str_skip(message, (size_t)(line.ptr - message.ptr));
            *ret_line = number;
        }
        blank = is_blank;
    }
    return paragraph;
}

static bool is_token(str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char lower = (char)(text.ptr[i] | 0x20);
        if (!(lower >= 'a' && lower <= 'z') && text.ptr[i] != '-')
            return false;
    }
    return text.len != 0;
}

/* `Token: value`. */
static bool cut_trailer(str line, str *ret_token, str *ret_value)
{
    size_t colon = str_index(line, ':');
    if (colon == SIZE_MAX || !is_token(str_slice(line, 0, colon)))
        return false;
    *ret_token = str_slice(line, 0, colon);
    *ret_value = str_trim(str_skip(line, colon + 1));
    return true;
}

/* A paragraph of prose that happens to have such a line approves nothing. */
static bool is_all_trailers(str paragraph)
{
    str line, token, text;
    while (str_cut(&paragraph, '\n', &line)) {
        if (line.len != 0 && !is_space(line.ptr[0]) && str_trim(line).len != 0 &&
            !cut_trailer(line, &token, &text))
            return false;
    }
    return true;
}

size_t trailers_read(str message, struct plan_command commands[COMMANDS_MOST])
{
    uint32_t number = 0;
    size_t count = 0;
    str paragraph = last_paragraph(message, &number), line, token, text;
    bool trailers = is_all_trailers(paragraph);
    for (; count < COMMANDS_MOST && str_cut(&paragraph, '\n', &line); number++) {
        if (!cut_trailer(line, &token, &text))
            continue;
        struct plan_command command = {.words = text, .line = number};
        if (str_equal_fold(token, STR("Syncd-Approve"))) {
            command.kind = COMMAND_APPROVE;
            read_digest(&command);
            command.has_digest = command.has_digest && trailers;
        } else if (str_equal_fold(token, STR("Syncd-Hold"))) {
            command.kind = COMMAND_HOLD;
        } else {
            continue;
        }
        commands[count++] = command;
    }
    return count;
}
