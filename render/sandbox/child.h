/* child: the confined process that renders. It has never held a credential and cannot reach out. */
#ifndef RENDER_SANDBOX_CHILD_H
#define RENDER_SANDBOX_CHILD_H

#include "syncd/base/error.h"
#include "syncd/base/limits.h"

/* The row for spawner_start's table. */
#define RENDER_CHILD_KIND {.name = "render", .entry = render_child, .prepare = render_child_prepare}

/*
 * Confines itself, receives one message {request JSON, [snapshot]}, renders all units, answers
 * {"ok"} with the result (render/unit/wire.h) as a sealed memory file, or {"error": text}. Returns
 * the exit status.
 */
int render_child(int channel);

/* What a render child gives up for the rest of its life, before it looks at anything. */
bool render_child_confine(const struct limits *limits, struct error *err) MUST_USE;

/*
 * Reads, once, what a confined child cannot: the time zones. In the spawner, before the fork, so
 * that all children share its memory.
 */
void render_child_prepare(void);

#endif
