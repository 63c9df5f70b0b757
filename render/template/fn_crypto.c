#include "render/template/fns.h"
#define STUB(n)                                                                                    \
    bool n(struct dyn_call *call)                                                                  \
    {                                                                                              \
        return call_fail(call, "not supported yet");                                               \
    }
STUB(fn_bcrypt)
STUB(fn_build_custom_cert) STUB(fn_decrypt_aes) STUB(fn_derive_password) STUB(fn_encrypt_aes)
    STUB(fn_gen_ca) STUB(fn_gen_private_key) STUB(fn_gen_self_signed_cert) STUB(fn_gen_signed_cert)
        STUB(fn_htpasswd)
