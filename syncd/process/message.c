#include "syncd/process/message.h"

void message_put_number(struct buf *buf, uint64_t number)
{
    buf_add(buf, str_from((const char *)&number, sizeof(number)));
}

void message_put_text(struct buf *buf, str text)
{
    message_put_number(buf, text.len);
    buf_add(buf, text);
}

void message_put_error(struct buf *buf, const struct error *err)
{
    message_put_number(buf, (uint64_t)err->class);
    message_put_number(buf, (uint64_t)(int64_t)err->detail);
    message_put_number(buf, err->line);
    message_put_number(buf, err->column);
    message_put_text(buf, str_z(err->rule));
    message_put_text(buf, str_z(err->file));
    message_put_text(buf, str_z(err->text));
    message_put_text(buf, str_z(err->hint));
}

static str take(struct message_reader *reader, uint64_t len)
{
    if (reader->failed || len > reader->rest.len) {
        reader->failed = true;
        return STR("");
    }
    str bytes = str_slice(reader->rest, 0, (size_t)len);
    reader->rest = str_skip(reader->rest, (size_t)len);
    return bytes;
}

uint64_t message_take_number(struct message_reader *reader)
{
    uint64_t number = 0;
    str bytes = take(reader, sizeof(number));
    if (bytes.len == sizeof(number))
        memcpy(&number, bytes.ptr, sizeof(number));
    return number;
}

str message_take_text(struct message_reader *reader)
{
    return take(reader, message_take_number(reader));
}

size_t message_take_count(struct message_reader *reader, size_t each)
{
    uint64_t count = message_take_number(reader);
    if (count > reader->rest.len / each) {
        reader->failed = true;
        return 0;
    }
    return (size_t)count;
}

static void take_zero_ended(struct message_reader *reader, char *out, size_t size)
{
    str text = str_slice(message_take_text(reader), 0, size - 1);
    if (text.len != 0)
        memcpy(out, text.ptr, text.len);
    out[text.len] = '\0';
}

void message_take_error(struct message_reader *reader, struct error *ret_error)
{
    error_clear(ret_error);
    uint64_t class = message_take_number(reader);
    ret_error->class = class <= ERROR_INTERNAL ? (enum error_class) class : ERROR_INTERNAL;
    ret_error->detail = (int)(int64_t)message_take_number(reader);
    ret_error->line = (uint32_t)message_take_number(reader);
    ret_error->column = (uint32_t)message_take_number(reader);
    take_zero_ended(reader, ret_error->rule, sizeof(ret_error->rule));
    take_zero_ended(reader, ret_error->file, sizeof(ret_error->file));
    take_zero_ended(reader, ret_error->text, sizeof(ret_error->text));
    take_zero_ended(reader, ret_error->hint, sizeof(ret_error->hint));
}

bool message_end(const struct message_reader *reader, struct error *err)
{
    if (!reader->failed && reader->rest.len == 0)
        return true;
    return error_set(err, ERROR_INTERNAL, "a malformed message from another process");
}
