/*
 * Two notes, apart at the first NUL. Merging the result again changes nothing; where nothing had to
 * be cut, it holds both.
 */
#include "syncd/base/check.h"
#include "syncd/git/notes.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    AUTO_ARENA struct arena *arena = arena_create(ARENA_NO_BUDGET);
    struct limits limits = *limits_default();
    limits.note_bytes = 512;
    limits.note_details = 1024; /* cutting is reached soon */
    str all = str_from((const char *)bytes, len);
    size_t apart = str_index(all, '\0');
    str theirs = str_slice(all, 0, apart);
    str ours = apart == SIZE_MAX ? STR("") : str_skip(all, apart + 1);
    str merged = note_merge(theirs, ours, &limits, arena);
    CHECK(str_equal(note_merge(merged, STR(""), &limits, arena), merged));
    str head = note_merge_head(merged, &limits, arena);
    CHECK(str_equal(note_merge_head(head, &limits, arena), head));
    if (str_find(merged, STR("8-cut")) != SIZE_MAX)
        return 0;
    CHECK(str_equal(note_merge(merged, ours, &limits, arena), merged));
    CHECK(str_equal(note_merge(merged, head, &limits, arena), merged));
    CHECK(str_equal(note_merge(merged, theirs, &limits, arena), merged));
    return 0;
}
