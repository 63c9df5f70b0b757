/* Replays a fuzz target over files and folders, each file once: what every build runs, without a
 * fuzzer. */
#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static size_t replayed;

static void replay_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        exit(1);
    }
    struct stat st;
    if (fstat(fileno(file), &st) != 0 || st.st_size < 0)
        exit(1);
    size_t len = (size_t)st.st_size;
    /* Exactly as long as the input, so that a sanitizer sees a read of one byte too many. */
    uint8_t *bytes = malloc(len > 0 ? len : 1);
    if (bytes == NULL || fread(bytes, 1, len, file) != len)
        exit(1);
    fclose(file);
    /* A crash must name its input. */
    fprintf(stderr, "%s\n", path);
    LLVMFuzzerTestOneInput(bytes, len);
    free(bytes);
    replayed++;
}

static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static void replay_folder(const char *path)
{
    struct dirent **entries;
    int count = scandir(path, &entries, is_visible, alphasort);
    for (int i = 0; i < count; i++) {
        char *file;
        if (asprintf(&file, "%s/%s", path, entries[i]->d_name) < 0)
            exit(1);
        struct stat st;
        if (stat(file, &st) == 0 && S_ISREG(st.st_mode))
            replay_file(file);
        free(file);
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        struct stat st;
        if (stat(argv[i], &st) == 0 && S_ISDIR(st.st_mode))
            replay_folder(argv[i]);
        else
            replay_file(argv[i]);
    }
    printf("%zu passed, 0 failed\n", replayed);
    /* A corpus that is not there must not look like one that passed. */
    return replayed > 0 ? 0 : 1;
}
