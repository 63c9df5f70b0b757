#include "syncd/plan/approval.h"
#include "commits.h"

TestSuite(approval, .init = set_up, .fini = tear_down);

#define HEX    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define DIGEST "sha256:" HEX

static size_t comment(const char *text, struct plan_command commands[COMMANDS_MOST])
{
    return commands_read(str_z(text), commands);
}

Test(approval, is_read_from_a_comment)
{
    struct plan_command commands[COMMANDS_MOST];
    cr_assert_eq(comment("Looks right.\r\n/syncd approve " DIGEST " \r\n/syncd plan\n/syncd hold "
                         "until Monday\n/syncd frob\n/syncd",
                         commands),
                 5);
    cr_expect_eq(commands[0].kind, COMMAND_APPROVE);
    cr_expect(commands[0].has_digest);
    cr_expect_eq(commands[0].line, 2);
    cr_expect_eq(commands[1].kind, COMMAND_PLAN);
    cr_expect_eq(commands[2].kind, COMMAND_HOLD);
    cr_expect(str_equal(commands[2].words, STR("until Monday")));
    cr_expect_eq(commands[3].kind, COMMAND_UNKNOWN);
    cr_expect_eq(commands[4].kind, COMMAND_UNKNOWN);
}

/* What somebody quotes, shows as code or hides is not what they say. */
Test(approval, is_not_read_from_quotes_code_and_hidden_text)
{
    static const char *const texts[] = {
        "> /syncd approve " DIGEST,
        "    /syncd plan",
        "```\n/syncd plan\n```",
        "~~~~ text\n/syncd plan\n~~~\n/syncd plan\n~~~~",
        "```\n/syncd plan",
        "<!--\n/syncd approve " DIGEST "\n-->",
        "<!-- a --> <!-- b\n/syncd plan",
        "please /syncd plan",
        "/syncdplan",
        "/SYNCD plan",
        "```\n~~~\n/syncd plan\n~~~\n```\n",
        "",
    };
    struct plan_command commands[COMMANDS_MOST];
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        cr_expect_eq(comment(texts[i], commands), 0, "%s", texts[i]);
    cr_expect_eq(comment("```\ncode\n```\n/syncd plan", commands), 1);
    cr_expect_eq(comment("<!-- x -->\n/syncd plan", commands), 1);
}

Test(approval, needs_a_whole_digest_and_nothing_else)
{
    static const char *const texts[] = {"/syncd approve", "/syncd approve sha256:0123456789ab",
                                        "/syncd approve " DIGEST " please",
                                        "/syncd approve " DIGEST "0", "/syncd approve all"};
    struct plan_command commands[COMMANDS_MOST];
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        cr_assert_eq(comment(texts[i], commands), 1);
        cr_expect_eq(commands[0].kind, COMMAND_APPROVE);
        cr_expect(!(commands[0].has_digest), "%s", texts[i]);
    }
}

Test(approval, stops_reading_after_many_commands)
{
    struct plan_command commands[COMMANDS_MOST];
    AUTO_BUF struct buf text = BUF_INIT(1u << 16);
    for (size_t i = 0; i < 100; i++)
        buf_add(&text, STR("/syncd plan\n"));
    cr_expect_eq(commands_read(buf_str(&text), commands), COMMANDS_MOST);
}

Test(approval, is_read_from_trailers)
{
    struct plan_command commands[COMMANDS_MOST];
    cr_assert_eq(trailers_read(STR("Subject\n\nBody.\n\nSigned-off-by: x\nSyncd-Approve: " DIGEST
                                   "\nsyncd-hold: later\n"),
                               commands),
                 2);
    cr_expect(commands[0].has_digest);
    cr_expect_eq(commands[0].line, 6);
    cr_expect_eq(commands[1].kind, COMMAND_HOLD);
    /* Not the last paragraph, prose beside it, or the subject itself. */
    cr_expect_eq(trailers_read(STR("S\n\nSyncd-Approve: " DIGEST "\n\nBody\n"), commands), 0);
    cr_expect_eq(trailers_read(STR("Syncd-Approve: " DIGEST), commands), 0);
    cr_assert_eq(trailers_read(STR("S\n\nHe wrote\nSyncd-Approve: " DIGEST "\n"), commands), 1);
    cr_expect(!(commands[0].has_digest));
}

static struct plan_digest some(uint8_t byte)
{
    struct plan_digest digest;
    memset(digest.bytes, byte, sizeof(digest.bytes));
    return digest;
}

