/* `tracepy.graph._edges`: loops over the graph's columns, which are arrays of integers.
 *
 * The edges of row r are edges[starts[r]] to edges[starts[r + 1]]; an edge is the row of its source
 * above two bits. Everything is checked against the sizes: columns may come from a file.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>

#define BITS 2

typedef struct {
    Py_buffer starts_, edges_;
    const int64_t *starts;
    const int32_t *edges;
    Py_ssize_t rows, count;
} Columns;

static void
release(Columns *columns)
{
    PyBuffer_Release(&columns->starts_);
    PyBuffer_Release(&columns->edges_);
}

/* Looks at two arrays; 0 and an exception if they are not what they should be. */
static int
look(PyObject *starts, PyObject *edges, Columns *columns)
{
    if (PyObject_GetBuffer(starts, &columns->starts_, PyBUF_C_CONTIGUOUS) < 0) {
        return 0;
    }
    if (PyObject_GetBuffer(edges, &columns->edges_, PyBUF_C_CONTIGUOUS) < 0) {
        PyBuffer_Release(&columns->starts_);
        return 0;
    }
    columns->starts = columns->starts_.buf;
    columns->edges = columns->edges_.buf;
    columns->rows = columns->starts_.len / (Py_ssize_t)sizeof(int64_t) - 1;
    columns->count = columns->edges_.len / (Py_ssize_t)sizeof(int32_t);
    int fits = columns->starts_.itemsize == sizeof(int64_t) &&
               columns->edges_.itemsize == sizeof(int32_t) && columns->rows >= 0 &&
               columns->starts[0] == 0 && columns->starts[columns->rows] == columns->count;
    for (Py_ssize_t row = 0; fits && row < columns->rows; row++) {
        fits = columns->starts[row] <= columns->starts[row + 1];
    }
    for (Py_ssize_t i = 0; fits && i < columns->count; i++) {
        fits = columns->edges[i] >= 0 && columns->edges[i] >> BITS < columns->rows;
    }
    if (!fits) {
        release(columns);
        PyErr_SetString(PyExc_ValueError, "these are no columns of a graph");
    }
    return fits;
}

/* Marks the rows of a list in a new bytearray. */
static PyObject *
marked(PyObject *roots, Py_ssize_t rows)
{
    PyObject *made = PyByteArray_FromStringAndSize(NULL, rows);
    if (made == NULL) {
        return NULL;
    }
    char *seen = PyByteArray_AS_STRING(made);
    memset(seen, 0, (size_t)rows);
    for (Py_ssize_t i = 0; i < PyList_GET_SIZE(roots); i++) {
        Py_ssize_t row = PyLong_AsSsize_t(PyList_GET_ITEM(roots, i));
        if (row < 0 || row >= rows) {
            if (!PyErr_Occurred()) {
                PyErr_SetString(PyExc_IndexError, "there is no such row");
            }
            Py_DECREF(made);
            return NULL;
        }
        seen[row] = 1;
    }
    return made;
}

static PyObject *
edges_back(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *starts, *edges, *roots;
    Columns columns;
    if (!PyArg_ParseTuple(args, "OOO!", &starts, &edges, &PyList_Type, &roots) ||
        !look(starts, edges, &columns)) {
        return NULL;
    }
    PyObject *made = marked(roots, columns.rows);
    int32_t *stack = made ? PyMem_Malloc(sizeof *stack * (size_t)(columns.rows + 1)) : NULL;
    if (stack == NULL) {
        release(&columns);
        Py_XDECREF(made);
        return PyErr_Occurred() ? NULL : PyErr_NoMemory();
    }
    char *seen = PyByteArray_AS_STRING(made);
    Py_ssize_t depth = 0;
    for (Py_ssize_t row = 0; row < columns.rows; row++) {
        if (seen[row]) {
            stack[depth++] = (int32_t)row;
        }
    }
    while (depth > 0) { /* each row is on the stack once at most */
        int32_t row = stack[--depth];
        for (int64_t i = columns.starts[row]; i < columns.starts[row + 1]; i++) {
            int32_t source = columns.edges[i] >> BITS;
            if (!seen[source]) {
                seen[source] = 1;
                stack[depth++] = source;
            }
        }
    }
    PyMem_Free(stack);
    release(&columns);
    return made;
}

static PyObject *
edges_onward(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *starts, *edges, *roots, *within;
    Columns columns;
    if (!PyArg_ParseTuple(args, "OOO!O", &starts, &edges, &PyList_Type, &roots, &within) ||
        !look(starts, edges, &columns)) {
        return NULL;
    }
    PyObject *made = NULL;
    const char *only = NULL;
    if (within != Py_None) {
        if (!PyByteArray_CheckExact(within) || PyByteArray_GET_SIZE(within) != columns.rows) {
            PyErr_SetString(PyExc_ValueError, "a mark for each row was expected");
            goto done;
        }
        only = PyByteArray_AS_STRING(within);
    }
    made = marked(roots, columns.rows);
    if (made == NULL) {
        goto done;
    }
    char *seen = PyByteArray_AS_STRING(made);
    /* The users of each row, gathered by counting. */
    int64_t *users = PyMem_Calloc((size_t)columns.rows + 2, sizeof *users);
    int32_t *by = PyMem_Malloc(sizeof *by * (size_t)(columns.count + 1));
    int32_t *stack = PyMem_Malloc(sizeof *stack * (size_t)(columns.rows + 1));
    if (users == NULL || by == NULL || stack == NULL) {
        Py_CLEAR(made);
        PyErr_NoMemory();
        goto free;
    }
    for (Py_ssize_t i = 0; i < columns.count; i++) {
        users[(columns.edges[i] >> BITS) + 2]++;
    }
    for (Py_ssize_t row = 2; row <= columns.rows; row++) {
        users[row] += users[row - 1];
    }
    for (Py_ssize_t row = 0; row < columns.rows; row++) {
        for (int64_t i = columns.starts[row]; i < columns.starts[row + 1]; i++) {
            by[users[(columns.edges[i] >> BITS) + 1]++] = (int32_t)row;
        }
    }
    Py_ssize_t depth = 0;
    for (Py_ssize_t row = 0; row < columns.rows; row++) {
        if (seen[row]) {
            stack[depth++] = (int32_t)row;
        }
    }
    while (depth > 0) {
        int32_t row = stack[--depth];
        for (int64_t i = users[row]; i < users[row + 1]; i++) {
            int32_t user = by[i];
            if (!seen[user] && (only == NULL || only[user])) {
                seen[user] = 1;
                stack[depth++] = user;
            }
        }
    }
free:
    PyMem_Free(users);
    PyMem_Free(by);
    PyMem_Free(stack);
done:
    release(&columns);
    return made;
}

