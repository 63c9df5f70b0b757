#include "syncd/cli/external_diff.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define WORDS_MOST 16

/* As kubectl does it: words apart by spaces, and no words but names and simple options. */
static bool is_plain(str word)
{
    for (size_t i = 0; i < word.len; i++) {
        char c = word.ptr[i], lower = (char)(c | 0x20);
        if (!(lower >= 'a' && lower <= 'z') && !(c >= '0' && c <= '9') && c != '-' && c != '=')
            return false;
    }
    return word.len != 0;
}

static bool read_words(const char *program, struct arena *arena, char *words[WORDS_MOST + 3],
                       struct error *err)
{
    str rest = str_z(program), word;
    size_t count = 0;
    while (rest.len != 0 && str_cut(&rest, ' ', &word)) {
        if (word.len == 0)
            continue;
        if (count == WORDS_MOST || (count != 0 && !is_plain(word)))
            return error_set(err, ERROR_INPUT,
                             "KUBECTL_EXTERNAL_DIFF: \"%.*s\" is no simple option", STR_ARG(word));
        words[count] = arena_alloc_bytes(arena, word.len + 1);
        memcpy(words[count], word.ptr, word.len);
        words[count++][word.len] = '\0';
    }
    words[count] = NULL;
    return count != 0 || error_set(err, ERROR_INPUT, "KUBECTL_EXTERNAL_DIFF names no program");
}

static void remove_files(const char *folder)
{
    DIR *directory = opendir(folder);
    if (directory == NULL)
        return;
    const struct dirent *entry;
    while ((entry = readdir(directory)) != NULL) {
        if (entry->d_name[0] != '.')
            (void)unlinkat(dirfd(directory), entry->d_name, 0); /* what stays is in /tmp */
    }
    (void)closedir(directory); /* only read */
    (void)rmdir(folder);       /* the same */
}

/* In the child: waits for the word, runs the program, takes the folders away. */
static int child(int start, char **words, size_t count, const char *folder)
{
    char before[64], after[64], byte;
    (void)snprintf(before, sizeof(before), "%s/BEFORE", folder);
    (void)snprintf(after, sizeof(after), "%s/AFTER", folder);
    if (read(start, &byte, 1) == 1) {
        pid_t pid = fork();
        if (pid == 0) {
            words[count] = before;
            words[count + 1] = after;
            words[count + 2] = NULL;
            (void)execvp(words[0], words);
            (void)fprintf(stderr, "syncd: KUBECTL_EXTERNAL_DIFF: %s: %s\n", words[0],
                          strerror(errno));
            _exit(127);
        }
        if (pid > 0)
            (void)waitpid(pid, NULL, 0); /* diff programs end with 1 for differences */
    }
    remove_files(before);
    remove_files(after);
    (void)rmdir(folder); /* nothing else is in it */
    return 0;
}

static bool make_folders(char *folder, struct error *err)
{
    char path[64];
    if (mkdtemp(folder) == NULL)
        return error_errno(err, errno, "%s", folder);
    (void)snprintf(path, sizeof(path), "%s/BEFORE", folder);
    if (mkdir(path, 0700) != 0)
        return error_errno(err, errno, "%s", path);
    (void)snprintf(path, sizeof(path), "%s/AFTER", folder);
    return mkdir(path, 0700) == 0 || error_errno(err, errno, "%s", path);
}

bool external_diff_begin(const char *program, struct arena *arena, struct external_diff *ret_diff,
                         struct error *err)
{
    static const char pattern[] = "/tmp/syncd-plan-XXXXXX";
    char *words[WORDS_MOST + 3], *folder = arena_alloc_bytes(arena, sizeof(pattern));
    int ends[2];
    size_t count = 0;
    memcpy(folder, pattern, sizeof(pattern));
    if (!read_words(program, arena, words, err) || !make_folders(folder, err))
        return false;
    while (words[count] != NULL)
        count++;
    if (pipe2(ends, O_CLOEXEC) != 0)
        return error_errno(err, errno, "pipe");
    pid_t pid = fork();
    if (pid < 0)
        return error_errno(err, errno, "fork");
    if (pid == 0) {
        (void)close(ends[1]); /* so that the end of the command is seen */
        _exit(child(ends[0], words, count, folder));
    }
    (void)close(ends[0]); /* the child's */
    *ret_diff = (struct external_diff){.folder = folder, .start = ends[1], .pid = pid};
    return true;
}

void external_diff_end(const struct external_diff *diff, bool written)
{
    if (diff->folder == NULL)
        return;
    if (written)
        (void)!write(diff->start, "g", 1); /* a child that is gone shows nothing */
    (void)close(diff->start);              /* its end is what the child waits for otherwise */
    (void)waitpid(diff->pid, NULL, 0);     /* nothing follows from how it ended */
}
