/* Whether a dict has far more places than items. Only the interpreter's own headers tell. */
#define Py_BUILD_CORE 1
#include "log.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter"
#include "internal/pycore_dict.h"
#pragma GCC diagnostic pop

int
is_spread_out(PyObject *dict)
{
    return (size_t)1 << ((PyDictObject *)dict)->ma_keys->dk_log2_size > SPREAD;
}