static struct approval good(void)
{
    return (struct approval){.source = APPROVAL_COMMENT,
                             .kind = COMMAND_APPROVE,
                             .has_digest = true,
                             .digest = some(1),
                             .actor = STR("ann"),
                             .permission = PERMISSION_GRANTED,
                             .at_ns = 1000};
}

static enum approval_verdict decide(const struct approval *said, size_t count, unsigned required)
{
    const struct approval_policy policy = {
        .sources = APPROVAL_COMMENT | APPROVAL_REVIEW, .required = required, .age_ns = 500};
    struct plan_digest digest = some(1);
    const struct approval_case facts = {
        .policy = &policy, .digest = &digest, .said = said, .count = count, .now_ns = 1200};
    return approval_decide(&facts);
}

Test(approval, is_given_when_everything_is_known_and_right)
{
    struct approval said = good();
    cr_expect_eq(decide(&said, 1, 0), APPROVAL_GIVEN);
    cr_expect_eq(decide(&said, 0, 0), APPROVAL_NONE);
}

/* Each condition alone is enough to say no. */
Test(approval, fails_closed_for_every_single_condition)
{
    struct approval said[12];
    enum approval_verdict want[ARRAY_LEN(said)];
    for (size_t i = 0; i < ARRAY_LEN(said); i++)
        said[i] = good();
    said[0].digest = some(2), want[0] = APPROVAL_OTHER;
    said[1].has_digest = false, want[1] = APPROVAL_OTHER;
    said[2].permission = PERMISSION_DENIED, want[2] = APPROVAL_DENIED;
    said[3].permission = PERMISSION_UNKNOWN, want[3] = APPROVAL_UNKNOWN;
    said[4].is_author = true, want[4] = APPROVAL_DENIED;
    said[5].edited = true, want[5] = APPROVAL_NONE;
    said[6].source = APPROVAL_TRAILER, want[6] = APPROVAL_NONE;
    said[7].at_ns = 600, want[7] = APPROVAL_OLD;
    said[8].at_ns = 0, want[8] = APPROVAL_OLD;
    said[9].actor = STR(""), want[9] = APPROVAL_UNKNOWN;
    said[10].kind = COMMAND_PLAN, want[10] = APPROVAL_NONE;
    said[11].kind = COMMAND_HOLD, want[11] = APPROVAL_HELD;
    for (size_t i = 0; i < ARRAY_LEN(said); i++)
        cr_expect_eq(decide(&said[i], 1, 1), want[i], "%zu: %s", i,
                     approval_verdict_name(decide(&said[i], 1, 1)));
}

Test(approval, counts_different_people)
{
    struct approval said[] = {good(), good()};
    cr_expect_eq(decide(said, 2, 2), APPROVAL_FEW, "one person twice");
    said[1].actor = STR("bob");
    cr_expect_eq(decide(said, 2, 2), APPROVAL_GIVEN);
}

Test(approval, must_come_after_a_hold)
{
    struct approval said[] = {good(), good()};
    said[1].kind = COMMAND_HOLD;
    said[1].actor = STR("bob");
    said[1].at_ns = 1100;
    cr_expect_eq(decide(said, 2, 1), APPROVAL_HELD);
    said[1].at_ns = 900;
    cr_expect_eq(decide(said, 2, 1), APPROVAL_GIVEN);
    said[1].at_ns = 1100;
    said[1].permission = PERMISSION_UNKNOWN;
    cr_expect_eq(decide(said, 2, 1), APPROVAL_HELD, "it might be somebody who may");
    said[1].permission = PERMISSION_DENIED;
    cr_expect_eq(decide(said, 2, 1), APPROVAL_GIVEN);
    said[1].permission = PERMISSION_GRANTED;
    said[1].at_ns = 0;
    cr_expect_eq(decide(said, 2, 1), APPROVAL_HELD, "nobody knows when");
}

Test(approval, approves_nothing_that_is_not_whole)
{
    const struct approval_policy policy = {.sources = APPROVAL_COMMENT};
    struct approval said = good();
    const struct approval_case facts = {.policy = &policy, .said = &said, .count = 1};
    cr_expect_eq(approval_decide(&facts), APPROVAL_PARTIAL);
}

Test(approval, compares_what_is_applied_with_what_was_reviewed)
{
    struct plan_digest a = some(1), b = some(2);
    cr_expect_eq(review_compare(&a, &a, false), REVIEW_SAME);
    cr_expect_eq(review_compare(&a, &b, false), REVIEW_DIFFERS);
    cr_expect_eq(review_compare(&a, &b, true), REVIEW_APPROVED);
    cr_expect_eq(review_compare(&a, NULL, false), REVIEW_MISSING);
    cr_expect_eq(review_compare(NULL, &a, true), REVIEW_MISSING);
}
