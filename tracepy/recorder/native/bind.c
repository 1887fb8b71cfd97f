/* Puts LOG and gates into compiled code, in place of the constants that stand for them.
 *
 * In place: the code was made, or read from the cache, a moment ago, and nothing else holds it.
 * To make every code object anew would take as long as all the rest of an import from bytecode.
 */
#include "log.h"

/* What `transforms.instrument_syntax.placeholder` makes: `(frozenset(), text, number)`. */
static int
is_placeholder(PyObject *constant)
{
    return PyTuple_CheckExact(constant) && PyTuple_GET_SIZE(constant) == 3 &&
           PyFrozenSet_CheckExact(PyTuple_GET_ITEM(constant, 0)) &&
           PyUnicode_CheckExact(PyTuple_GET_ITEM(constant, 1));
}

/* The gate of a function: the one that is known by that number, or a new one. */
static PyObject *
gate_of(PyObject *gates, PyObject *number)
{
    PyObject *known = PyDict_GetItemWithError(gates, number);
    if (known != NULL || PyErr_Occurred()) {
        return Py_XNewRef(known);
    }
    PyObject *gate = PyObject_CallOneArg((PyObject *)&Gate_Type, number);
    if (gate != NULL && PyDict_SetItem(gates, number, gate) < 0) {
        Py_CLEAR(gate);
    }
    return gate;
}

static int
bind_code(PyCodeObject *code, PyObject *log, PyObject *gates)
{
    if (Py_EnterRecursiveCall(" while code is connected to the recorder")) {
        return -1;
    }
    int failed = 0;
    for (Py_ssize_t i = 0; !failed && i < PyTuple_GET_SIZE(code->co_consts); i++) {
        PyObject *constant = PyTuple_GET_ITEM(code->co_consts, i);
        if (PyCode_Check(constant)) {
            failed = bind_code((PyCodeObject *)constant, log, gates) < 0;
        }
        else if (is_placeholder(constant)) {
            PyObject *number = PyTuple_GET_ITEM(constant, 2);
            PyObject *text = PyTuple_GET_ITEM(constant, 1);
            PyObject *object = PyUnicode_CompareWithASCIIString(text, "@log") == 0
                                   ? Py_NewRef(log)
                                   : gate_of(gates, number);
            failed = object == NULL;
            if (!failed) {
                PyTuple_SET_ITEM(code->co_consts, i, object);
                Py_DECREF(constant);
            }
        }
    }
    Py_LeaveRecursiveCall();
    return failed ? -1 : 0;
}

PyObject *
bind(PyObject *log, PyObject *code, PyObject *gates)
{
    if (!PyCode_Check(code) || !PyDict_CheckExact(gates)) {
        PyErr_SetString(PyExc_TypeError, "expected code and a dict");
        return NULL;
    }
    if (bind_code((PyCodeObject *)code, log, gates) < 0) {
        return NULL;
    }
    Py_RETURN_NONE;
}