/* Edges that came in late, put behind the others of their rows: the new arrays, as bytes. */
static PyObject *
edges_merged(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *starts, *edges, *late;
    Columns columns;
    if (!PyArg_ParseTuple(args, "OOO!", &starts, &edges, &PyList_Type, &late) ||
        !look(starts, edges, &columns)) {
        return NULL;
    }
    Py_ssize_t more = PyList_GET_SIZE(late);
    PyObject *new_starts = PyBytes_FromStringAndSize(NULL, columns.starts_.len);
    PyObject *new_edges =
        PyBytes_FromStringAndSize(NULL, (columns.count + more) * (Py_ssize_t)sizeof(int32_t));
    int64_t *places = PyMem_Calloc((size_t)columns.rows + 1, sizeof *places);
    PyObject *both = NULL;
    if (new_starts == NULL || new_edges == NULL || places == NULL) {
        goto done;
    }
    int64_t *ends = (int64_t *)PyBytes_AS_STRING(new_starts);
    int32_t *into = (int32_t *)PyBytes_AS_STRING(new_edges);
    for (Py_ssize_t i = 0; i < more; i++) {
        long long packed = PyLong_AsLongLong(PyList_GET_ITEM(late, i));
        int64_t row = packed >> 32;
        if (row < 0 || row >= columns.rows) {
            if (!PyErr_Occurred()) {
                PyErr_SetString(PyExc_IndexError, "there is no such row");
            }
            goto done;
        }
        places[row]++;
    }
    int64_t at = 0;
    for (Py_ssize_t row = 0; row < columns.rows; row++) {
        int64_t old = columns.starts[row + 1] - columns.starts[row], gained = places[row];
        ends[row] = at;
        memcpy(into + at, columns.edges + columns.starts[row], (size_t)old * sizeof *into);
        places[row] = at + old;
        at += old + gained;
    }
    ends[columns.rows] = at;
    for (Py_ssize_t i = 0; i < more; i++) {
        long long packed = PyLong_AsLongLong(PyList_GET_ITEM(late, i));
        into[places[packed >> 32]++] = (int32_t)(packed & 0xFFFFFFFF);
    }
    both = PyTuple_Pack(2, new_starts, new_edges);
done:
    release(&columns);
    PyMem_Free(places);
    Py_XDECREF(new_starts);
    Py_XDECREF(new_edges);
    return both == NULL && !PyErr_Occurred() ? PyErr_NoMemory() : both;
}

/* A list of whole numbers as an array's bytes, of 4 or 8 each. */
static PyObject *
edges_packed(PyObject *Py_UNUSED(module), PyObject *args)
{
    PyObject *numbers;
    int width;
    if (!PyArg_ParseTuple(args, "O!i", &PyList_Type, &numbers, &width)) {
        return NULL;
    }
    Py_ssize_t count = PyList_GET_SIZE(numbers);
    PyObject *made = PyBytes_FromStringAndSize(NULL, count * (width == 4 ? 4 : 8));
    if (made == NULL) {
        return NULL;
    }
    int32_t *small = (int32_t *)PyBytes_AS_STRING(made);
    int64_t *large = (int64_t *)PyBytes_AS_STRING(made);
    for (Py_ssize_t i = 0; i < count; i++) {
        long long number = PyLong_AsLongLong(PyList_GET_ITEM(numbers, i));
        if (width == 4) {
            if (number != (int32_t)number && !PyErr_Occurred()) {
                PyErr_SetString(PyExc_OverflowError, "a graph has at most 2^29 nodes");
            }
            small[i] = (int32_t)number;
        }
        else {
            large[i] = number;
        }
        if (number == -1 && PyErr_Occurred()) {
            break;
        }
    }
    if (PyErr_Occurred()) {
        Py_CLEAR(made);
    }
    return made;
}

static PyMethodDef functions[] = {
    {"back", edges_back, METH_VARARGS,
     "back(starts, edges, roots): marks what these rows depend on, and these."},
    {"onward", edges_onward, METH_VARARGS,
     "onward(starts, edges, roots, within): marks what depends on these rows, and these."},
    {"merged", edges_merged, METH_VARARGS,
     "merged(starts, edges, late): both with late edges, each `row << 32 | edge`, as bytes."},
    {"packed", edges_packed, METH_VARARGS, "packed(numbers, width): an array's bytes."},
    {NULL},
};
static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "tracepy.graph._edges",
    .m_doc = "Loops over the columns of a graph.",
    .m_size = -1,
    .m_methods = functions,
};

PyMODINIT_FUNC
PyInit__edges(void)
{
    return PyModule_Create(&definition);
}
