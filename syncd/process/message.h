/*
 * message: numbers and texts in a row, as a channel carries them. What one side puts, the other
 * takes in the same order; the two are of one build. A reader never trusts a length.
 */
#ifndef SYNCD_PROCESS_MESSAGE_H
#define SYNCD_PROCESS_MESSAGE_H

#include "syncd/base/buf.h"
#include "syncd/base/error.h"

void message_put_number(struct buf *buf, uint64_t number);
void message_put_text(struct buf *buf, str text);
/* All of it, with position and hint. */
void message_put_error(struct buf *buf, const struct error *err);

struct message_reader {
    str rest;
    bool failed; /* once true, everything taken is 0 or empty */
};

uint64_t message_take_number(struct message_reader *reader);
/* A view into the message. */
str message_take_text(struct message_reader *reader);
/* A count of things that need at least `each` bytes of message, so that it bounds an allocation. */
size_t message_take_count(struct message_reader *reader, size_t each);
void message_take_error(struct message_reader *reader, struct error *ret_error);
/* True when all was taken and nothing failed; else INTERNAL. */
bool message_end(const struct message_reader *reader, struct error *err) MUST_USE;

#endif
