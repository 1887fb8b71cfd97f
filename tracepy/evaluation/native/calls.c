/* System calls by number, one after the other, without a line of Python between them.
 *
 * A process that was just forked shares its memory with its parent until it writes, and Python
 * writes wherever it looks (reference counts): the hundred calls that shut a candidate in cost
 * more in copied pages than in the kernel when Python makes them.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <errno.h>

#ifdef __linux__
#include <sys/syscall.h>
#include <unistd.h>

/* One call, as `calls.py` packs it. */
struct record {
    long number;
    long lenient;     /* an error does not matter */
    long slot;        /* the argument that is an earlier call's result, or -1 */
    long source;      /* and which one's */
    long argument[6];
};
#define MOST 4096

static PyObject *run(PyObject *self, PyObject *packed) {
    (void)self;
    static long results[MOST];
    char *data;
    Py_ssize_t size;
    if (PyBytes_AsStringAndSize(packed, &data, &size) < 0)
        return NULL;
    Py_ssize_t count = size / (Py_ssize_t)sizeof(struct record);
    if (count > MOST || size % (Py_ssize_t)sizeof(struct record)) {
        PyErr_SetString(PyExc_ValueError, "no list of calls");
        return NULL;
    }
    long result = 0;
    for (Py_ssize_t i = 0; i < count; i++) {
        struct record call;
        memcpy(&call, data + i * (Py_ssize_t)sizeof call, sizeof call);
        long *a = call.argument;
        if (call.slot >= 0 && call.slot < 6 && call.source >= 0 && call.source < i)
            a[call.slot] = results[call.source];
        do
            result = syscall(call.number, a[0], a[1], a[2], a[3], a[4], a[5]);
        while (result < 0 && errno == EINTR);
        results[i] = result;
        if (result < 0 && !call.lenient)
            return Py_BuildValue("nil", i, errno, result);
    }
    return Py_BuildValue("nil", count, 0, result);
}

static PyObject *address(PyObject *self, PyObject *bytes) {
    (void)self;
    char *data = PyBytes_AsString(bytes);
    return data ? PyLong_FromVoidPtr(data) : NULL;
}

static PyMethodDef methods[] = {
    {"run", run, METH_O,
     "Make the calls; which was the first to fail (all: their number), its errno, the last result."},
    {"address", address, METH_O, "Where the contents of a bytes object lie, while it lives."},
    {NULL, NULL, 0, NULL},
};

#define NUMBER(name) {#name, SYS_##name}
static const struct {
    const char *name;
    long number;
} numbers[] = {
    NUMBER(capset), NUMBER(chdir), NUMBER(close), NUMBER(dup3), NUMBER(mkdirat), NUMBER(mount),
    NUMBER(openat), NUMBER(prctl), NUMBER(prlimit64), NUMBER(setns), NUMBER(setpriority), NUMBER(setsid),
    NUMBER(symlinkat), NUMBER(unshare), /* these have one number on all machines: */
    {"mount_setattr", 442}, {"landlock_create_ruleset", 444}, {"landlock_add_rule", 445},
    {"landlock_restrict_self", 446},
};

static int add_numbers(PyObject *module) {
    PyObject *table = PyDict_New();
    for (size_t i = 0; table && i < sizeof numbers / sizeof *numbers; i++) {
        PyObject *number = PyLong_FromLong(numbers[i].number);
        if (!number || PyDict_SetItemString(table, numbers[i].name, number) < 0)
            Py_CLEAR(table);
        Py_XDECREF(number);
    }
    return table ? PyModule_AddObject(module, "NUMBERS", table) : -1;
}
#else
static PyMethodDef methods[] = {{NULL, NULL, 0, NULL}};
static int add_numbers(PyObject *module) {
    return PyModule_AddObject(module, "NUMBERS", PyDict_New());
}
#endif

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "_calls", NULL, -1, methods, NULL, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit__calls(void) {
    PyObject *module = PyModule_Create(&definition);
    if (module && add_numbers(module) < 0)
        Py_CLEAR(module);
    return module;
}
