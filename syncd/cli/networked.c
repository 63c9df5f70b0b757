/* Commands whose code is in the networked module, opened when one of them runs. */
#include "syncd/cli/commands.h"

static const struct option run_options[] = {
    {"config", 'c', OPTION_TEXT, "FILE", "The configuration (default syncd.yaml)"},
    {"exit-after", 0, OPTION_DURATION, "TIME", "End by itself after this time"},
    {0},
};

const struct command command_run = {
    .name = "run",
    .operands = "",
    .summary = "Keep the clusters as the repository says",
    .description =
        "Watches the repository and the clusters of the configuration and keeps them in sync until "
        "SIGTERM. SIGHUP, or a change of the file, reloads the configuration: a bad one is "
        "reported "
        "and the old one stays.",
    .options = run_options,
    .example = "syncd run --config /etc/syncd/syncd.yaml",
    .networked = "syncd_command_run",
};

static const struct option sync_options[] = {
    {"config", 'c', OPTION_TEXT, "FILE", "The configuration (default syncd.yaml)"},
    {"once", 0, OPTION_FLAG, NULL, "End when every target has settled (the default)"},
    {"timeout", 0, OPTION_DURATION, "TIME", "Give up after this time (default 5m)"},
    OPTION_OUTPUT_TEXT,
    {0},
};

const struct command command_sync = {
    .name = "sync",
    .operands = "",
    .summary = "Bring the clusters in sync once, then end",
    .description =
        "The same engine as 'run', until the newest commit is applied everywhere or cannot be. The "
        "exit code says which: 0 in sync, 3 failed, 4 partly applied, 5 a target is unknown, 6 "
        "held.",
    .options = sync_options,
    .example = "syncd sync --once --config syncd.yaml",
    .networked = "syncd_command_sync",
};

static const struct option plan_options[] = {
    {"config", 'c', OPTION_TEXT, "FILE", "The configuration (default syncd.yaml)"},
    {"path", 0, OPTION_LIST, "DIR", "Instead of a configuration: a folder that is one target"},
    {"repository", 'C', OPTION_TEXT, "DIR", "The repository or clone (default the current folder)"},
    {"base", 0, OPTION_TEXT, "REV", "Compare with this revision; needs no cluster"},
    {"live", 0, OPTION_FLAG, NULL,
     "Compare with the clusters as well (the default without --base)"},
    {"verify", 0, OPTION_FLAG, NULL, "Let the API servers check every step (dry run)"},
    {"timeout", 0, OPTION_DURATION, "TIME", "Give up on a cluster after this time (default 1m)"},
    {"context", 0, OPTION_TEXT, "LINES", "Lines around a change (default 3)"},
    {"max-bytes", 0, OPTION_TEXT, "BYTES", "markdown: never longer (default 65536)"},
    {"more", 0, OPTION_TEXT, "URL", "markdown: where the whole plan is, when it had to be cut"},
    OPTION_OUTPUT("text, diff, json, markdown, html, sarif or junit"),
    {0},
};

const struct command command_plan = {
    .name = "plan",
    .operands = "[REVISION]",
    .summary = "Show what a commit would do, and change nothing",
    .description =
        "With --base, compares what two commits render to: no cluster and no credentials are "
        "needed, and the digest is the one that the daemon finds after the merge. Without, "
        "compares "
        "a commit (default HEAD) with the clusters of the configuration. All problems are told at "
        "once. -o is text (whose diffs KUBECTL_EXTERNAL_DIFF shows, if it is set), diff, json, "
        "markdown, html, sarif or junit. Exit code 0 nothing to do, "
        "1 changes, 3 refused, 5 a cluster is unknown, 6 something is held.",
    .options = plan_options,
    .max_operands = 1,
    .example = "syncd plan --base origin/main --path management",
    .networked = "syncd_command_plan",
    .external_diff = true,
};

static const struct option status_options[] = {
    {"config", 'c', OPTION_TEXT, "FILE", "The configuration (default syncd.yaml)"},
    {"max-age", 0, OPTION_DURATION, "TIME", "Older than this is stale (default 2m)"},
    {"from-git", 0, OPTION_FLAG, NULL, "From the notes of a clone, without a daemon"},
    {"repository", 'C', OPTION_TEXT, "DIR", "from-git: the clone (default the current folder)"},
    {"ref", 0, OPTION_TEXT, "REF", "from-git: the notes (default refs/notes/syncd/status)"},
    OPTION_OUTPUT_TEXT,
    {0},
};

const struct command command_status = {
    .name = "status",
    .operands = "[REVISION]",
    .summary = "Show what the daemon knows of every target",
    .description =
        "Prints the state that the running daemon last wrote. What is older than --max-age is "
        "shown as stale, and the exit code is 5. With --from-git, prints what the newest note on "
        "the history of a revision (default HEAD) says; notes come with: git fetch origin "
        "'+refs/notes/syncd/*:refs/notes/syncd/*'.",
    .options = status_options,
    .max_operands = 1,
    .example = "syncd status --config syncd.yaml",
    .networked = "syncd_command_status",
};

