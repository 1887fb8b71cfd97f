/* The variables that a call shares with other functions: which cells hold them.
 *
 * Two calls of a function make two sets of variables, and a closure has those of the call that
 * defined it. The cells' addresses tell them apart; they are in the frame that runs, which only the
 * interpreter's own header describes.
 */
#include "log.h"

#ifndef Py_BUILD_CORE
#define Py_BUILD_CORE 1
#endif
#include <internal/pycore_code.h>
#include <internal/pycore_frame.h>

static _PyInterpreterFrame *
running(PyCodeObject **code)
{
    PyThreadState *state = PyThreadState_Get();
#if PY_VERSION_HEX >= 0x030D0000
    _PyInterpreterFrame *frame = state->current_frame;
    *code = frame ? (PyCodeObject *)frame->f_executable : NULL;
#else
    _PyInterpreterFrame *frame = state->cframe->current_frame;
    *code = frame ? frame->f_code : NULL;
#endif
    return *code != NULL && PyCode_Check(*code) ? frame : NULL;
}

static int
is_shared(const PyCodeObject *code, Py_ssize_t place)
{
    return PyBytes_AS_STRING(code->co_localspluskinds)[place] & (CO_FAST_CELL | CO_FAST_FREE);
}

/* Names of the shared variables of the function that runs, or NULL if there are none; how many of
 * them, the last ones, are variables of other functions. */
PyObject *
cell_names(int *free)
{
    PyCodeObject *code;
    _PyInterpreterFrame *frame = running(&code);
    if (frame == NULL || code->co_ncellvars + code->co_nfreevars == 0) {
        return NULL;
    }
    Py_ssize_t count = 0, size = code->co_nlocalsplus;
    *free = code->co_nfreevars;
    for (Py_ssize_t i = 0; i < size; i++) {
        count += is_shared(code, i) != 0;
    }
    PyObject *names = PyTuple_New(count);
    if (names == NULL) {
        PyErr_Clear();
        return NULL;
    }
    for (Py_ssize_t i = 0, place = 0; i < size; i++) {
        if (is_shared(code, i)) {
            PyTuple_SET_ITEM(names, place++,
                             Py_NewRef(PyTuple_GET_ITEM(code->co_localsplusnames, i)));
        }
    }
    return names;
}

/* Their cells, in the same order; None for one that is not there. How many there are. */
Py_ssize_t
cells_of_frame(PyObject **cells, Py_ssize_t most)
{
    PyCodeObject *code;
    _PyInterpreterFrame *frame = running(&code);
    Py_ssize_t count = 0;
    for (Py_ssize_t i = 0; frame != NULL && i < code->co_nlocalsplus && count < most; i++) {
        if (is_shared(code, i)) {
            PyObject *cell = frame->localsplus[i];
            cells[count++] = cell != NULL && PyCell_Check(cell) ? cell : Py_None;
        }
    }
    return count;
}
