/* fns: the C functions behind the table, and what they share. Private to this folder. */
#ifndef RENDER_TEMPLATE_FNS_H
#define RENDER_TEMPLATE_FNS_H

#include "render/template/functions.h"
#include "syncd/base/vec.h"

dyn_fn fn_abbrev, fn_abbrevboth, fn_add, fn_add1, fn_add1f, fn_addf, fn_adler32sum, fn_ago, fn_all,
    fn_any, fn_append, fn_atoi, fn_b32dec, fn_b32enc, fn_b64dec, fn_b64enc, fn_base, fn_bcrypt,
    fn_build_custom_cert, fn_call, fn_camelcase, fn_cat, fn_ceil, fn_chunk, fn_clean, fn_coalesce,
    fn_compact, fn_concat, fn_contains, fn_date, fn_date_in_zone, fn_date_modify, fn_decrypt_aes,
    fn_deep_copy, fn_deep_equal, fn_default, fn_derive_password, fn_dict, fn_dig, fn_dir, fn_div,
    fn_divf, fn_duration, fn_duration_round, fn_empty, fn_encrypt_aes, fn_eq, fn_ext, fn_fail,
    fn_first, fn_float64, fn_floor, fn_from_json, fn_from_json_array, fn_from_toml, fn_from_yaml,
    fn_from_yaml_array, fn_ge, fn_gen_ca, fn_gen_private_key, fn_gen_self_signed_cert,
    fn_gen_signed_cert, fn_get, fn_get_host_by_name, fn_gt, fn_has, fn_has_key, fn_has_prefix,
    fn_has_suffix, fn_hello, fn_html, fn_html_date, fn_html_date_in_zone, fn_htpasswd, fn_include,
    fn_indent, fn_index, fn_initial, fn_initials, fn_int, fn_int64, fn_is_abs, fn_join, fn_js,
    fn_kebabcase, fn_keys, fn_kind_is, fn_kind_of, fn_last, fn_le, fn_len, fn_list, fn_lookup,
    fn_lower, fn_lt, fn_max, fn_maxf, fn_merge, fn_merge_overwrite, fn_min, fn_minf, fn_mod, fn_mul,
    fn_mulf, fn_must_date_modify, fn_must_from_json, fn_must_regex_match, fn_must_to_date,
    fn_must_to_json, fn_must_to_pretty_json, fn_must_to_raw_json, fn_ne, fn_nindent, fn_nospace,
    fn_not, fn_now, fn_omit, fn_pick, fn_pluck, fn_plural, fn_prepend, fn_print, fn_printf,
    fn_println, fn_quote, fn_rand_alpha, fn_rand_alpha_num, fn_rand_ascii, fn_rand_bytes,
    fn_rand_int, fn_rand_numeric, fn_regex_find, fn_regex_find_all, fn_regex_match,
    fn_regex_quote_meta, fn_regex_replace_all, fn_regex_replace_all_literal, fn_regex_split,
    fn_repeat, fn_replace, fn_required, fn_rest, fn_reverse, fn_round, fn_semver, fn_semver_compare,
    fn_seq, fn_set, fn_sha1sum, fn_sha256sum, fn_sha512sum, fn_shuffle, fn_slice, fn_snakecase,
    fn_sort_alpha, fn_split, fn_split_list, fn_splitn, fn_squote, fn_sub, fn_subf, fn_substr,
    fn_swapcase, fn_ternary, fn_title, fn_to_date, fn_to_decimal, fn_to_json, fn_to_pretty_json,
    fn_to_string, fn_to_strings, fn_to_toml, fn_to_yaml, fn_to_yaml_pretty, fn_tpl, fn_trim,
    fn_trim_all, fn_trim_prefix, fn_trim_suffix, fn_trunc, fn_type_is, fn_type_is_like, fn_type_of,
    fn_uniq, fn_unix_epoch, fn_unset, fn_until, fn_until_step, fn_untitle, fn_upper, fn_url_join,
    fn_url_parse, fn_urlquery, fn_uuidv4, fn_values, fn_without, fn_wrap, fn_wrap_with;

/* cast.ToInt64 and cast.ToFloat64: 0 for what is no number. */
int64_t dyn_to_int(struct dyn v);
double dyn_to_float(struct dyn v);
/* strconv.ParseInt(text, 0, 64). */
bool go_parse_int(str text, int64_t *ret_number) MUST_USE;
/* The texts of a list's items, or of one value, as []string. */
struct dyn strings_of(struct dyn v, struct arena *arena);
/* path.Clean and path.Base. */
str path_clean(str path, struct arena *arena);
str path_last(str path);
/* The text without any "<no value>". */
str without_no_value(str text, struct arena *arena);
/* What Go says of text that is no base64. */
str base64_complaint(str text, struct arena *arena);
/* What genCA and its like return. */
struct dyn certificate_value(str certificate, str key, struct arena *arena);
/* The methods of a value's type. */
const struct dyn_method *dyn_methods(struct dyn v, size_t *ret_count);
const struct dyn_method *files_methods(size_t *ret_count);

#endif