const struct command command_rollout = {
    .name = "rollout",
    .operands = "[NAME]",
    .summary = "Show how far each rollout is, and why clusters are held",
    .description =
        "Prints, as the running daemon last wrote it, each rollout with its waves and clusters, or "
        "the one with this name. The exit code is 0 when all are complete, 6 while one is not, and "
        "5 when what is known is older than --max-age.",
    .options = status_options,
    .max_operands = 1,
    .example = "syncd rollout --config syncd.yaml",
    .networked = "syncd_command_rollout",
};

static const struct option drift_options[] = {
    {"config", 'c', OPTION_TEXT, "FILE", "The configuration (default syncd.yaml)"},
    {"max-age", 0, OPTION_DURATION, "TIME", "Older than this is unknown (default 2m)"},
    {"target", 't', OPTION_LIST, "NAME", "Only this target"},
    {"class", 0, OPTION_LIST, "CLASS",
     "Only changed, taken, removed, stale, impostor, cleared, deleted or stranger"},
    {"suggest-ignore", 0, OPTION_TEXT, "WHAT",
     "Print rules for spec.drift.rules instead: for namespace/name, a path, or all"},
    OPTION_OUTPUT("text, json, yaml, markdown, html, junit or sarif"),
    {0},
};

const struct command command_drift = {
    .name = "drift",
    .operands = "",
    .summary = "Show what is not as Git states it, and who made it so",
    .description =
        "Prints every field that drifted on every target as the running daemon found it: Git's "
        "value and the live one, the manager, the time, and what is done about it. -o also takes "
        "markdown, html (one page, nothing else needed), junit and sarif. The exit code is 1 with "
        "drift and 5 when something is unknown or stale.",
    .options = drift_options,
    .example = "syncd drift -o markdown --config syncd.yaml",
    .networked = "syncd_command_drift",
};

static const struct option log_options[] = {
    {"repository", 'C', OPTION_TEXT, "DIR", "The repository or clone (default the current folder)"},
    {"ref", 0, OPTION_TEXT, "REF", "The notes (default refs/notes/syncd/status)"},
    {"limit", 'n', OPTION_TEXT, "COUNT", "At most so many commits (default 20)"},
    OPTION_OUTPUT_TEXT,
    {0},
};

const struct command command_log = {
    .name = "log",
    .operands = "[REVISION]",
    .summary = "Show commits with what became of each",
    .description = "Reads the notes of a repository or clone; needs neither a daemon nor a "
                   "cluster. In a clone, "
                   "fetch them first: git fetch origin '+refs/notes/syncd/*:refs/notes/syncd/*'.",
    .options = log_options,
    .max_operands = 1,
    .example = "syncd log -C fleet -n 5",
    .networked = "syncd_command_log",
};

static const struct option verify_options[] = {
    {"repository", 'C', OPTION_TEXT, "DIR", "The repository or clone (default the current folder)"},
    {"ref", 0, OPTION_TEXT, "REF", "The notes (default refs/notes/syncd/status)"},
    {"allowed-signers", 0, OPTION_TEXT, "FILE", "Whose ssh keys count, as in ssh-keygen(1)"},
    {"revoked-keys", 0, OPTION_TEXT, "FILE", "Public ssh keys that count no more, one a line"},
    {"openpgp-keys", 0, OPTION_TEXT, "FILE", "OpenPGP public keys that count, armored"},
    OPTION_OUTPUT_TEXT,
    {0},
};

const struct command command_verify = {
    .name = "verify",
    .operands = "",
    .summary = "Check that the notes are what those wrote who may",
    .description =
        "Walks the whole history of the notes. A commit of it that is not signed by an allowed "
        "signer is told with every note it changed and the first byte that differs. The exit code "
        "is 1 when there is one.",
    .options = verify_options,
    .example = "syncd verify -C fleet --allowed-signers signers",
    .networked = "syncd_command_verify",
};

static const struct option apiserver_options[] = {
    {"cluster", 0, OPTION_LIST, "NAME", "Serve a cluster of this name"},
    {"dir", 0, OPTION_TEXT, "DIR", "Where NAME.kubeconfig is written"},
    {"listen", 0, OPTION_TEXT, "ADDRESS", "Address and port (default 127.0.0.1:0)"},
    {"crds", 0, OPTION_LIST, "PATH", "Objects to begin with: a file, or a folder of them"},
    {"bookmarks", 0, OPTION_DURATION, "TIME", "Between two of a quiet watch (default 1m)"},
    {"without-controllers", 0, OPTION_FLAG, NULL, "Neither end namespaces nor collect garbage"},
    {0},
};

const struct command command_apiserver = {
    .name = "apiserver",
    .operands = "",
    .summary = "Serve the Kubernetes API from memory",
    .description =
        "An embedded control plane for trying things out, for bootstrapping and for simulation: "
        "many clusters in one process, nothing kept after it ends. kubectl works against it.",
    .options = apiserver_options,
    .example = "syncd apiserver --cluster mgmt --dir /tmp/clusters",
    .networked = "syncd_command_apiserver",
};
